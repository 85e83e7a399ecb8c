"""What frames come from: a video file, a folder of images, or one image, all used alike."""

import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.images import IMAGE_SUFFIXES
from yolox_core.infer.image_sequence import ImageSequence
from yolox_core.infer.video import Video


class FrameSource(Protocol):
    """Frames by number; what each member means is told at Video. For one thread at a time."""

    path: Path
    frames: int
    fps: float
    width: int
    height: int
    duration_s: float
    time_base: Fraction

    def __enter__(self) -> "FrameSource": ...
    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None
    ) -> None: ...
    def close(self) -> None: ...  # noqa: D102
    def ticks(self, number: int) -> int: ...  # noqa: D102
    def time_s(self, number: int) -> float: ...  # noqa: D102
    def file_time_s(self, number: int) -> float: ...  # noqa: D102
    def name_of(self, number: int) -> str: ...  # noqa: D102
    def is_damaged(self, number: int) -> bool: ...  # noqa: D102
    def size_of(self, number: int) -> tuple[int, int]: ...  # noqa: D102
    def longest_side(self) -> int: ...  # noqa: D102
    def frame(self, number: int) -> NDArray[np.uint8]: ...  # noqa: D102
    def approach(self, number: int, goes_on: Callable[[], bool]) -> bool: ...  # noqa: D102
    def near(self, number: int) -> int: ...  # noqa: D102
    def missing(self, number: int, direction: int) -> int | None: ...  # noqa: D102


def is_images(path: Path) -> bool:
    """Whether a path stands for images rather than a video: a folder, or an image file."""
    return path.is_dir() or path.suffix.lower() in IMAGE_SUFFIXES


def stamp(path: Path) -> tuple[int, int]:
    """Bytes, and time of the last change in ns, of a video or of all files of a folder; both change with the content.

    Raises FileError where it is gone.
    """
    try:
        if not path.is_dir():
            seen = path.stat()
            return seen.st_size, seen.st_mtime_ns
        every = [entry.stat() for entry in os.scandir(path) if entry.is_file()]
    except OSError as error:
        raise FileError(f"The file cannot be read ({error.strerror}).", where=path, action="Open it again.") from error
    return sum(seen.st_size for seen in every), max((seen.st_mtime_ns for seen in every), default=0)


def open_source(path: Path, *, cache_bytes: int | None = None) -> FrameSource:
    """The frames of a video, of the images in a folder, or one image. Raises FileError where there are none.

    `cache_bytes` bounds the decoded frames that are kept; by default a share of the memory.
    """
    if is_images(path):
        return ImageSequence.open(path, cache_bytes=cache_bytes)
    return Video.open(path, cache_bytes=cache_bytes)
