"""Crops of boxes with some context, cut in a thread: an image is decoded once for all its boxes in sight."""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage

from app.editor.picture_queue import PictureQueue
from app.fetcher import Answer, Fetcher
from yolox_core.dataset.folder import ImageFile
from yolox_core.errors import UserError
from yolox_core.images import read_image
from yolox_core.records import Box

LONGEST = 256  # px
CONTEXT = 0.15  # of the box's longer side, on each side
LEAST_CONTEXT = 4  # px
CACHE_BYTES = 256_000_000
MOST_WAITING = 400

Key = tuple[str, int]  # name of the image, key of the box
Place = tuple[str, float, float, float, float]  # name of the image, edges of the box


@dataclass(frozen=True, eq=False)
class Crop:
    """A picture of a box and its surroundings, and where in it the box lies (shares of width and height).

    The picture is null where the image cannot be read.
    """

    picture: QImage
    inner: QRectF


@dataclass(frozen=True)
class _Wish:
    image: ImageFile
    boxes: tuple[Box, ...]


class CropPictures(QObject):
    """Gives what it holds at once and makes the rest; `arrived` says that there is more to be painted."""

    arrived = Signal()
    _wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: PictureQueue[Place, tuple[ImageFile, Box], Crop] = PictureQueue(
            limit_bytes=CACHE_BYTES, most_waiting=MOST_WAITING, on_first_wish=self._wanted.emit
        )
        self._fetcher = Fetcher(_cut, self)
        self._fetcher.fetched.connect(self._on_fetched)
        self._wanted.connect(self._ask, Qt.ConnectionType.QueuedConnection)

    def of(self, image: ImageFile, box: Box) -> Crop | None:
        """The crop of a box; None while it is on its way."""
        return self._queue.get(_place(image, box), (image, box))

    def clear(self) -> None:
        """Forget all: files may have changed."""
        self._fetcher.ask(())
        self._queue.clear()

    def stop(self) -> None:
        """End the thread."""
        self._fetcher.stop()

    def _ask(self) -> None:
        by_image: dict[ImageFile, list[Box]] = defaultdict(list)
        for image, box in self._queue.take():
            by_image[image].append(box)
        self._fetcher.ask([_Wish(image, tuple(boxes)) for image, boxes in by_image.items()])

    def _on_fetched(self, answer: Answer) -> None:
        wish, crops = answer.question, answer.value
        assert isinstance(wish, _Wish)
        assert isinstance(crops, list)
        for box, crop in zip(wish.boxes, crops, strict=True):
            self._queue.put(_place(wish.image, box), (wish.image, box), crop, crop.picture.sizeInBytes())
        self.arrived.emit()


def _place(image: ImageFile, box: Box) -> Place:
    return image.name, box.x1, box.y1, box.x2, box.y2


def _cut(wish: Hashable) -> list[Crop]:
    assert isinstance(wish, _Wish)
    try:
        pixels = read_image(wish.image.path)
    except UserError:
        return [Crop(QImage(), QRectF()) for _ in wish.boxes]
    return [crop_of(pixels, box) for box in wish.boxes]


def crop_of(pixels: NDArray[np.uint8], box: Box) -> Crop:
    """The part of an image uint8 [H, W, 3] BGR around a box, as far as the image goes, at most LONGEST px long."""
    height, width = pixels.shape[:2]
    margin = max(CONTEXT * max(box.width, box.height), LEAST_CONTEXT)
    left, right = _span(box.x1 - margin, box.x2 + margin, width)
    top, bottom = _span(box.y1 - margin, box.y2 + margin, height)
    part = pixels[top:bottom, left:right]
    scale = min(LONGEST / max(part.shape[:2]), 1.0)
    size = max(round(part.shape[1] * scale), 1), max(round(part.shape[0] * scale), 1)
    small = np.ascontiguousarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA))
    picture = QImage(small.data, *size, 3 * size[0], QImage.Format.Format_BGR888)
    wide, high = right - left, bottom - top
    inner = QRectF((box.x1 - left) / wide, (box.y1 - top) / high, box.width / wide, box.height / high)
    return Crop(picture.convertToFormat(QImage.Format.Format_RGB32), inner)


def _span(low: float, high: float, limit: int) -> tuple[int, int]:
    """Whole pixels from `low` to `high` within 0 to `limit`, at least one."""
    first = min(max(int(low), 0), limit - 1)
    return first, min(max(int(np.ceil(high)), first + 1), limit)
