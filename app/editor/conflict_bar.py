"""The question that another program's changes raise: keep mine, or take theirs."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.editor.labels import ConflictError
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import ImageFile

KEEP, TAKE = "Keep mine", "Take theirs"


class ConflictBar(QuestionBar):
    """Shown until it is answered; nothing is written before that."""

    mine_kept = Signal(object)  # ImageFile
    theirs_taken = Signal(object)  # ImageFile

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(KEEP, TAKE, parent=parent)
        self._image: ImageFile | None = None
        self.answered.connect(self._on_answered)

    def ask_about(self, conflict: ConflictError) -> None:
        """Show the question for one image."""
        self._image = conflict.image
        self.ask(f"{conflict.image.name}: {conflict.what} {conflict.action}")

    def _on_answered(self, answer: str) -> None:
        (self.mine_kept if answer == KEEP else self.theirs_taken).emit(self._image)
