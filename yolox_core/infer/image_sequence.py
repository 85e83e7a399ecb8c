"""A folder of images, or a single one, as frames by number, in the order in which people expect their names."""

import os
from collections import OrderedDict
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.names import natural_key
from yolox_core.errors import FileError
from yolox_core.images import IMAGE_SUFFIXES, read_image, read_size
from yolox_core.infer.frame_cache import memory_share

FPS = 25  # a folder does not say
AHEAD = 4  # images fetched before they are asked for


class ImageSequence:
    """Images that may differ in size: each frame has its own; `width` and `height` are those of the first readable one.

    An image that cannot be read is a black frame, and `is_damaged`.
    """

    def __init__(self, path: Path, files: Sequence[Path], *, cache_bytes: int) -> None:
        self.path = path
        self._files = tuple(files)
        self._limit, self._bytes = cache_bytes, 0
        self._kept: OrderedDict[int, NDArray[np.uint8]] = OrderedDict()
        self._damaged: set[int] = set()
        self.frames = len(self._files)
        self.fps = float(FPS)
        self.time_base = Fraction(1, FPS)
        self.duration_s = self.frames / FPS
        self.width, self.height = _first_size(path, self._files)

    @classmethod
    def open(cls, path: Path, *, cache_bytes: int | None = None) -> "ImageSequence":
        """The images in a folder, not in those below it, or this one image. Raises FileError where there is none."""
        files = [path] if path.is_file() else _images_in(path)
        return cls(path, files, cache_bytes=memory_share() if cache_bytes is None else cache_bytes)

    def __enter__(self) -> "ImageSequence":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of all decoded images."""
        self._kept.clear()
        self._bytes = 0

    def ticks(self, number: int) -> int:
        """When frame `number` is shown: units of `time_base` since the first frame."""
        return number

    def time_s(self, number: int) -> float:
        """When frame `number` is shown: seconds since the first frame, at FPS frames a second."""
        return number / FPS

    def file_time_s(self, number: int) -> float:
        """The same."""
        return number / FPS

    def name_of(self, number: int) -> str:
        """The file name of a frame."""
        return self._files[number].name

    def size_of(self, number: int) -> tuple[int, int]:
        """Width and height of a frame in pixels, from the image's header."""
        return _size(self._files[number]) or (self.width, self.height)

    def is_damaged(self, number: int) -> bool:
        """Whether a frame met before could not be read."""
        return number in self._damaged

    def longest_side(self) -> int:
        """In pixels, of all images: their headers are read, some 20,000 a second."""
        return max([self.width, self.height, *(side for file in self._files for side in _size(file))])

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Frame `number`, 0 to `frames` - 1, as uint8 [H, W, 3] BGR; black where it cannot be read.

        Raises IndexError outside that range.
        """
        if not 0 <= number < self.frames:
            raise IndexError(f"frame {number} of {self.frames}")
        image = self._kept.get(number)
        if image is None:
            image = self._read(number)
            self._keep(number, image)
        self._kept.move_to_end(number)
        return image

    def approach(self, number: int, goes_on: Callable[[], bool]) -> bool:
        """Read frame `number` and keep it; False where `goes_on` says no."""
        if goes_on():
            self.frame(number)
            return True
        return False

    def near(self, number: int) -> int:
        """The frame closest to `number` that can be had at once: any can."""
        return number

    def missing(self, number: int, direction: int) -> int | None:
        """The frame to fetch ahead of time for one who goes from `number` forward (1) or backward (-1), if any."""
        last = min(max(number + direction * AHEAD, 0), self.frames - 1)
        return next((each for each in range(number, last + direction, direction) if each not in self._kept), None)

    def _read(self, number: int) -> NDArray[np.uint8]:
        try:
            return read_image(self._files[number])
        except FileError:
            self._damaged.add(number)
            return np.zeros((self.height, self.width, 3), np.uint8)

    def _keep(self, number: int, image: NDArray[np.uint8]) -> None:
        self._kept[number] = image
        self._bytes += image.nbytes
        while self._bytes > self._limit and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.nbytes


def _images_in(folder: Path) -> list[Path]:
    try:
        names = [entry.name for entry in os.scandir(folder) if _is_image(entry.name)]
    except OSError as error:
        raise FileError(
            f"The folder cannot be read ({error.strerror}).", where=folder, action="Choose a folder of images."
        ) from error
    if not names:
        raise FileError("There is no image in this folder.", where=folder, action="Choose the folder that holds them.")
    return [folder / name for name in sorted(names, key=natural_key)]


def _is_image(name: str) -> bool:
    return not name.startswith(".") and Path(name).suffix.lower() in IMAGE_SUFFIXES


def _first_size(path: Path, files: Sequence[Path]) -> tuple[int, int]:
    size = next((size for file in files if (size := _size(file))), None)
    if size is None:
        raise FileError("No image here can be read.", where=path, action="The files may be damaged.")
    return size


def _size(file: Path) -> tuple[int, int] | tuple[()]:
    try:
        return read_size(file)
    except FileError:
        return ()
