"""How pictures and boxes look. Everything is drawn in logical screen pixels, lines keep their width at any zoom."""

import math
from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QGuiApplication, QImage, QPainter, QPen

from app.editor.captions import Captions, size_text
from app.editor.gestures import handle_points
from app.editor.outlines import Ink, device_edges, draw_frames, image_edges, leaving, pixels_of, stamp_above
from app.editor.viewport import View
from yolox_core.records import Annotation, Box

OUTLINE = 1.75
SELECTED_OUTLINE = 3.0
SHADE = QColor(0, 0, 0, 110)
CHIP_FROM = 26.0
HANDLE_SIZE = 7.0
POINT_RADIUS = 5.0
CHIPS_KEPT = 10_000  # with sizes nearly every box has a chip of its own

ChipKey = tuple[str, float]  # text, device pixels per logical pixel


def screen_rect(box: Box, view: View) -> QRectF:
    """The box on screen, edges in order."""
    x1, y1 = view.to_screen(min(box.x1, box.x2), min(box.y1, box.y2))
    x2, y2 = view.to_screen(max(box.x1, box.x2), max(box.y1, box.y2))
    return QRectF(x1, y1, x2 - x1, y2 - y1)


class BoxPainter:
    """Draws boxes; keeps the ready-made name chips of each class, so it lives as long as its widget."""

    def __init__(self, color_of: Callable[[str], QColor]) -> None:
        self._color_of = cache(color_of)
        self._ink_of = cache(self._made_ink)
        self._chips: dict[ChipKey, QImage] = {}
        self._stamps: dict[ChipKey, NDArray[np.uint32]] = {}

    def forget_chips(self) -> None:
        """Make the chips anew: for another font or palette."""
        self._chips.clear()
        self._stamps.clear()

    def draw_boxes(
        self, image: QImage, boxes: Sequence[Box], *, view: View, annotation: Annotation, captions: Captions
    ) -> None:
        """Draw boxes at rest into an image: large ones, their chips, then small ones, which no chip can hide.

        Boxes that leave the image are drawn dashed.
        """
        if not boxes:
            return
        ratio = image.devicePixelRatio()
        pixels, raw = pixels_of(image), image_edges(boxes)
        edges = device_edges(raw, view, ratio)
        is_large = (edges[:, 2:] - edges[:, :2]).max(axis=1) >= CHIP_FROM * ratio
        large, small = np.flatnonzero(is_large).tolist(), np.flatnonzero(~is_large).tolist()
        self._draw_frames(pixels, edges[large], [boxes[i] for i in large], ratio)
        if captions.is_shown(is_active=False):
            chips = [self._chip_pixels(boxes[i], captions.text(boxes[i]), ratio) for i in large]
            stamp_above(pixels, chips, edges[large])
        self._draw_frames(pixels, edges[small], [boxes[i] for i in small], ratio)
        outside = np.flatnonzero(leaving(raw, width=annotation.width, height=annotation.height)).tolist()
        if outside:
            _dash(image, [screen_rect(boxes[i], view) for i in outside])

    def _made_ink(self, class_name: str) -> Ink:
        color = self._color_of(class_name)
        return Ink(color.rgb(), color.darker(280).rgb())

    def _draw_frames(
        self, pixels: NDArray[np.uint32], edges: NDArray[np.float64], boxes: Sequence[Box], ratio: float
    ) -> None:
        inks = [self._ink_of(box.class_name) for box in boxes]
        draw_frames(pixels, edges, inks, width=max(1, round(OUTLINE * ratio)))

    def _chip_pixels(self, box: Box, text: str, ratio: float) -> NDArray[np.uint32]:
        pixels = self._stamps.get((text, ratio))
        if pixels is None:
            pixels = self._stamps[text, ratio] = pixels_of(self._chip(box, text, ratio)).copy()
        return pixels

    def draw_active(
        self,
        painter: QPainter,
        box: Box,
        *,
        view: View,
        annotation: Annotation,
        captions: Captions,
        is_selected: bool,
        has_handles: bool,
    ) -> None:
        """Draw a selected box, or the one under the pointer: filled, with chip and handles."""
        rect = screen_rect(box, view)
        color = self._color_of(box.class_name)
        painter.fillRect(rect, _faded(color, 50 if is_selected else 28))
        _draw_frame(painter, rect, SHADE, SELECTED_OUTLINE + 2.0)
        _draw_frame(painter, rect, color, SELECTED_OUTLINE)
        if leaving(image_edges((box,)), width=annotation.width, height=annotation.height)[0]:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(_pen(SHADE, SELECTED_OUTLINE, is_dashed=True))
            painter.drawRect(rect)
        if captions.is_shown(is_active=True):
            self._draw_chip(painter, self._chip(box, captions.text(box), painter.device().devicePixelRatio()), rect)
        if has_handles:
            _draw_handles(painter, rect, color, is_selected=is_selected)

    def _draw_chip(self, painter: QPainter, chip: QImage, rect: QRectF) -> None:
        top = rect.top() - chip.deviceIndependentSize().height()
        painter.drawImage(QPointF(rect.left() - 1, rect.top() + 1 if top < 0 <= rect.bottom() else top), chip)

    def _chip(self, box: Box, text: str, ratio: float) -> QImage:
        chip = self._chips.get((text, ratio))
        if chip is None:
            if len(self._chips) >= CHIPS_KEPT:
                self.forget_chips()
            chip = self._chips[text, ratio] = _made_chip(text, self._color_of(box.class_name), ratio)
        return chip


