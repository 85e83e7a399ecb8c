"""A form made from a dataclass whose fields carry specifications: titles, help, units, ranges, defaults and faults."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.theme import SPACE
from app.widgets.form_row import FormRow, title_of
from app.widgets.inputs import AnyInput, make_input
from yolox_core.fields import Depth, specs

RESET_WIDTH = 22
DEPTHS: tuple[Depth, ...] = ("preset", "usual", "everything")


class Form(QWidget):
    """Edits the described fields of a frozen dataclass; `changed` follows every edit, also one that is at fault.

    `depth` and `search` choose the fields on show; the others keep their values. `editors` are inputs of the owner's
    own making, by field. `sections` order the fields by topic; their titles are shown with everything.
    """

    changed = Signal()

    def __init__(
        self,
        record: Any,
        *,
        depth: Depth = "everything",
        shows_help: bool = True,
        editors: Mapping[str, AnyInput] | None = None,
        sections: Mapping[str, Collection[str]] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._record = record
        self._shows_help = shows_help
        self._depth: Depth = depth
        self._words: list[str] = []
        self._foreign_faults: dict[str, str] = {}
        self.rows = self._make_rows(editors or {})
        self.inputs: dict[str, AnyInput] = {name: row.input for name, row in self.rows.items()}
        self._sections = sections or {"": tuple(self.rows)}
        self._headings: dict[str, QLabel] = {}
        self._lay_out()
        self.set_record(record)

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong, by name of the field; empty when `record()` can be used."""
        own = {name: fault for name, row in self.rows.items() if (fault := row.fault)}
        return {**self._foreign_faults, **own}

    def record(self) -> Any:
        """The record as it stands in the form; fields at fault keep the value they had before."""
        values = {name: row.input.read() for name, row in self.rows.items() if not row.fault}
        return replace(self._record, **values)

    def set_record(self, record: Any) -> None:
        """Show a record; emits `changed` once."""
        self._record = record
        for name, row in self.rows.items():
            row.blockSignals(True)
            row.input.write(getattr(record, name))
            row.blockSignals(False)
        self._on_edited()

    def set_defaults(self, record: Any) -> None:
        """Mark the fields whose values differ from those of this record."""
        for name, row in self.rows.items():
            row.set_default(getattr(record, name))
        self._show_rows()

    def set_fault(self, name: str, text: str) -> None:
        """Show a fault that only the owner of the form can see, until the next edit; empty text removes it."""
        self._foreign_faults.pop(name, None)
        if text:
            self._foreign_faults[name] = text
        self._show_rows()

    def set_depth(self, depth: Depth) -> None:
        """Show the fields down to this depth."""
        self._depth = depth
        self._show_rows()

    def search(self, text: str) -> None:
        """Of these fields, show those whose title, name or help hold all words of the text."""
        self._words = text.casefold().split()
        self._show_rows()

    @property
    def shown(self) -> list[str]:
        """Names of the fields on show."""
        deepest = DEPTHS.index(self._depth)
        rows = self.rows.values()
        return [row.name for row in rows if DEPTHS.index(row.spec.depth) <= deepest and row.matches(self._words)]

    def _make_rows(self, editors: Mapping[str, AnyInput]) -> dict[str, FormRow]:
        rows = {}
        for name, (field, spec) in specs(self._record).items():
            made = editors.get(name) or make_input(spec.title or title_of(name), field.default, spec)
            rows[name] = FormRow(name, made, field.default, spec, self)
            rows[name].changed.connect(self._on_edited)
        return rows

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE // 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, RESET_WIDTH)
        for title, names in self._sections.items():
            if title:
                self._headings[title] = _heading(title)
                grid.addWidget(self._headings[title], grid.rowCount(), 0, 1, 3)
            for name in names:
                self.rows[name].place(grid)
        grid.setRowStretch(grid.rowCount(), 1)

    def _on_edited(self) -> None:
        self._foreign_faults = {}
        self._show_rows()
        self.changed.emit()

    def _show_rows(self) -> None:
        shown, faults = set(self.shown), self.faults
        for name, row in self.rows.items():
            help_text = row.spec.help if self._shows_help else ""
            row.show_state(is_shown=name in shown, fault=faults.get(name, ""), help_text=help_text)
        for title, heading in self._headings.items():
            heading.setVisible(self._depth == "everything" and not shown.isdisjoint(self._sections[title]))


def _heading(title: str) -> QLabel:
    heading = QLabel(title.capitalize())
    heading.setProperty("look", "heading")
    heading.setContentsMargins(0, SPACE * 3 // 2, 0, SPACE // 2)
    return heading
