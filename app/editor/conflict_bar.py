"""The question that another program's changes raise: keep mine, take theirs, or see both first."""

from PySide6.QtWidgets import QWidget

from app.editor.comparison import KEEP, TAKE, ConflictDialog
from app.editor.document import AnnotationDocument
from app.editor.labels import ConflictError
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import ImageFile
from yolox_core.errors import UserError

SEE = "See both…"


class ConflictBar(QuestionBar):
    """Shown until it is answered for every image that has a conflict; nothing is written before that."""

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(KEEP, TAKE, SEE, parent=parent)
        self._document = document
        self._open: dict[str, ConflictError] = {}
        self.answered.connect(self._on_answered)
        document.save_failed.connect(self._on_save_failed)
        document.saved.connect(self._settle)
        document.folder_entered.connect(lambda _folder: self.clear())

    def clear(self) -> None:
        """Forget every question."""
        self._open.clear()
        self._show_first()

    def _on_save_failed(self, problem: UserError) -> None:
        if isinstance(problem, ConflictError):
            self._open[problem.image.name] = problem
            self._show_first()

    def _settle(self, image: ImageFile) -> None:
        self._open.pop(image.name, None)
        self._show_first()

    def _show_first(self) -> None:
        first = next(iter(self._open.values()), None)
        if first is None:
            self.hide()
            return
        count = f" ({len(self._open)} images have this question.)" if len(self._open) > 1 else ""
        self.ask(f"{first.image.name}: {first.what} {first.action}{count}")

    def _on_answered(self, answer: str) -> None:
        image = next(iter(self._open.values())).image
        if answer == SEE:
            answer = self._ask_with_both(image)
        if answer == KEEP:
            self._document.keep_mine(image.name)
            self._settle(image)
        elif answer == TAKE:
            self._document.take_theirs(image.name)
            self._settle(image)
        else:
            self._show_first()

    def _ask_with_both(self, image: ImageFile) -> str:
        sheet, theirs = self._document.held_sheet(image.name), self._document.labels_on_disk(image)
        assert sheet is not None
        dialog = ConflictDialog(image, sheet.annotation, theirs.saved, self.window())
        dialog.exec()
        return dialog.choice
