"""Boxes with captions and anchor points over a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from yolox_core.palette import text_color

LINE, HALO = 2.0, QColor(20, 20, 20, 170)
DOT_SIDES = {8: 5.0, 16: 8.0, 32: 11.0}
SMALLEST_WITH_CAPTION = 18.0
MOST_CAPTIONS = 60
NARROWEST_CAPTION = 38.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A box in pixels of its picture, xyxy; its caption stands inside its top, or inside its bottom where `is_dashed`.

    `color` fills the caption; the line of a dashed box is white, so that both kinds of boxes are told apart.
    """

    edges: tuple[float, float, float, float]
    caption: str
    color: QColor
    is_dashed: bool = False
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """An anchor point at x, y in pixels of its picture: round for stride 8, square for 16, a diamond for 32."""

    x: float
    y: float
    stride: int
    color: QColor


def draw_marks(painter: QPainter, marks: Sequence[Mark], place: QRectF, scale: float) -> None:
    """Draw boxes over a picture that lies at `place`; captions come last, where there is room for them."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    rects = [_on_screen(mark, place, scale) for mark in marks]
    for mark, rect in zip(marks, rects, strict=True):
        width = LINE * (2 if mark.is_strong else 1)
        painter.setPen(QPen(HALO, width + 2))
        painter.drawRect(rect)
        pen = QPen(QColor(Qt.GlobalColor.white) if mark.is_dashed else mark.color, width)
        if mark.is_dashed:
            pen.setDashPattern([3, 3])
        painter.setPen(pen)
        painter.drawRect(rect)
    for mark, rect in zip(marks[:MOST_CAPTIONS], rects[:MOST_CAPTIONS], strict=True):
        if mark.caption and min(rect.width(), rect.height()) >= SMALLEST_WITH_CAPTION:
            _draw_caption(painter, mark, rect, place)


def draw_dots(painter: QPainter, dots: Sequence[Dot], origin: QPointF, scale: float) -> None:
    """Draw anchor points in the colours of the boxes that they learn."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(HALO, 1))
    for dot in dots:
        painter.setBrush(dot.color)
        draw_shape(painter, origin + QPointF(dot.x, dot.y) * scale, dot.stride)


def draw_shape(painter: QPainter, centre: QPointF, stride: int) -> None:
    """Draw the sign of a stride with the pen and brush of the painter."""
    side = DOT_SIDES[stride]
    square = QRectF(-side / 2, -side / 2, side, side)
    painter.save()
    painter.translate(centre)
    if stride == min(DOT_SIDES):
        painter.drawEllipse(square)
    else:
        painter.rotate(45 if stride == max(DOT_SIDES) else 0)
        painter.drawRect(square)
    painter.restore()


def _on_screen(mark: Mark, place: QRectF, scale: float) -> QRectF:
    left, top, right, bottom = (edge * scale for edge in mark.edges)
    return QRectF(QPointF(left, top), QPointF(right, bottom)).translated(place.topLeft())


def _draw_caption(painter: QPainter, mark: Mark, rect: QRectF, place: QRectF) -> None:
    metrics = painter.fontMetrics()
    most = max(rect.width(), NARROWEST_CAPTION)
    text = metrics.elidedText(mark.caption, Qt.TextElideMode.ElideRight, int(most - 6))
    chip = QRectF(rect.left(), rect.top(), metrics.horizontalAdvance(text) + 6, metrics.height())
    if mark.is_dashed:
        chip.moveBottom(rect.bottom())
    chip.moveLeft(min(chip.left(), place.right() - chip.width()))
    painter.fillRect(chip, mark.color)
    painter.setPen(QColor(*text_color((mark.color.red(), mark.color.green(), mark.color.blue()))))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
