"""What could not be saved, why, and a button to try again."""

from PySide6.QtWidgets import QWidget

from app.editor.document import AnnotationDocument
from app.editor.labels import ConflictError
from app.widgets.question_bar import QuestionBar
from yolox_core.errors import UserError

TRY_AGAIN = "Try again"


class SaveBar(QuestionBar):
    """Shown while a save has failed; the edits stay in the document and in the journal meanwhile."""

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(TRY_AGAIN, parent=parent)
        self._document = document
        document.save_failed.connect(self._on_save_failed)
        document.saved.connect(self._on_saved)
        document.folder_entered.connect(lambda _folder: self.clear())
        self.answered.connect(lambda _answer: document.save_all())

    def _on_save_failed(self, problem: UserError) -> None:
        if isinstance(problem, ConflictError):
            return
        count = len(self._document.dirty_images)
        images = "1 image" if count == 1 else f"{count} images"
        self.ask(
            f"{problem.what} {problem.action}\n{problem.where}\n"
            f"The edits to {images} stay here and in the journal until they are saved."
        )

    def _on_saved(self, _image: object) -> None:
        if not self._document.dirty_images:
            self.clear()
