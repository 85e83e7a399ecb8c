"""Small pictures of evaluated images with their labels and mistakes drawn on them; made in a job."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from yolox_core.errors import FileError
from yolox_core.evaluate.matches import NONE, ImageMatches, Mark
from yolox_core.images import read_image

FOUND, MISSED, EXTRA, CONFUSED = "#00c878", "#ff3b30", "#ffb000", "#e040fb"
LEGEND = {"label, found": FOUND, "label, missed": MISSED, "no label there": EXTRA, "another class": CONFUSED}


@dataclass(frozen=True)
class Thumbnail:
    """The picture of the image at `place`; None where it cannot be read."""

    place: int
    picture: QImage | None


def thumbnails(images: Sequence[ImageMatches], size: QSize, *, ratio: float) -> Iterator[Thumbnail]:
    """Pictures that fit into `size`, sharp on a screen of `ratio` device pixels a pixel."""
    for place, image in enumerate(images):
        try:
            yield Thumbnail(place, _drawn(image, size, ratio))
        except FileError:
            yield Thumbnail(place, None)


def _drawn(image: ImageMatches, size: QSize, ratio: float) -> QImage:
    pixels = read_image(image.path)
    height, width = pixels.shape[:2]
    scale = min(size.width() * ratio / width, size.height() * ratio / height)
    shape = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.ascontiguousarray(cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA))
    picture = QImage(small.data, *shape, shape[0] * 3, QImage.Format.Format_BGR888).copy()
    painter = QPainter(picture)
    for mark in image.labels:
        _draw(painter, mark, scale, FOUND if mark.is_right else CONFUSED if mark.partner >= 0 else MISSED, ratio)
    for mark in image.found:
        if mark.is_wrong:
            _draw(painter, mark, scale, EXTRA if mark.partner == NONE else CONFUSED, ratio, is_dashed=True)
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def _draw(painter: QPainter, mark: Mark, scale: float, color: str, ratio: float, *, is_dashed: bool = False) -> None:
    pen = QPen(QColor(color), 1.5 * ratio)
    pen.setStyle(Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine)
    painter.setPen(pen)
    edges = (mark.x1, mark.y1, mark.x2 - mark.x1, mark.y2 - mark.y1)
    painter.drawRect(QRectF(*(edge * scale for edge in edges)))
