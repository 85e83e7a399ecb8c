"""Boxes with class and score over a picture, drawn in batches: one call per class, texts laid out once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QStaticText

from yolox_core.records import Detections

BOX_WIDTH = 2.0
HALO = QColor(0, 0, 0, 110)
CHIP_PADDING = 4.0
CHIP_LIFT = 1.0  # room above and below the text
CHIPS_MAX = 150  # names of more boxes than this would hide one another; the best scores have theirs
TEXTS_MAX = 4096


@dataclass(frozen=True, slots=True)
class Placing:
    """How pixels of a frame become points of a widget: multiplied by `scale`, then moved by `left`, `top`."""

    scale: float
    left: float
    top: float
    width: float
    height: float

    @property
    def rect(self) -> QRectF:
        """Where the frame lies in the widget."""
        return QRectF(self.left, self.top, self.width, self.height)


def fit(frame_width: int, frame_height: int, area: QRectF) -> Placing:
    """The largest placing of a frame inside an area, in its middle."""
    scale = min(area.width() / max(frame_width, 1), area.height() / max(frame_height, 1))
    width, height = frame_width * scale, frame_height * scale
    left = area.left() + (area.width() - width) / 2
    top = area.top() + (area.height() - height) / 2
    return Placing(scale, left, top, width, height)


def chip_rect(box: QRectF, size: QSizeF, bounds: QRectF) -> QRectF:
    """Where the name of a box goes: on its top edge, or inside it where that would leave `bounds` at the top."""
    top = box.top() - size.height()
    if top < bounds.top():
        top = max(box.top(), bounds.top())
    left = max(min(box.left() - BOX_WIDTH / 2, bounds.right() - size.width()), bounds.left())
    return QRectF(QPointF(left, min(top, bounds.bottom() - size.height())), size)


def text_color(background: QColor) -> QColor:
    """Black or white, whichever reads better on a colour (relative luminance as in WCAG 2.1)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    red, green, blue = background.redF(), background.greenF(), background.blueF()
    luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    return QColor(Qt.GlobalColor.black) if luminance > 0.179 else QColor(Qt.GlobalColor.white)


class OverlayPainter:
    """Draws detections; keeps the texts that it has laid out, as the same names and scores come again and again."""

    def __init__(self, color_of: Callable[[str], QColor], font: QFont) -> None:
        self._color_of = color_of
        self._font = font
        self._line_height = QFontMetricsF(font).height()
        self._texts: dict[tuple[str, int], QStaticText] = {}

    def paint(self, painter: QPainter, detections: Detections, class_names: Sequence[str], placing: Placing) -> None:
        """Draw the boxes, each class in its colour, then the names and scores of the best ones over them."""
        edges = detections.boxes.astype(np.float64) * placing.scale
        edges += (placing.left, placing.top, placing.left, placing.top)
        rects = [QRectF(x1, y1, x2 - x1, y2 - y1) for x1, y1, x2, y2 in edges.tolist()]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(_pen(HALO, BOX_WIDTH + 2))
        painter.drawRects(rects)
        for class_id in reversed(_by_best_score(detections.class_ids)):
            painter.setPen(_pen(self._color_of(class_names[class_id]), BOX_WIDTH))
            painter.drawRects([rects[place] for place in np.flatnonzero(detections.class_ids == class_id).tolist()])
        self._paint_chips(painter, detections, class_names, rects, placing.rect)

    def _paint_chips(
        self,
        painter: QPainter,
        detections: Detections,
        class_names: Sequence[str],
        rects: list[QRectF],
        bounds: QRectF,
    ) -> None:
        painter.setFont(self._font)
        class_ids = detections.class_ids[:CHIPS_MAX].tolist()
        percents = np.rint(detections.scores[:CHIPS_MAX] * 100).astype(int).tolist()
        for place in reversed(range(len(class_ids))):
            name = class_names[class_ids[place]]
            text = self._text(name, percents[place])
            size = QSizeF(text.size().width() + 2 * CHIP_PADDING, self._line_height + 2 * CHIP_LIFT)
            chip = chip_rect(rects[place], size, bounds)
            color = self._color_of(name)
            painter.fillRect(chip, color)
            painter.setPen(text_color(color))
            painter.drawStaticText(QPointF(chip.left() + CHIP_PADDING, chip.top() + CHIP_LIFT), text)

    def _text(self, name: str, percent: int) -> QStaticText:
        text = self._texts.get((name, percent))
        if text is None:
            if len(self._texts) >= TEXTS_MAX:
                self._texts.clear()
            text = QStaticText(f"{name} {percent / 100:.2f}")
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.prepare(font=self._font)
            self._texts[name, percent] = text
        return text


def _pen(color: QColor, width: float) -> QPen:
    return QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap, Qt.PenJoinStyle.MiterJoin)


def _by_best_score(class_ids: NDArray[np.int64]) -> list[int]:
    """The class ids that occur, in the order of their best detection."""
    return list(dict.fromkeys(class_ids.tolist()))
