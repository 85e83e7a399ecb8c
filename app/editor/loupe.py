"""A lens beside the pointer: the picture at four times the zoom, pixel by pixel, with the edges under the hand."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from app.editor.canvas import Canvas
from app.editor.document import AnnotationDocument
from app.editor.edits import chosen
from app.editor.painting import SHADE, draw_crosshair, screen_rect
from app.editor.scaling import draw_picture
from app.editor.viewport import View
from app.theme import class_color
from yolox_core.records import Box

SIDE = 168
POWER = 4
GAP = 24


def lens_corner(at: QPointF, room: QSize) -> QPoint:
    """Upper left corner of the lens for a pointer: above and to the right, on the other side where that has no room."""
    x = at.x() + GAP if at.x() + GAP + SIDE <= room.width() else at.x() - GAP - SIDE
    y = at.y() - GAP - SIDE if at.y() >= GAP + SIDE else at.y() + GAP
    return QPoint(round(x), round(y))


def magnified(view: View, at: QPointF) -> View:
    """The view of the lens, whose middle shows the image point under the pointer."""
    x, y = view.to_image(at.x(), at.y())
    scale = view.scale * POWER
    return View(scale, SIDE / 2 - x * scale, SIDE / 2 - y * scale)


class Loupe(QWidget):
    """Follows the pointer over the canvas while it is switched on."""

    def __init__(self, document: AnnotationDocument, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._document = document
        self._canvas = canvas
        self._is_on = False
        self._at: QPointF | None = None
        self.slots: dict[str, Callable[[], object]] = {"loupe": self.toggle}
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(SIDE, SIDE)
        self.hide()
        canvas.pointer_moved.connect(self._follow)
        for signal in (canvas.view_changed, document.annotation_changed):
            signal.connect(lambda _changed: self.update())

    def toggle(self) -> None:
        """Switch the lens on or off."""
        self._is_on = not self._is_on
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The pixels, the crosshair, on it the edges of the boxes under the hand, the rim."""
        if self._at is None:
            return
        view, painter = magnified(self._canvas.view, self._at), QPainter(self)
        glass = QPainterPath()
        glass.addEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.setClipPath(glass)
        painter.drawImage(0, 0, self._pixels(view))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        draw_crosshair(painter, QPointF(SIDE / 2, SIDE / 2), self.size())
        for box in self._held_boxes(self._at):
            _draw_edges(painter, box, view)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipping(False)
        for color, width in ((QColor(0, 0, 0, 160), 4.0), (QColor(255, 255, 255, 230), 2.0)):
            painter.setPen(QPen(color, width))
            painter.drawPath(glass)

    def _pixels(self, view: View) -> QImage:
        pixels = QImage(self.size() * self.devicePixelRatioF(), QImage.Format.Format_RGB32)
        pixels.setDevicePixelRatio(self.devicePixelRatioF())
        pixels.fill(self.palette().color(QPalette.ColorRole.Window))
        if self._canvas.picture is not None and self._canvas.picture.levels:
            draw_picture(pixels, self._canvas.picture, view, self._canvas.look.tones, is_sharp=True)
        return pixels

    def _held_boxes(self, at: QPointF) -> Iterator[Box]:
        """The selected boxes, and the one that is being drawn."""
        yield from chosen(self._document.annotation, self._document.selected)
        hands = self._canvas.hands
        edges = hands.drawn_edges(self._canvas.view, (at.x(), at.y()))
        if edges is not None:
            yield Box(hands.class_name, *edges)

    def _follow(self, at: tuple[float, float] | None) -> None:
        self._at = QPointF(*self._canvas.view.to_screen(*at)) if at is not None else None
        self._place()

    def _place(self) -> None:
        if self._is_on and self._at is not None:
            self.move(lens_corner(self._at, self._canvas.size()))
            self.raise_()
            self.update()
        self.setVisible(self._is_on and self._at is not None)


def _draw_edges(painter: QPainter, box: Box, view: View) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((SHADE, 3.0), (class_color(box.class_name), 1.0)):
        pen = QPen(color, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(screen_rect(box, view))
