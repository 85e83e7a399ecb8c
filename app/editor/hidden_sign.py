"""A sign on the canvas while boxes of this image are out of sight; a click shows them."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtWidgets import QPushButton

from app.editor.canvas import Canvas
from app.editor.class_marks import ClassMarks
from app.editor.document import AnnotationDocument
from app.icons import icon
from app.theme import SPACE


class HiddenSign(QPushButton):
    """Says how many boxes are hidden, in the lower left corner of the canvas."""

    def __init__(self, marks: ClassMarks, document: AnnotationDocument, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._marks = marks
        self._document = document
        self._canvas = canvas
        self.setIcon(icon("eye-off"))
        self.setIconSize(QSize(16, 16))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setToolTip("Show all classes  (Ctrl+Shift+H)")
        self.hide()
        self.clicked.connect(marks.show_all)
        canvas.installEventFilter(self)
        for signal in (marks.changed, document.image_changed, document.annotation_changed):
            signal.connect(self._refresh)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def _refresh(self, _changed: object) -> None:
        annotation = self._document.annotation
        count = len(annotation.boxes) - len(self._marks.marks.shown(annotation).boxes)
        self.setText("1 box hidden" if count == 1 else f"{count} boxes hidden")
        self.setVisible(count > 0)
        self._place()

    def _place(self) -> None:
        self.adjustSize()
        self.move(SPACE, self._canvas.height() - self.height() - SPACE)
