"""All that was done and can be undone, as a list: a click goes there, to the image it belongs to."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QUndoView, QVBoxLayout, QWidget

from app.editor.document import AnnotationDocument
from app.theme import SPACE

SIZE = QSize(340, 460)


class UndoList(QDialog):
    """Stays open beside the window and follows the document."""

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Tool)
        self.setWindowTitle("Undo list")
        self.view = QUndoView(document.undo_stack)
        self.view.setEmptyLabel("As opened")
        self.view.setSpacing(SPACE // 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addWidget(self.view)
        self.resize(SIZE)

    @property
    def slots(self) -> dict[str, Callable[[], object]]:
        """What the action of the page calls."""
        return {"undo_list": lambda: self.setVisible(not self.isVisible())}