def _dash(image: QImage, rects: list[QRectF]) -> None:
    painter = QPainter(image)
    painter.setPen(_pen(SHADE, OUTLINE, is_dashed=True))
    painter.drawRects(rects)
    painter.end()


def _draw_frame(painter: QPainter, rect: QRectF, color: QColor, width: float) -> None:
    half = width / 2
    outer, inner = rect.adjusted(-half, -half, half, half), rect.adjusted(half, half, -half, -half)
    painter.fillRect(QRectF(outer.left(), outer.top(), outer.width(), width), color)
    painter.fillRect(QRectF(outer.left(), inner.bottom(), outer.width(), width), color)
    painter.fillRect(QRectF(outer.left(), inner.top(), width, inner.height()), color)
    painter.fillRect(QRectF(inner.right(), inner.top(), width, inner.height()), color)


def _made_chip(text: str, color: QColor, ratio: float) -> QImage:
    font = QFont(QGuiApplication.font())
    font.setPixelSize(11)
    font.setWeight(QFont.Weight.DemiBold)
    metrics = QFontMetrics(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, 160)
    width, height = metrics.horizontalAdvance(text) + 8, metrics.height() + 1
    chip = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    chip.setDevicePixelRatio(ratio)
    chip.fill(color)
    painter = QPainter(chip)
    painter.setFont(font)
    painter.setPen(readable_on(color))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return chip


def readable_on(color: QColor) -> QColor:
    """Black or white, whichever reads better on a colour (relative luminance, WCAG 2.1)."""
    channels = (color.redF(), color.greenF(), color.blueF())
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
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


def draw_points(painter: QPainter, points: Sequence[QPointF]) -> None:
    """Draw the points that were clicked as rings with a dot, so that the pixel stays in sight."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, width in ((QColor(0, 0, 0, 180), 4.0), (QColor(Qt.GlobalColor.white), 2.0)):
        painter.setPen(QPen(color, width, c=Qt.PenCapStyle.RoundCap))
        for point in points:
            painter.drawEllipse(point, POINT_RADIUS, POINT_RADIUS)
            painter.drawPoint(point)
    painter.restore()


def draw_crosshair(painter: QPainter, at: QPointF, size: QSize) -> None:
    """Draw the two lines through the pointer; light on dark, so that they show on any picture."""
    for color, shift in ((QColor(0, 0, 0, 130), 1.0), (QColor(255, 255, 255, 220), 0.0)):
        painter.setPen(QPen(color, 1.0))
        x, y = math.floor(at.x()) + 0.5 + shift, math.floor(at.y()) + 0.5 + shift
        painter.drawLine(QPointF(x, 0), QPointF(x, size.height()))
        painter.drawLine(QPointF(0, y), QPointF(size.width(), y))


def draw_size(painter: QPainter, box: Box, at: QPointF) -> None:
    """Draw the width and height of a box in image pixels on a dark label beside a point."""
    text = size_text(box)
    metrics = painter.fontMetrics()
    rect = QRectF(at.x() + 14, at.y() + 14, metrics.horizontalAdvance(text) + 10, metrics.height() + 4)
    painter.fillRect(rect, QColor(20, 20, 20, 200))
    painter.setPen(Qt.GlobalColor.white)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)


def draw_message(painter: QPainter, text: str, room: QRect) -> None:
    """Draw a message in the middle of `room`, in the painter's pen."""
    flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
    painter.drawText(room.adjusted(40, 40, -40, -40), flags, text)
