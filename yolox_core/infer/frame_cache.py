"""Decoded frames kept for stepping and dragging, within a share of the machine's memory."""

import os
from collections import OrderedDict

from av.video.frame import VideoFrame

SHARE = 8  # of the memory, one part
LEAST_BYTES, MOST_BYTES, USUAL_BYTES = 256 * 2**20, 4 * 2**30, 2**30


def memory_share() -> int:
    """Bytes that frames may take here: an eighth of the memory, where that is known."""
    try:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):  # not on Windows
        return USUAL_BYTES
    return min(max(memory // SHARE, LEAST_BYTES), MOST_BYTES)


class FrameCache:
    """Decoded frames by number, the longest unused dropped first once they take more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._frames: OrderedDict[int, VideoFrame] = OrderedDict()

    def __contains__(self, number: int) -> bool:
        return number in self._frames

    @property
    def room(self) -> int:
        """How many frames like those kept fit in; 0 before the first."""
        return self._limit * len(self._frames) // self._bytes if self._bytes else 0

    def get(self, number: int) -> VideoFrame | None:
        """The frame, if it is kept."""
        frame = self._frames.get(number)
        if frame is not None:
            self._frames.move_to_end(number)
        return frame

    def put(self, number: int, frame: VideoFrame) -> None:
        """Keep a frame; drop others where room is short."""
        replaced = self._frames.pop(number, None)
        self._bytes += _bytes_of(frame) - (_bytes_of(replaced) if replaced is not None else 0)
        self._frames[number] = frame
        while self._bytes > self._limit and len(self._frames) > 1:
            _, oldest = self._frames.popitem(last=False)
            self._bytes -= _bytes_of(oldest)

    def first_after(self, number: int) -> VideoFrame | None:
        """The first frame kept that comes later."""
        later = min((kept for kept in self._frames if kept > number), default=None)
        return None if later is None else self._frames[later]

    def nearest(self, number: int) -> int | None:
        """The number of the frame kept that is closest to this one."""
        return min(self._frames, key=lambda kept: abs(kept - number), default=None)

    def clear(self) -> None:
        """Drop all frames."""
        self._frames.clear()
        self._bytes = 0


def _bytes_of(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
