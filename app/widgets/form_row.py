"""One field of a form: title, input, a mark that takes a changed value back, and a line for help or a fault."""

from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from app.icons import icon
from app.theme import SPACE
from app.widgets.inputs import AnyInput, BoolInput, CustomInput
from yolox_core.fields import FieldSpec, fault_of

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


class FormRow(QObject):
    """The widgets of a field in a grid of three columns; `changed` follows every edit of the input."""

    changed = Signal()

    def __init__(self, name: str, made: AnyInput, default: Any, spec: FieldSpec, parent: QObject) -> None:
        super().__init__(parent)
        self.name, self.spec, self.input, self.default = name, spec, made, default
        self.title = spec.title or title_of(name)
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.note.setContentsMargins(0, 0, 0, SPACE)
        self.note.hide()
        self.reset = _reset_button()
        self._label: QLabel | None = None
        made.setObjectName(name)
        made.setAccessibleName(self.title)
        made.setAccessibleDescription(spec.help)
        made.edited.connect(self.changed)
        self.reset.clicked.connect(lambda: made.write(self.default))
        self.set_default(default)

    @property
    def fault(self) -> str:
        """What is wrong with the value on show; empty when it is good."""
        try:
            return fault_of(self.input.read(), self.spec)
        except ValueError as error:
            return str(error)

    @property
    def is_changed(self) -> bool:
        """Whether the value differs from the default; one that cannot be read does."""
        try:
            return bool(self.input.read() != self.default)
        except ValueError:
            return True

    def place(self, grid: QGridLayout) -> None:
        """Stand in the next two lines of a grid."""
        line = grid.rowCount()
        if isinstance(self.input, BoolInput):
            grid.addWidget(self.input, line, 0, 1, 2)
        else:
            self._label = QLabel(self.title, wordWrap=True)
            self._label.setBuddy(self.input)
            self._label.setToolTip(self.input.toolTip())
            grid.addWidget(self._label, line, 0)
            grid.addWidget(self.input, line, 1)
        grid.addWidget(self.reset, line, 2)
        grid.addWidget(self.note, line + 1, 0, 1, 3)

    def set_default(self, value: Any) -> None:
        """What counts as unchanged from now on."""
        self.default = value
        text = self._text_of(value)
        parts = (self.spec.help, f"Range: {self.spec.range_text}" if self.spec.range_text else "", f"Default: {text}")
        for widget in (self.input, self._label):
            if widget is not None:
                widget.setToolTip("\n".join(filter(None, parts)))
        self.reset.setToolTip(f"Changed; back to {text}")
        self.reset.setAccessibleName(f"{self.title}: back to {text}")

    def matches(self, words: list[str]) -> bool:
        """Whether title, name or help hold all these words."""
        text = f"{self.title} {self.name} {self.spec.help}".casefold()
        return all(word in text for word in words)

    def show_state(self, *, is_shown: bool, fault: str, help_text: str) -> None:
        """Show or hide the field, with its mark, and what is wrong with it, or else its help."""
        for widget in filter(None, (self._label, self.input)):
            widget.setVisible(is_shown)
        self.reset.setVisible(is_shown and self.is_changed)
        own = self.input.note if isinstance(self.input, CustomInput) else ""
        self.note.setText(f"{self.title} {fault}." if fault else help_text or own)
        self.note.setVisible(is_shown and bool(self.note.text()))
        _set_look(self.note, "fault" if fault else "muted")
        _set_look(self.input, "bad" if fault else "")
        if self._label is not None:
            _set_look(self._label, "changed" if self.is_changed else "")

    def _text_of(self, value: Any) -> str:
        if isinstance(self.input, CustomInput):
            return self.input.text_of(value)
        if isinstance(value, bool):
            return "on" if value else "off"
        text = f"{value:g}" if isinstance(value, float) else str(value)
        return f"{text} {self.spec.unit}".strip() or "none"


def title_of(name: str) -> str:
    """A field's name as a person reads it: `base_lr` gives `Base learning rate`."""
    parts = name.removesuffix("_ms").removesuffix("_mb").split("_")
    words = " ".join(WORDS.get(part, part) for part in parts)
    return words[:1].upper() + words[1:]


def _reset_button() -> QToolButton:
    button = QToolButton()
    button.setIcon(icon("undo"))
    button.setProperty("look", "small")
    return button


def _set_look(widget: QWidget, look: str) -> None:
    if (widget.property("look") or "") != look:
        widget.setProperty("look", look)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
