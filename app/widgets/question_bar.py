"""A strip at the top of a page that asks one question and stays until a button answers it."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from app.icons import icon
from app.theme import SPACE


class QuestionBar(QFrame):
    """Hidden until `ask`. `answered` carries the text of the button; the bar hides before it is emitted."""

    answered = Signal(str)

    def __init__(self, *answers: str, look: str = "problem", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self.setProperty("look", look)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        picture = QLabel()
        picture.setPixmap(icon("warning" if look == "problem" else "note").pixmap(QSize(18, 18)))
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.buttons = {answer: QPushButton(answer) for answer in answers}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE * 3 // 4, SPACE, SPACE * 3 // 4)
        layout.setSpacing(SPACE)
        layout.addWidget(picture)
        layout.addWidget(self._text, 1)
        for answer, button in self.buttons.items():
            layout.addWidget(button)
            button.clicked.connect(lambda _checked=False, chosen=answer: self._on_clicked(chosen))
        self.hide()

    @property
    def text(self) -> str:
        """The question; empty while hidden."""
        return "" if self.isHidden() else self._text.text()

    def ask(self, text: str) -> None:
        """Show a question."""
        self._text.setText(text)
        self.show()

    def clear(self) -> None:
        """Take the question away."""
        self.hide()

    def _on_clicked(self, answer: str) -> None:
        self.hide()
        self.answered.emit(answer)
