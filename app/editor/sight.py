"""What of an image is shown and how, beside zoom and place. Nothing here changes a file."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.editor.canvas import Canvas
from app.editor.captions import CaptionChooser
from app.editor.class_marks import ClassMarks
from app.editor.commands import BoxCommands
from app.editor.document import AnnotationDocument
from app.editor.hidden_sign import HiddenSign
from app.editor.look import Look
from app.session import Session


class Sight(QObject):
    """Joins the canvas with what decides how it shows an image."""

    def __init__(
        self,
        session: Session,
        document: AnnotationDocument,
        canvas: Canvas,
        *,
        commands: BoxCommands,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self.marks = ClassMarks(document, lambda: commands.class_name, self)
        self.captions = CaptionChooser(session, self)
        self.sign = HiddenSign(self.marks, document, canvas)
        self.slots: dict[str, Callable[[], object]] = {**self.marks.slots, **self.captions.slots}
        for part in (self.marks, self.captions):
            part.changed.connect(self._show)
        self._show()

    def take(self, actions: Mapping[str, QAction]) -> None:
        """Follow these actions of the page."""
        self.captions.take(actions)

    def _show(self, _changed: object = None) -> None:
        self._canvas.set_look(Look(self.marks.marks, self.captions.captions))
