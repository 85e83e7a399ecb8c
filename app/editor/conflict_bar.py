"""The question that another program's changes raise: keep mine, or take theirs."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from app.editor.labels import ConflictError
from yolox_core.dataset.folder import ImageFile


class ConflictBar(QFrame):
    """Shown until it is answered; nothing is written before that."""

    mine_kept = Signal(object)  # ImageFile
    theirs_taken = Signal(object)  # ImageFile

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: ImageFile | None = None
        self.setProperty("look", "problem")
        self._text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.keep_button = QPushButton("Keep mine")
        self.take_button = QPushButton("Take theirs")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self._text, 1)
        layout.addWidget(self.keep_button)
        layout.addWidget(self.take_button)
        self.keep_button.clicked.connect(self._on_keep)
        self.take_button.clicked.connect(self._on_take)
        self.hide()

    def ask(self, conflict: ConflictError) -> None:
        """Show the question for one image."""
        self._image = conflict.image
        self._text.setText(f"{conflict.image.name}: {conflict.what} {conflict.action}")
        self.show()

    def clear(self) -> None:
        """Take the question away."""
        self._image = None
        self.hide()

    def _on_keep(self) -> None:
        image = self._image
        self.clear()
        self.mine_kept.emit(image)

    def _on_take(self) -> None:
        image = self._image
        self.clear()
        self.theirs_taken.emit(image)
