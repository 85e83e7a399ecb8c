"""Frames of a video by number, exact, whatever the codec's order; a frame lost to damage shows the one before it.

For one thread at a time. Rotation stored in the file is applied; non-square pixels are not stretched.
"""

from collections import OrderedDict
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.infer.video_decoder import FrameDecoder

CACHE_BYTES = 256 * 2**20
NEARBY_FRAMES = 8  # to decode so many frames onwards is cheaper than a seek


class Video:
    """An open video: `frames`, `fps`, `width`, `height`, `duration_s`, and every frame by number."""

    def __init__(self, path: Path, *, cache_bytes: int) -> None:
        self.path = path
        self._decoder = FrameDecoder(path)
        self._cache = _FrameCache(cache_bytes)
        self._reformatter = VideoReformatter()
        self._times = self._decoder.index.times
        self.time_base = self._decoder.stream.time_base or Fraction(1, 1000)
        self.frames = len(self._times)
        try:
            first = self._decoded(0)
        except FileError:
            self.close()
            raise
        self._stored_size = first.width, first.height
        self._quarter_turns = round(first.rotation / 90) % 4
        self.width, self.height = self._stored_size if self._quarter_turns % 2 == 0 else self._stored_size[::-1]
        self.fps = self._frames_per_second()
        self.duration_s = self.time_s(self.frames - 1) + 1 / self.fps

    @classmethod
    def open(cls, path: Path, *, cache_bytes: int = CACHE_BYTES) -> "Video":
        """The video in this file, its packets indexed. Raises FileError where there is none that can be shown.

        `cache_bytes` bounds the decoded frames that are kept for stepping back.
        """
        return cls(path, cache_bytes=cache_bytes)

    def __enter__(self) -> "Video":
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file and of all decoded frames."""
        self._cache.clear()
        self._decoder.close()

    def ticks(self, number: int) -> int:
        """When frame `number` is shown: units of `time_base` since the first frame."""
        return self._times[number] - self._times[0]

    def time_s(self, number: int) -> float:
        """When frame `number` is shown: seconds since the first frame."""
        return float(self.ticks(number) * self.time_base)

    def file_time_s(self, number: int) -> float:
        """When frame `number` is shown: seconds as the file counts them, which its sound shares."""
        return float(self._times[number] * self.time_base)

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Frame `number`, 0 to `frames` - 1, as uint8 [H, W, 3] BGR.

        Raises IndexError outside that range, FileError where nothing up to that frame can be decoded.
        """
        if not 0 <= number < self.frames:
            raise IndexError(f"frame {number} of {self.frames}")
        width, height = self._stored_size
        shown = self._reformatter.reformat(self._decoded(number), width, height, "bgr24").to_ndarray()
        return np.ascontiguousarray(np.rot90(shown, self._quarter_turns))

    def _frames_per_second(self) -> float:
        rate = self._decoder.stream.average_rate or self._decoder.stream.guessed_rate
        span_s = self.time_s(self.frames - 1)
        if rate:
            return float(rate)
        return (self.frames - 1) / span_s if span_s > 0 else 25.0

    def _decoded(self, number: int) -> VideoFrame:
        cached = self._cache.get(number)
        if cached is not None:
            return cached
        key_place = self._decoder.index.key_place(number)
        gap = number - self._decoder.position
        frame = self._decode_to(number) if 0 <= gap < NEARBY_FRAMES or self._is_in_reach(number, key_place) else None
        while frame is None and key_place >= 0:
            self._decoder.start_at(key_place)
            frame = self._decode_to(number)
            key_place -= 1
        frame = frame or self._cache.first_after(number)
        if frame is None:
            raise FileError("The video cannot be decoded.", where=self.path, action="The file may be damaged.")
        return frame

    def _is_in_reach(self, number: int, key_place: int) -> bool:
        """Whether decoding on gets to frame `number` without leaving out a keyframe to jump to."""
        keys = self._decoder.index.keys
        return bool(keys) and keys[key_place] <= self._decoder.position <= number

    def _decode_to(self, number: int) -> VideoFrame | None:
        """Frame `number`, or the last one before it if it is lost; None if neither is to be had from here on."""
        latest = self._cache.get(number - 1)
        while (decoded := self._decoder.next()) is not None:
            found, frame = decoded
            self._cache.put(found, frame)
            if found <= number:
                latest = frame
            if found >= number:
                break
        if latest is not None:
            self._cache.put(number, latest)
        return latest


class _FrameCache:
    """Decoded frames by number, the longest unused dropped first once they take more than `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._frames: OrderedDict[int, VideoFrame] = OrderedDict()

    def get(self, number: int) -> VideoFrame | None:
        frame = self._frames.get(number)
        if frame is not None:
            self._frames.move_to_end(number)
        return frame

    def put(self, number: int, frame: VideoFrame) -> None:
        replaced = self._frames.pop(number, None)
        self._bytes += _bytes_of(frame) - (_bytes_of(replaced) if replaced is not None else 0)
        self._frames[number] = frame
        while self._bytes > self._limit and len(self._frames) > 1:
            _, oldest = self._frames.popitem(last=False)
            self._bytes -= _bytes_of(oldest)

    def first_after(self, number: int) -> VideoFrame | None:
        later = min((kept for kept in self._frames if kept > number), default=None)
        return None if later is None else self._frames[later]

    def clear(self) -> None:
        self._frames.clear()
        self._bytes = 0


def _bytes_of(frame: VideoFrame) -> int:
    return sum(plane.buffer_size for plane in frame.planes)
