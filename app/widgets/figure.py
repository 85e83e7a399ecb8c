"""One number as a card: its title above, a remark below."""

from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel


class Figure(QFrame):
    """Shows a number that a page is about."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._title, self.value, self.note = QLabel(title), QLabel("–"), ElidedLabel()
        self._title.setProperty("look", "muted")
        self.note.setProperty("look", "muted")
        self.value.setProperty("look", "title")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE)
        layout.setSpacing(0)
        for label in (self._title, self.value, self.note):
            label.setMinimumWidth(20)
            layout.addWidget(label)

    def show_value(self, value: str, note: str) -> None:
        """Show another number."""
        self.value.setText(value)
        self.note.set_text(note)
