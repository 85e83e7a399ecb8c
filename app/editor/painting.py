"""How pictures and boxes look. Everything is drawn in logical screen pixels, lines keep their width at any zoom."""

import math
from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap

from app.editor.gestures import handle_points
from app.editor.pictures import Picture
from app.editor.viewport import View
from yolox_core.records import Annotation, Box

OUTLINE = 1.75
SELECTED_OUTLINE = 2.0
SHADE = QColor(0, 0, 0, 110)
CHIP_FROM = 26.0
HANDLE_SIZE = 7.0


def screen_rect(box: Box, view: View) -> QRectF:
    """The box on screen, edges in order."""
    x1, y1 = view.to_screen(min(box.x1, box.x2), min(box.y1, box.y2))
    x2, y2 = view.to_screen(max(box.x1, box.x2), max(box.y1, box.y2))
    return QRectF(x1, y1, x2 - x1, y2 - y1)


def leaves_image(box: Box, annotation: Annotation) -> bool:
    """Whether some of the box lies outside the image, or its edges are swapped."""
    inside = box.x1 >= 0 and box.y1 >= 0 and box.x2 <= annotation.width and box.y2 <= annotation.height
    return not (inside and box.is_proper)


def draw_picture(painter: QPainter, picture: Picture, *, view: View, size: QSize, ratio: float) -> None:
    """Draw the part of a picture that is in sight; `ratio` is device pixels per logical pixel."""
    full = picture.levels[0]
    level = picture.level_for(view.scale * ratio)
    x1, y1 = (max(0, math.floor(value)) for value in view.to_image(0, 0))
    far_x, far_y = view.to_image(size.width(), size.height())
    x2, y2 = min(full.width(), math.ceil(far_x)), min(full.height(), math.ceil(far_y))
    if x2 <= x1 or y2 <= y1:
        return
    to_level_x, to_level_y = level.width() / full.width(), level.height() / full.height()
    source = QRectF(x1 * to_level_x, y1 * to_level_y, (x2 - x1) * to_level_x, (y2 - y1) * to_level_y)
    target = QRectF(QPointF(*view.to_screen(x1, y1)), QPointF(*view.to_screen(x2, y2)))
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, view.is_smooth)
    painter.drawImage(target, level, source)


class BoxPainter:
    """Draws boxes; keeps the ready-made name chips of each class, so it lives as long as its widget."""

    def __init__(self, color_of: Callable[[str], QColor]) -> None:
        self._color_of = color_of
        self._chips: dict[tuple[str, float], QPixmap] = {}

    def forget_chips(self) -> None:
        """Make the chips anew: for another font or palette."""
        self._chips.clear()

    def draw_boxes(
        self, painter: QPainter, boxes: Sequence[Box], *, view: View, annotation: Annotation, ratio: float
    ) -> None:
        """Draw boxes that are not selected: chips first, so that no chip covers an outline; lines class by class."""
        rects = [screen_rect(box, view) for box in boxes]
        for box, rect in zip(boxes, rects, strict=True):
            if max(rect.width(), rect.height()) >= CHIP_FROM:
                self._draw_chip(painter, box, rect, ratio=ratio)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(SHADE, OUTLINE + 1.5))
        painter.drawRects(rects)
        groups: dict[tuple[str, bool], list[QRectF]] = {}
        for box, rect in zip(boxes, rects, strict=True):
            groups.setdefault((box.class_name, leaves_image(box, annotation)), []).append(rect)
        for (class_name, is_outside), group in groups.items():
            painter.setPen(_pen(self._color_of(class_name), OUTLINE, is_dashed=is_outside))
            painter.drawRects(group)

    def draw_active(
        self, painter: QPainter, box: Box, *, view: View, annotation: Annotation, ratio: float, is_selected: bool
    ) -> None:
        """Draw a selected box, or the one under the pointer: filled, with chip and handles."""
        rect = screen_rect(box, view)
        color = self._color_of(box.class_name)
        painter.setBrush(_faded(color, 56 if is_selected else 34))
        painter.setPen(QPen(SHADE, SELECTED_OUTLINE + 2.0))
        painter.drawRect(rect)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(color, SELECTED_OUTLINE, is_dashed=leaves_image(box, annotation)))
        painter.drawRect(rect)
        self._draw_chip(painter, box, rect, ratio=ratio)
        _draw_handles(painter, rect, color, is_selected=is_selected)

    def _draw_chip(self, painter: QPainter, box: Box, rect: QRectF, *, ratio: float) -> None:
        chip = self._chip(_chip_text(box), self._color_of(box.class_name), painter.font(), ratio)
        height = chip.height() / ratio
        top = rect.top() - height
        painter.drawPixmap(QPointF(rect.left() - 1, rect.top() + 1 if top < 0 <= rect.bottom() else top), chip)

    def _chip(self, text: str, color: QColor, font: QFont, ratio: float) -> QPixmap:
        chip = self._chips.get((text, ratio))
        if chip is None:
            chip = self._chips[text, ratio] = _made_chip(text, color, font, ratio)
        return chip


