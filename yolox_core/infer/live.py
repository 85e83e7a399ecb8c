"""A camera or network stream: always its newest frame, so that what is shown does not fall behind."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from time import monotonic, sleep

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.infer.address import shown_address

OPEN_S, READ_S = 10.0, 8.0  # without an answer for so long, it is given up
CAMERA_FORMATS = {"linux": "v4l2", "darwin": "avfoundation", "win32": "dshow"}
OPTIONS = {"rtsp_transport": "tcp", "flags": "low_delay"}
MOST_EARLY_S = 1.0  # a recording on a server comes faster than it is to be shown
ACTION = "Check the address, that the device is switched on, and that no other program uses it."


@dataclass(frozen=True, eq=False)
class LiveFrame:
    """A frame uint8 [H, W, 3] BGR, counted from 1 since the start, and when it came (`time.monotonic`)."""

    number: int
    image: NDArray[np.uint8]
    came_s: float


class LiveStream:
    """An open stream, read in a thread of its own; frames that nobody asks for in time are passed over."""

    def __init__(self, address: str) -> None:
        """Open a stream. Raises FileError where there is none."""
        self.address = address
        self._container, self._stream = _open(address)
        self._newest: tuple[int, VideoFrame, float] | None = None
        self._problem: FileError | None = None
        self._is_closed = False
        self._changed = Condition()
        self._thread = Thread(target=self._read, daemon=True)
        self._thread.start()

    def newest(self, after: int, *, wait_s: float) -> LiveFrame | None:
        """The newest frame, if its number is above `after`; None where none came in this time.

        Raises FileError once the stream has ended or broken off and its last frame is known.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._has_news(after), wait_s)
            newest, problem = self._newest, self._problem
        if newest is not None and newest[0] > after:
            number, frame, came_s = newest
            return LiveFrame(number, np.asarray(frame.to_ndarray(format="bgr24"), np.uint8), came_s)
        if problem is not None:
            raise problem
        return None

    def close(self) -> None:
        """Let go of the stream."""
        with self._changed:
            self._is_closed = True
        self._thread.join(READ_S)

    def _has_news(self, after: int) -> bool:
        return self._problem is not None or (self._newest is not None and self._newest[0] > after)

    def _read(self) -> None:
        try:
            for number, frame in enumerate(self._paced(), start=1):
                with self._changed:
                    if self._is_closed:
                        break
                    self._newest = number, frame, monotonic()
                    self._changed.notify_all()
            self._end("The stream has ended.")
        except (FFmpegError, OSError) as error:
            self._end(f"The stream broke off ({_reason(error)}).")
        finally:
            self._container.close()

    def _paced(self) -> Iterator[VideoFrame]:
        """Frames as they come; those of a recording when they are due."""
        is_recording = self._container.duration is not None
        start: tuple[float, float] | None = None
        for frame in self._container.decode(self._stream):
            if is_recording and frame.time is not None:
                start = start or (monotonic(), frame.time)
                early_s = start[0] + frame.time - start[1] - monotonic()
                sleep(min(max(early_s, 0.0), MOST_EARLY_S))
            yield frame

    def _end(self, what: str) -> None:
        with self._changed:
            self._problem = FileError(what, where=shown_address(self.address), action="Connect again.")
            self._changed.notify_all()


def _open(address: str) -> tuple[InputContainer, VideoStream]:
    camera = None if "://" in address or Path(address).is_file() else CAMERA_FORMATS.get(sys.platform)
    options = {} if camera else OPTIONS
    try:
        container = av.open(address, format=camera, options=options, timeout=(OPEN_S, READ_S))
    except (FFmpegError, OSError, ValueError) as error:
        what = f"The stream cannot be opened ({_reason(error)})."
        raise FileError(what, where=shown_address(address), action=ACTION) from error
    if not container.streams.video:
        container.close()
        raise FileError("There are no moving pictures in this stream.", where=shown_address(address), action=ACTION)
    stream = container.streams.video[0]
    stream.thread_type = "SLICE"  # frame threads would hold frames back
    return container, stream


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
