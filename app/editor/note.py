"""A note per image, kept in the label file as an attribute of its root while there is one."""

from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QInputDialog, QWidget

from app.editor.document import AnnotationDocument


class NoteWriter(QObject):
    """The action that writes a note; one step of undo."""

    def __init__(self, document: AnnotationDocument, page: QWidget) -> None:
        super().__init__(page)
        self.slots = {"note": self.ask}
        self._document = document
        self._page = page

    def ask(self) -> None:
        """Let the user write; an empty text removes the note."""
        image, annotation = self._document.image, self._document.annotation
        if image is None or not self._document.is_editable:
            return
        title = f"Note on {image.name}"
        text, is_accepted = QInputDialog.getMultiLineText(self._page, title, "Kept in the label file:", annotation.note)
        if is_accepted:
            self._document.open(image)  # something else may have come on the desk meanwhile
            note = replace(self._document.annotation, note=text.strip(), is_decided=True)
            self._document.change("Write note", note)