def _chip_text(box: Box) -> str:
    flags = ("D" if box.difficult else "") + ("T" if box.truncated else "")
    return f"{box.class_name} · {flags}" if flags else box.class_name


def _made_chip(text: str, color: QColor, font: QFont, ratio: float) -> QPixmap:
    small = QFont(font)
    small.setPixelSize(11)
    small.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(small)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 160)
    width, height = metrics.horizontalAdvance(text) + 8, metrics.height() + 1
    chip = QPixmap(round(width * ratio), round(height * ratio))
    chip.setDevicePixelRatio(ratio)
    chip.fill(Qt.GlobalColor.transparent)
    painter = QPainter(chip)
    painter.setFont(small)
    painter.fillRect(QRectF(0, 0, width, height), color)
    painter.setPen(readable_on(color))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return chip


def readable_on(color: QColor) -> QColor:
    """Black or white, whichever reads better on a colour (relative luminance, WCAG 2.1)."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in color.getRgbF()[:3]]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return QColor(Qt.GlobalColor.black if luminance > 0.18 else Qt.GlobalColor.white)


def _pen(color: QColor, width: float, *, is_dashed: bool) -> QPen:
    pen = QPen(color, width)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    if is_dashed:
        pen.setStyle(Qt.PenStyle.DashLine)
    return pen


def _faded(color: QColor, alpha: int) -> QColor:
    faded = QColor(color)
    faded.setAlpha(alpha)
    return faded


def _draw_handles(painter: QPainter, rect: QRectF, color: QColor, *, is_selected: bool) -> None:
    painter.setPen(QPen(color.darker(150), 1.0))
    painter.setBrush(QColor(255, 255, 255, 255 if is_selected else 170))
    half = HANDLE_SIZE / 2
    points = handle_points(rect.left(), rect.top(), rect.right(), rect.bottom())
    painter.drawRects([QRectF(x - half, y - half, HANDLE_SIZE, HANDLE_SIZE) for x, y in points])


def draw_new_box(painter: QPainter, rect: QRectF, color: QColor) -> None:
    """Draw the box that is being drawn."""
    painter.setBrush(_faded(color, 40))
    painter.setPen(QPen(SHADE, SELECTED_OUTLINE + 2.0))
    painter.drawRect(rect)
    painter.setPen(QPen(color, SELECTED_OUTLINE))
    painter.drawRect(rect)


def draw_crosshair(painter: QPainter, at: QPointF, size: QSize) -> None:
    """Draw the two lines through the pointer; light on dark, so that they show on any picture."""
    for color, shift in ((QColor(0, 0, 0, 130), 1.0), (QColor(255, 255, 255, 220), 0.0)):
        painter.setPen(QPen(color, 1.0))
        x, y = math.floor(at.x()) + 0.5 + shift, math.floor(at.y()) + 0.5 + shift
        painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
        painter.drawLine(QPointF(0, y), QPointF(size.width(), y))


def draw_size(painter: QPainter, box: Box, at: QPointF) -> None:
    """Draw the width and height of a box in image pixels on a dark label beside a point."""
    text = f"{box.width:g} × {box.height:g}"
    metrics = painter.fontMetrics()
    rect = QRectF(at.x() + 14, at.y() + 14, metrics.horizontalAdvance(text) + 10, metrics.height() + 4)
    painter.fillRect(rect, QColor(20, 20, 20, 200))
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def draw_message(painter: QPainter, text: str, room: QRect) -> None:
    """Draw a message in the middle of `room`, in the painter's pen."""
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(40, 40, -40, -40), flags, text)
