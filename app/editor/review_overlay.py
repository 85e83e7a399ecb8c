"""The finding at hand over the canvas: the given box in one colour, what should be there in another."""

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.editor.canvas import Canvas
from app.editor.painting import SHADE, screen_rect
from app.theme import DARK
from yolox_core.records import Box
from yolox_core.review.records import Finding

WIDTH = 3.0
GIVEN, PROPOSED = QColor(DARK.danger), QColor(DARK.good)
CHIP_HEIGHT, CHIP_PAD = 18.0, 6.0


class ReviewOverlay(QWidget):
    """Lies over the whole canvas and lets every event through."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._finding: Finding | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(canvas.size())
        self.hide()
        canvas.installEventFilter(self)
        canvas.view_changed.connect(lambda _view: self.update())

    def show_finding(self, finding: Finding | None) -> None:
        """Draw this finding, or none."""
        self._finding = finding
        self.setVisible(finding is not None)
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the canvas's size."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.resize(self._canvas.size())
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The boxes, each with a word on it."""
        finding = self._finding
        if finding is None or self._canvas.picture is None:
            return
        painter = QPainter(self)
        proposed, given = finding.proposed, finding.given
        if finding.twin is not None:
            self._draw(painter, finding.twin, PROPOSED, f"stays {finding.twin.class_name}", is_dashed=True, is_low=True)
        if proposed is not None:
            self._draw(painter, proposed, PROPOSED, f"proposed {proposed.class_name}", is_dashed=True)
        if given is not None:
            word = f"given {given.class_name}" if proposed is not None else f"{finding.kind.value} {given.class_name}"
            self._draw(painter, given, GIVEN, word, is_low=proposed is not None)

    def _draw(
        self, painter: QPainter, box: Box, color: QColor, word: str, *, is_dashed: bool = False, is_low: bool = False
    ) -> None:
        rect = screen_rect(box, self._canvas.view)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(SHADE, WIDTH + 2))
        painter.drawRect(rect)
        painter.setPen(QPen(color, WIDTH, Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine))
        painter.drawRect(rect)
        width = painter.fontMetrics().horizontalAdvance(word) + 2 * CHIP_PAD
        top = rect.bottom() + 3 if is_low else rect.top() - CHIP_HEIGHT - 3
        top = min(max(top, 0.0), self.height() - CHIP_HEIGHT)
        chip = QRectF(min(max(rect.left(), 0.0), max(self.width() - width, 0.0)), top, width, CHIP_HEIGHT)
        painter.fillRect(chip, color)
        painter.setPen(QColor(Qt.GlobalColor.black))
        painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, word)
