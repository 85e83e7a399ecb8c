"""Deleting the image on the desk: asks, moves it with its labels into the data set's trash, and offers to undo that."""

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMessageBox, QWidget

from app.editor.document import AnnotationDocument
from app.session import Session
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.trash import TRASH, Trashed, put_aside, put_back
from yolox_core.errors import UserError

PUT_BACK, CLOSE = "Put it back", "Close"


class ImageTrash(QObject):
    """The action that deletes an image; `bar` undoes the last one for as long as the folder is open."""

    def __init__(self, session: Session, document: AnnotationDocument, page: QWidget) -> None:
        super().__init__(page)
        self.bar = QuestionBar(PUT_BACK, CLOSE, look="note")
        self.slots = {"delete_image": self.ask}
        self._session = session
        self._document = document
        self._page = page
        self._last: tuple[DataFolder, Trashed] | None = None
        self.bar.answered.connect(self._on_answered)
        session.folder_changed.connect(self._on_folder_changed)

    def ask(self) -> None:
        """Delete the image on the desk if the user says yes; its unsaved edits are saved first."""
        folder, image = self._session.folder, self._document.image
        if folder is None or image is None or not self._document.save_all():
            return
        buttons = QMessageBox.StandardButton
        question = f"Move {image.path.name} and its labels into the folder {TRASH} of this data set?"
        answer = QMessageBox.question(self._page, "Delete image", question, buttons.Yes | buttons.No, buttons.No)
        if answer != buttons.Yes:
            return
        try:
            trashed = put_aside(folder, image)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            return
        place = folder.images.index(image)
        rest = (*folder.images[:place], *folder.images[place + 1 :])
        self._document.open((rest or folder.images)[min(place, len(rest) - 1)])
        self._last = (folder, trashed)
        self._session.set_folder(without(folder, image.name))
        self._offer(trashed)

    def _offer(self, trashed: Trashed) -> None:
        self.bar.ask(f"{trashed.image.path.name} and its labels lie in {TRASH} now.")

    def _on_answered(self, answer: str) -> None:
        if answer != PUT_BACK or self._last is None:
            return
        folder, trashed = self._last
        try:
            put_back(trashed)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            self._offer(trashed)
            return
        self._last = None
        if self._document.save_all():
            self._session.set_folder(folder)
            self._document.open(trashed.image)

    def _on_folder_changed(self, folder: DataFolder | None) -> None:
        if self._last is not None and (folder is None or folder.root != self._last[0].root):
            self._last = None
            self.bar.clear()


def without(folder: DataFolder, name: str) -> DataFolder:
    """The folder without one image."""
    splits = {split: tuple(other for other in names if other != name) for split, names in folder.splits.items()}
    return replace(folder, images=tuple(image for image in folder.images if image.name != name), splits=splits)
