"""A new .mp4 in H.264 that appears whole or not at all."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.container import OutputContainer
from av.error import FFmpegError
from av.video.reformatter import Interpolation, VideoReformatter
from av.video.stream import VideoStream
from numpy.typing import NDArray

from yolox_core.errors import FileError, Unavailable

ENCODER = "libx264"
QUALITY = {"crf": "20", "preset": "veryfast"}  # hard to tell from the original at a reasonable size
ROUNDED = Interpolation.BILINEAR | Interpolation.ACCURATE_RND  # else grey turns greenish, 5 levels off
ACTION = "Free space, write permission and an existing folder are needed; nothing was left behind."


class VideoWriter:
    """Takes frames of one size in the order of their times."""

    def __init__(
        self,
        container: OutputContainer,
        *,
        size: tuple[int, int],
        rate: Fraction,
        time_base: Fraction,
        options: dict[str, str],
    ) -> None:
        self._container = container
        self._time_base = time_base
        self._reformatter = VideoReformatter()
        self._stream = cast(VideoStream, container.add_stream(ENCODER, rate=rate, options=options))
        self._stream.width, self._stream.height = (side + side % 2 for side in size)
        self._stream.pix_fmt = "yuv420p"
        self._stream.codec_context.time_base = time_base

    def write(self, image: NDArray[np.uint8], ticks: int, duration: int) -> None:
        """Append uint8 [H, W, 3] BGR, shown at `ticks` for `duration`, both in units of the time base.

        H.264 wants even sides: an odd one gets its last column or row twice.
        """
        height, width = image.shape[:2]
        even = (
            np.pad(image, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge") if height % 2 or width % 2 else image
        )
        frame = av.VideoFrame.from_numpy_buffer(np.ascontiguousarray(even), format="bgr24")
        frame = self._reformatter.reformat(frame, format="yuv420p", interpolation=ROUNDED)
        frame.pts, frame.time_base, frame.duration = ticks, self._time_base, duration
        self._container.mux(self._stream.encode(frame))

    @property
    def container(self) -> OutputContainer:
        """The file, for streams that are carried over beside the pictures."""
        return self._container

    def finish(self) -> None:
        """Write out what the encoder still holds."""
        self._container.mux(self._stream.encode(None))


@contextmanager
def new_video(
    path: Path, *, size: tuple[int, int], rate: Fraction, time_base: Fraction, options: dict[str, str] | None = None
) -> Iterator[VideoWriter]:
    """A writer for `path` (width x height in `size`, `rate` in frames per second), to be used in a `with` statement.

    `options` are the encoder's, QUALITY unless others are given.
    When the statement ends well the finished file takes its place at once; when it is left in any other way, nothing
    remains. Raises FileError where the file cannot be written, Unavailable where PyAV has no H.264 encoder.
    """
    if ENCODER not in av.codecs_available:
        raise Unavailable("PyAV was built without libx264, the H.264 encoder.", action="Install PyAV from PyPI.")
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with av.open(str(temporary.absolute()), "w", format="mp4", options={"movflags": "faststart"}) as container:
            writer = VideoWriter(container, size=size, rate=rate, time_base=time_base, options=options or QUALITY)
            yield writer
            writer.finish()
        _put_in_place(temporary, path)
    except (FFmpegError, OSError) as error:
        raise FileError(f"Could not be written ({error.strerror or error}).", where=path, action=ACTION) from error
    finally:
        with suppress(OSError):  # it may never have come to be
            temporary.unlink()


def _put_in_place(temporary: Path, path: Path) -> None:
    with temporary.open("rb+") as file:
        os.fsync(file.fileno())
    temporary.replace(path)
