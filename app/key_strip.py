"""The strip under the table of keys: what can be done to an action's keys, and the wait for a new one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLabel, QPushButton, QStackedWidget, QWidget

from app.theme import SPACE


class KeyField(QKeySequenceEdit):
    """Takes one key with its modifiers; Escape, or the keyboard going elsewhere, leaves it."""

    pressed = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMaximumSequenceLength(1)
        self.setAccessibleName("New key")
        self.editingFinished.connect(self._on_finished)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves; all else is a key to take."""
        if event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Wait no more."""
        super().focusOutEvent(event)
        self.left.emit()

    def _on_finished(self) -> None:
        key = self.keySequence().toString(QKeySequence.SequenceFormat.PortableText)
        self.clear()
        if key:
            self.pressed.emit(key)


class KeyStrip(QStackedWidget):
    """Rests with buttons, waits for a key, or asks whether to take a key from another action."""

    pressed = Signal(str)
    taken = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_waiting = False
        self.change, self.add = QPushButton("Change key…"), QPushButton("Add key…")
        self.remove, self.reset = QPushButton("No key"), QPushButton("Reset")
        self.field = KeyField()
        self.take, self.leave = QPushButton("Take it over"), QPushButton("Cancel")
        self._about, self._prompt, self._question = QLabel(), QLabel(), QLabel()
        self.addWidget(_page(self._about, self.change, self.add, self.remove, self.reset))
        self.addWidget(_page(self._prompt, self.field))
        self.addWidget(_page(self._question, self.take, self.leave))
        self.take.setAutoDefault(True)  # so that Enter presses it
        self._about.setProperty("look", "muted")
        self.field.pressed.connect(self.pressed)
        self.field.left.connect(self._on_field_left)
        self.take.clicked.connect(self.taken)
        self.leave.clicked.connect(self.rest)
        self.change.setToolTip("Give the action another key  (Enter)")
        self.add.setToolTip("Give the action one more key")
        self.remove.setToolTip("Take all keys from the action  (Del)")
        self.reset.setToolTip("Back to the keys of the preset")

    @property
    def is_resting(self) -> bool:
        """Whether nothing is waited for."""
        return self.currentIndex() == 0

    @property
    def text(self) -> str:
        """What is said now."""
        return (self._about, self._prompt, self._question)[self.currentIndex()].text()

    def rest(self) -> None:
        """Wait for nothing."""
        self._turn_to(0)

    def describe(self, text: str) -> None:
        """Say what the current action does."""
        self._about.setText(text)

    def wait(self, prompt: str) -> None:
        """Wait for a key."""
        self._prompt.setText(prompt)
        self._turn_to(1)
        self.field.setFocus()
        self._is_waiting = True

    def ask(self, question: str) -> None:
        """Ask whether to take a key that another action has."""
        self._question.setText(question)
        self._turn_to(2)
        self.take.setFocus()

    def _turn_to(self, page: int) -> None:
        self._is_waiting = False  # a field that is hidden loses the keyboard, and must not turn the page again
        self.setCurrentIndex(page)

    def _on_field_left(self) -> None:
        if self._is_waiting:
            self.rest()


def _page(text: QLabel, *widgets: QWidget) -> QWidget:
    page = QWidget()
    text.setWordWrap(True)
    layout = QHBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(SPACE)
    layout.addWidget(text, 1)
    for widget in widgets:
        if isinstance(widget, QPushButton):
            widget.setAutoDefault(False)
        layout.addWidget(widget)
    return page
