"""What of an image is shown and how, beside zoom and place. Nothing here changes a file."""

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.editor.canvas import Canvas
from app.editor.class_marks import ClassMarks
from app.editor.commands import BoxCommands
from app.editor.document import AnnotationDocument
from app.editor.hidden_sign import HiddenSign


class Sight(QObject):
    """Joins the canvas with what decides how it shows an image."""

    def __init__(self, document: AnnotationDocument, canvas: Canvas, *, commands: BoxCommands, parent: QWidget) -> None:
        super().__init__(parent)
        self.marks = ClassMarks(document, lambda: commands.class_name, self)
        self.sign = HiddenSign(self.marks, document, canvas)
        self.slots: dict[str, Callable[[], object]] = {**self.marks.slots}
        self.marks.changed.connect(canvas.set_marks)
