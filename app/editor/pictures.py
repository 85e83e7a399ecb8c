"""Decoded pictures: read off the GUI thread, the neighbours in advance, in a cache with a bound in bytes."""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from app.fetcher import Answer, Fetcher
from yolox_core.errors import UserError
from yolox_core.images import read_half_jpeg, read_image, read_size

CACHE_BYTES = 400_000_000
SMALLEST_LEVEL = 1024


@dataclass(frozen=True)
class Picture:
    """One decoded image or the problem that it has. `levels` are uint8 [H, W, 4] BGRX, each half the one before.

    The first level has the full size, `width` x `height` pixels; that of a preview has half of it.
    """

    path: Path
    levels: tuple[NDArray[np.uint8], ...] = ()
    width: int = 0
    height: int = 0
    problem: UserError | None = None

    @property
    def bytes(self) -> int:
        """Memory that the pixels take."""
        return sum(level.nbytes for level in self.levels)

    @property
    def is_preview(self) -> bool:
        """Whether the full size is still to come."""
        return bool(self.levels) and self.levels[0].shape[1] < self.width

    def level_for(self, scale: float) -> NDArray[np.uint8]:
        """The smallest level that still has a pixel for every device pixel at this scale, else the largest."""
        enough = [level for level in self.levels if level.shape[1] >= int(scale * self.width)]
        return enough[-1] if enough else self.levels[0]


def decode(path: Path) -> Picture:
    """The picture of a file; one without levels when it cannot be read. Safe in any thread."""
    try:
        pixels = read_image(path)
    except UserError as problem:
        return Picture(path, problem=problem)
    return Picture(path, _levels(pixels), width=pixels.shape[1], height=pixels.shape[0])


def decode_preview(path: Path) -> Picture | None:
    """The preview of a large JPEG; None where it would not be faster, or on a problem. Safe in any thread."""
    try:
        width, height = read_size(path)
        pixels = read_half_jpeg(path) if max(width, height) > 2 * SMALLEST_LEVEL else None
    except UserError:
        return None
    return Picture(path, _levels(pixels), width=width, height=height) if pixels is not None else None


def _levels(pixels: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    levels = [cv2.cvtColor(pixels, cv2.COLOR_BGR2BGRA).astype(np.uint8, copy=False)]
    while max(levels[-1].shape[:2]) > 2 * SMALLEST_LEVEL:
        height, width = levels[-1].shape[:2]
        levels.append(
            cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
        )
    return tuple(levels)


class PictureCache:
    """The pictures used last, up to a number of bytes; always at least the newest."""

    def __init__(self, limit_bytes: int = CACHE_BYTES) -> None:
        self._limit = limit_bytes
        self._pictures: OrderedDict[Path, Picture] = OrderedDict()

    def get(self, path: Path) -> Picture | None:
        """The picture of a path if it is held; it counts as used now."""
        if path in self._pictures:
            self._pictures.move_to_end(path)
        return self._pictures.get(path)

    def put(self, picture: Picture) -> None:
        """Hold a picture. One that could not be read is not held: its file may be mended."""
        if picture.problem is not None:
            return
        self._pictures[picture.path] = picture
        self._pictures.move_to_end(picture.path)
        while len(self._pictures) > 1 and sum(held.bytes for held in self._pictures.values()) > self._limit:
            self._pictures.popitem(last=False)

    def __contains__(self, path: Path) -> bool:
        return path in self._pictures


class PictureLoader(QObject):
    """Answers `show` with `loaded`, at once for a held picture, and then reads the neighbours.

    A large JPEG is answered twice: with its preview and with its picture, which are read side by side.
    """

    loaded = Signal(object)  # Picture that is wanted now

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cache = PictureCache()
        self._generation = 0
        self._wanted: Path | None = None
        self._neighbours: Sequence[Path] = ()
        self._front = Fetcher(_decode_question, self)
        self._ahead = Fetcher(_decode_question, self)
        self._previews = Fetcher(_preview_question, self)
        self._front.fetched.connect(self._on_front_fetched)
        self._previews.fetched.connect(self._on_preview_fetched)
        self._ahead.fetched.connect(self._on_ahead_fetched)

    def show(self, path: Path, *, neighbours: Sequence[Path] = ()) -> None:
        """Want one picture, and soon perhaps its neighbours; answers to earlier wishes are dropped."""
        self._generation += 1
        self._wanted, self._neighbours = path, neighbours
        held = self.cache.get(path)
        wishes = () if held is not None else (path,)
        for fetcher in (self._front, self._previews):
            fetcher.ask(wishes, generation=self._generation)
        if held is not None:
            self._deliver(held)
        else:
            self._ahead.ask(())

    def stop(self) -> None:
        """End the threads."""
        self._previews.stop()
        self._front.stop()
        self._ahead.stop()

    def _on_preview_fetched(self, answer: Answer) -> None:
        if answer.generation == self._generation and answer.value is not None:
            self.loaded.emit(answer.value)

    def _on_front_fetched(self, answer: Answer) -> None:
        picture = answer.value
        assert isinstance(picture, Picture)
        self.cache.put(picture)
        if answer.generation == self._generation:
            self._deliver(picture)

    def _on_ahead_fetched(self, answer: Answer) -> None:
        picture = answer.value
        assert isinstance(picture, Picture)
        self.cache.put(picture)
        if picture.path == self._wanted:
            self._front.ask(())
            self._deliver(picture)

    def _deliver(self, picture: Picture) -> None:
        self._generation += 1
        self._wanted = None
        self._ahead.ask([near for near in self._neighbours if near not in self.cache and near != picture.path])
        self.loaded.emit(picture)


def _decode_question(path: Hashable) -> Picture:
    assert isinstance(path, Path)
    return decode(path)


def _preview_question(path: Hashable) -> Picture | None:
    assert isinstance(path, Path)
    return decode_preview(path)
