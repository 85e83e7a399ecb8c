"""A form made from a dataclass whose fields carry specifications: titles, help, units, ranges and faults."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from app.theme import SPACE
from app.widgets.inputs import AnyInput, BoolInput, make_input
from yolox_core.fields import Depth, FieldSpec, fault_of, specs

WORDS = {
    "aug": "augmentation",
    "conf": "confidence",
    "ema": "EMA",
    "eval": "evaluation",
    "hsv": "HSV",
    "lr": "learning rate",
    "nms": "NMS",
    "prob": "share",
}
"""What the short words in names of fields stand for."""

DEPTHS: tuple[Depth, ...] = ("preset", "usual", "everything")


class Form(QWidget):
    """Edits the described fields of a frozen dataclass; `changed` follows every edit, also one that is at fault.

    Fields that are not on show keep the values of the record that was set last. `names` picks fields; `depth` hides
    those that lie deeper.
    """

    changed = Signal()

    def __init__(
        self,
        record: Any,
        *,
        names: Collection[str] = (),
        depth: Depth = "everything",
        shows_help: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._record = record
        self._shows_help = shows_help
        self._specs: dict[str, FieldSpec] = {}
        self._rows: dict[str, tuple[QWidget, ...]] = {}
        self._notes: dict[str, QLabel] = {}
        self._own_faults: dict[str, str] = {}
        self._foreign_faults: dict[str, str] = {}
        self.inputs: dict[str, AnyInput] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE * 2)
        self._grid.setVerticalSpacing(SPACE // 4)
        self._grid.setColumnStretch(1, 1)
        for name, (field, spec) in specs(record).items():
            if not names or name in names:
                self._add(name, field.default, spec)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.set_record(record)
        self.set_depth(depth)

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong, by name of the field; empty when `record()` can be used."""
        return {**self._foreign_faults, **self._own_faults}

    def record(self) -> Any:
        """The record as it stands in the form; fields at fault keep the value they had before."""
        return replace(self._record, **{name: self._value(name) for name in self.inputs if not self._fault(name)})

    def set_record(self, record: Any) -> None:
        """Show a record; emits `changed` once."""
        self.blockSignals(True)
        self._record = record
        for name, made in self.inputs.items():
            made.write(getattr(record, name))
        self.blockSignals(False)
        self._foreign_faults = {}
        self._on_edited()

    def set_fault(self, name: str, text: str) -> None:
        """Show a fault that only the owner of the form can see, until the next edit; empty text removes it."""
        self._foreign_faults.pop(name, None)
        if text:
            self._foreign_faults[name] = text
        if name in self.inputs:
            self._show_note(name)

    def set_depth(self, depth: Depth) -> None:
        """Show the fields down to this depth."""
        deepest = DEPTHS.index(depth)
        for name, row in self._rows.items():
            for widget in row:
                widget.setVisible(DEPTHS.index(self._specs[name].depth) <= deepest)
        self._depth = depth
        for name in self.inputs:
            self._show_note(name)

    def _add(self, name: str, default: object, spec: FieldSpec) -> None:
        title = title_of(name)
        made = make_input(title, default, spec)
        made.setObjectName(name)
        made.edited.connect(self._on_edited)
        note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        note.setContentsMargins(0, 0, 0, SPACE)
        line = self._grid.rowCount()
        widgets: tuple[QWidget, ...] = (made,)
        if isinstance(made, BoolInput):
            self._grid.addWidget(made, line, 0, 1, 2)
            self._grid.addWidget(note, line + 1, 0, 1, 2)
        else:
            label = QLabel(title, wordWrap=True)
            label.setBuddy(made)
            label.setToolTip(made.toolTip())
            self._grid.addWidget(label, line, 0)
            self._grid.addWidget(made, line, 1)
            self._grid.addWidget(note, line + 1, 1)
            widgets = (label, made)
        self.inputs[name], self._notes[name] = made, note
        self._specs[name], self._rows[name] = spec, widgets

    def _on_edited(self) -> None:
        self._foreign_faults = {}
        self._own_faults = {name: fault for name in self.inputs if (fault := self._fault(name))}
        for name in self.inputs:
            self._show_note(name)
        self.changed.emit()

    def _value(self, name: str) -> Any:
        return self.inputs[name].read()

    def _fault(self, name: str) -> str:
        try:
            value = self._value(name)
        except ValueError as error:
            return str(error)
        return fault_of(value, self._specs[name])

    def _show_note(self, name: str) -> None:
        """The line below a field: what is wrong with it, or else its help."""
        fault, note = self.faults.get(name, ""), self._notes[name]
        help_text = self._specs[name].help if self._shows_help else ""
        note.setText(f"{title_of(name)} {fault}." if fault else help_text)
        is_shown = self.inputs[name].isVisibleTo(self)
        note.setVisible(is_shown and bool(fault or help_text))
        _set_look(note, "fault" if fault else "muted")
        _set_look(self.inputs[name], "bad" if fault else "")


def title_of(name: str) -> str:
    """A field's name as a person reads it: `base_lr` gives `Base learning rate`."""
    parts = name.removesuffix("_ms").removesuffix("_mb").split("_")
    words = " ".join(WORDS.get(part, part) for part in parts)
    return words[:1].upper() + words[1:]


def _set_look(widget: QWidget, look: str) -> None:
    if widget.property("look") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
