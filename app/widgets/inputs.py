"""One widget per kind of value. Each has `read()`, `write(value)` and the signal `edited`."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSpinBox, QWidget

from yolox_core.fields import FieldSpec

INT_MAX = 2**31 - 1


class IntInput(QSpinBox):
    """A whole number within a range; the wheel changes it only while it has the keyboard."""

    edited = Signal()

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        low = -INT_MAX if spec.minimum is None else int(spec.minimum)
        self.setRange(low, INT_MAX if spec.maximum is None else int(spec.maximum))
        self.setSingleStep(spec.multiple_of)
        self.lineEdit().setTextMargins(5, 0, 0, 0)
        self.setSuffix(f" {spec.unit}" if spec.unit else "")
        self.valueChanged.connect(self.edited)

    def read(self) -> int:
        """The number."""
        return self.value()

    def write(self, value: int) -> None:
        """Show a number."""
        self.setValue(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page while the number is not being edited."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class FloatInput(QLineEdit):
    """A number as a person types it: `0.0005`, `5e-4` and `0,0005` are the same."""

    edited = Signal()

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.setPlaceholderText(spec.range_text)
        self.textChanged.connect(self.edited)

    def read(self) -> float:
        """The number. Raises ValueError where the text is none."""
        text = self.text().strip()
        try:
            return float(text.replace(",", "."))
        except ValueError as error:
            raise ValueError(f"must be a number, not “{text}”" if text else "must be a number") from error

    def write(self, value: float) -> None:
        """Show a number with the digits that it needs."""
        self.setText(f"{value:g}")


class TextInput(QLineEdit):
    """A line of text."""

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.textChanged.connect(self.edited)

    def read(self) -> str:
        """The text without blanks around it."""
        return self.text().strip()

    def write(self, value: str) -> None:
        """Show a text from its beginning."""
        self.setText(value)
        self.setCursorPosition(0)


class ChoiceInput(QComboBox):
    """One of some words; the wheel changes it only while it has the keyboard."""

    edited = Signal()

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.addItems(spec.choices)
        self.currentIndexChanged.connect(self.edited)

    def read(self) -> str:
        """The word."""
        return self.currentText()

    def write(self, value: str) -> None:
        """Choose a word."""
        self.setCurrentText(value)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page while the choice is not being edited."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class BoolInput(QCheckBox):
    """Yes or no."""

    edited = Signal()

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.toggled.connect(self.edited)

    def read(self) -> bool:
        """Whether it is ticked."""
        return self.isChecked()

    def write(self, value: Any) -> None:
        """Tick it or not."""
        self.setChecked(bool(value))


class CustomInput(QWidget):
    """The base of inputs that a page makes for a field of its own; `note` is the line below: what the value means."""

    edited = Signal()
    note = ""

    def read(self) -> Any:
        """The value on show."""
        raise NotImplementedError

    def write(self, value: Any) -> None:
        """Show a value."""
        raise NotImplementedError

    def text_of(self, value: Any) -> str:
        """A value in words."""
        return str(value) or "none"


AnyInput = IntInput | FloatInput | TextInput | ChoiceInput | BoolInput | CustomInput


def make_input(title: str, default: object, spec: FieldSpec) -> AnyInput:
    """The widget for a field with this default and specification."""
    if spec.choices:
        return ChoiceInput(spec)
    if isinstance(default, bool):
        return BoolInput(title)
    if isinstance(default, int):
        return IntInput(spec)
    return FloatInput(spec) if isinstance(default, float) else TextInput()
