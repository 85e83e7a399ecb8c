"""Boxes with class and score over a picture, written into its pixels; names are laid out once and stamped."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from app.player.pixels import Pixels, copied_pixels, pixels_of, write_frames, write_stamp
from yolox_core.infer.box_look import BoxLook
from yolox_core.palette import text_color
from yolox_core.records import Detections

LINE_WIDTH = 2.0
HALO = 0xFF202020
HALO_WIDTH = 1.0
HALOS_MAX = 500  # beyond this they would cover the picture, and cost as much as the boxes
CROWD = 1000  # boxes: with wider lines nothing would be seen between them, and they take twice as long
CHIPS_MAX = 150  # names of more boxes than this would hide one another; the best scores have theirs
CHIPS_KEPT = 4096
NEVER_COVERED = 20  # so many of the best names are kept clear of the others
CHIP_PADDING = 4.0

Edges = tuple[int, int, int, int]
Size = tuple[int, int]
ChipKey = tuple[str, int, int, float]  # class name, track number, score in percent, device pixels per point


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


def chip_corners(boxes: Sequence[Edges], chip_sizes: Sequence[Size], picture_size: Size) -> list[tuple[int, int]]:
    """Left and top of the name of each box (left, top, right, bottom), best box first; sizes are width and height.

    A name sits on its box; inside its top, or under it, where it would leave the picture or cover the name of one of
    the best boxes.
    """
    corners: list[tuple[int, int]] = []
    taken: list[Edges] = []
    for box, (width, height) in zip(boxes, chip_sizes, strict=True):
        left = max(min(box[0], picture_size[0] - width), 0)
        lowest = max(picture_size[1] - height, 0)
        tops = [top for top in (box[1] - height, box[1], box[3]) if 0 <= top <= lowest] or [min(max(box[1], 0), lowest)]
        free = (top for top in tops if not _touches(taken, (left, top, left + width, top + height)))
        top = next(free, tops[0])
        corners.append((left, top))
        if len(taken) < NEVER_COVERED:
            taken.append((left, top, left + width, top + height))
    return corners


def _percents(detections: Detections) -> list[int]:
    percents: list[int] = np.rint(detections.scores * 100).astype(np.int64).tolist()
    return percents


def _touches(taken: Sequence[Edges], chip: Edges) -> bool:
    left, top, right, bottom = chip
    return any(left < t[2] and t[0] < right and top < t[3] and t[1] < bottom for t in taken)


class OverlayPainter:
    """Draws detections; keeps the names and scores that it has laid out, as the same ones come again and again."""

    def __init__(self, color_of: Callable[[str], QColor], font: QFont) -> None:
        self._color_of = color_of
        self._font = font
        self._look = BoxLook()
        self._chips: dict[ChipKey, Pixels] = {}

    @property
    def look(self) -> BoxLook:
        """What is written beside boxes, and how wide their lines are."""
        return self._look

    @look.setter
    def look(self, look: BoxLook) -> None:
        self._look = look
        self._chips.clear()

    def painted(
        self,
        picture: NDArray[np.uint8],
        detections: Detections,
        class_names: Sequence[str],
        tracks: NDArray[np.int64] | None = None,
        *,
        scale: float,
        ratio: float,
    ) -> NDArray[np.uint8]:
        """A copy of a picture uint8 [H, W, 4] with the boxes, multiplied by `scale`, and the names of the best ones.

        A name is followed by the number in `tracks` [N] where that is above zero.
        `ratio` is device pixels per point: lines and letters keep their size on screen.
        """
        painted = picture.copy()
        pixels = pixels_of(painted)
        edges = np.rint(detections.boxes * np.float32(scale)).clip(-(2**30), 2**30).astype(np.int64)
        class_ids = detections.class_ids.tolist()
        colors = {class_id: self._color_of(class_names[class_id]).rgb() for class_id in set(class_ids)}
        halo = max(round(HALO_WIDTH * ratio), 1)
        is_crowd = len(edges) > CROWD
        widths = np.full(len(edges), halo) if is_crowd else self.look.line_widths(edges, LINE_WIDTH * ratio)
        if len(edges) <= HALOS_MAX:
            around = edges + np.array((-halo, -halo, halo, halo))
            write_frames(pixels, around, colors=[HALO] * len(edges), widths=widths + 2 * halo)
        in_order = [colors[class_id] for class_id in reversed(class_ids)]
        write_frames(pixels, edges[::-1], colors=in_order, widths=widths[::-1])
        if not (self.look.has_names or self.look.has_scores or tracks is not None):
            return painted
        numbers = [0] * len(edges) if tracks is None else tracks.tolist()
        labels = [
            (class_names[class_id], number, percent, ratio)
            for class_id, number, percent in zip(
                class_ids[:CHIPS_MAX], numbers[:CHIPS_MAX], _percents(detections)[:CHIPS_MAX], strict=True
            )
        ]
        self._stamp_chips(pixels, labels, edges[:CHIPS_MAX].tolist())
        return painted

    def _stamp_chips(self, pixels: Pixels, labels: Sequence[ChipKey], edges: list[Edges]) -> None:
        """Write the labels of boxes at their `edges`, the best one last. Changes `pixels`."""
        chips = [self._chip(label) for label in labels]
        sizes = [(chip.shape[1], chip.shape[0]) for chip in chips]
        corners = chip_corners(edges, sizes, (pixels.shape[1], pixels.shape[0]))
        for chip, (left, top) in zip(reversed(chips), reversed(corners), strict=True):
            write_stamp(pixels, chip, left=left, top=top)

    def _chip(self, label: ChipKey) -> Pixels:
        chip = self._chips.get(label)
        if chip is None:
            if len(self._chips) >= CHIPS_KEPT:
                self._chips.clear()
            class_name, track, percent, ratio = label
            text = self.look.label(class_name, track, percent / 100)
            chip = self._chips[label] = self._made_chip(text, class_name, ratio)
        return chip

    def _made_chip(self, text: str, class_name: str, ratio: float) -> Pixels:
        if not text:
            return np.zeros((0, 0), np.uint32)
        font = QFont(self._font)
        font.setPointSizeF(font.pointSizeF() * self.look.text_scale)
        metrics = QFontMetricsF(font)
        width, height = metrics.horizontalAdvance(text) + 2 * CHIP_PADDING, metrics.height() + 2
        image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(ratio)
        color = self._color_of(class_name)
        image.fill(color)
        painter = QPainter(image)
        painter.setFont(font)
        painter.setPen(QColor(*text_color((color.red(), color.green(), color.blue()))))
        painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
        painter.end()
        return copied_pixels(image)
