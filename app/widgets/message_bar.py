"""A strip at the top of a page that says what is wrong, where, and what to do now; hidden while there is nothing."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.icons import icon
from app.theme import SPACE
from yolox_core.errors import UserError


class MessageBar(QFrame):
    """Shows one message until it is closed, cleared or replaced. `closed` is emitted when the user closes it."""

    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message_bar")
        self._picture = QLabel()
        self._what = _text_label()
        self._more = _text_label()
        self._close = QToolButton()
        self._close.setIcon(icon("close"))
        self._close.setToolTip("Close this message")
        self._close.clicked.connect(self._on_close)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._what)
        texts.addWidget(self._more)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE * 3 // 4, SPACE, SPACE * 3 // 4)
        layout.setSpacing(SPACE)
        layout.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.hide()

    @property
    def text(self) -> str:
        """What is shown, line by line; empty when hidden."""
        return "" if self.isHidden() else "\n".join(filter(None, (self._what.text(), self._more.text())))

    def show_problem(self, problem: UserError) -> None:
        """Show what is wrong, where, and what to do."""
        self._show("problem", problem.what, "  ·  ".join(filter(None, (problem.where, problem.action))))

    def show_text(self, text: str) -> None:
        """Show a remark."""
        self._show("note", text, "")

    def clear(self) -> None:
        """Show nothing."""
        self.hide()

    def _show(self, look: str, what: str, more: str) -> None:
        self._picture.setPixmap(icon("warning" if look == "problem" else "note").pixmap(QSize(18, 18)))
        self._what.setText(what)
        self._more.setText(more)
        self._more.setVisible(bool(more))
        self.setProperty("look", look)
        self.style().unpolish(self)
        self.style().polish(self)
        self.show()

    def _on_close(self) -> None:
        self.hide()
        self.closed.emit()


def _text_label() -> QLabel:
    label = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
