"""Frames of a video by number, exact, whatever the codec's order; a frame lost to damage shows the one before it.

For one thread at a time. Rotation stored in the file is applied; non-square pixels are not stretched.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import numpy as np
from av.video.frame import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.infer.frame_cache import FrameCache, memory_share
from yolox_core.infer.video_decoder import FrameDecoder

AHEAD, BEHIND = 24, 250  # frames fetched before they are asked for, going forward and backward
KEPT_BEFORE = 32  # frames on the way to one far from all others: keeping all makes a seek 1.5 times as slow
NEARBY_FRAMES = 8  # to decode so many frames onwards is cheaper than a seek


class _GivenUp(Exception):
    """The frame is not wanted any more."""


class Video:
    """An open video: `frames`, `fps`, `width`, `height`, `duration_s`, and every frame by number."""

    def __init__(self, path: Path, *, cache_bytes: int, rounds: bool) -> None:
        self.path = path
        self._decoder = FrameDecoder(path)
        self._cache = FrameCache(cache_bytes)
        self._reformatter = VideoReformatter()
        self._conversion = Interpolation.BILINEAR | Interpolation.ACCURATE_RND if rounds else Interpolation.BILINEAR
        self._times = self._decoder.index.times
        self._goes_on: Callable[[], bool] = lambda: True
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
    def open(cls, path: Path, *, cache_bytes: int | None = None, rounds: bool = False) -> "Video":
        """The video in this file, its packets indexed. Raises FileError where there is none that can be shown.

        `cache_bytes` bounds the decoded frames that are kept for stepping back; by default a share of the memory.
        Colours are those of OpenCV, up to 5 levels too dark; with `rounds` they are rounded, which takes longer.
        """
        return cls(path, cache_bytes=memory_share() if cache_bytes is None else cache_bytes, rounds=rounds)

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

    def name_of(self, _number: int) -> str:
        """The file name of a frame: none, in a video."""
        return ""

    def size_of(self, _number: int) -> tuple[int, int]:
        """Width and height of a frame in pixels."""
        return self.width, self.height

    def longest_side(self) -> int:
        """In pixels, of all frames."""
        return max(self.width, self.height)

    @property
    def damaged(self) -> frozenset[int]:
        """The frames met so far that the file has lost or broken, or that lean on such a one."""
        return frozenset(self._decoder.damaged)

    def is_damaged(self, number: int) -> bool:
        """Whether a frame met before is one of `damaged`."""
        return number in self._decoder.damaged

    def frame(self, number: int) -> NDArray[np.uint8]:
        """Frame `number`, 0 to `frames` - 1, as uint8 [H, W, 3] BGR.

        Raises IndexError outside that range, FileError where nothing up to that frame can be decoded.
        """
        if not 0 <= number < self.frames:
            raise IndexError(f"frame {number} of {self.frames}")
        width, height = self._stored_size
        frame = self._decoded(number)
        pixels = _pixels_of(self._reformatter.reformat(frame, width, height, "bgr24", interpolation=self._conversion))
        return np.ascontiguousarray(np.rot90(pixels, self._quarter_turns))

    def approach(self, number: int, goes_on: Callable[[], bool]) -> bool:
        """Decode up to frame `number` and keep what comes on the way; False once `goes_on` said no.

        What was decoded is kept, and another call for a frame ahead goes on from there. Raises as `frame` does.
        """
        self._goes_on = goes_on
        try:
            self._decoded(number)
        except _GivenUp:
            return False
        finally:
            self._goes_on = lambda: True
        return True

    def near(self, number: int) -> int:
        """The frame closest to `number` that can be had at once: itself, one that is kept, or the keyframe before."""
        if number in self._cache or self._is_close(number):
            return number
        index, kept = self._decoder.index, self._cache.nearest(number)
        key = index.keys[index.key_place(number)] if index.keys else None
        choices = [choice for choice in (kept, key) if choice is not None]
        return min(choices, key=lambda choice: abs(choice - number), default=number)

    def missing(self, number: int, direction: int) -> int | None:
        """The frame to fetch ahead of time for one who goes from `number` forward (1) or backward (-1), if any.

        Backward, frames are decoded from their keyframe on: the last one before those that are kept.
        """
        span = min(AHEAD if direction > 0 else BEHIND, self._cache.room // 3)
        last = min(max(number + direction * span, 0), self.frames - 1)
        found = next((each for each in range(number, last + direction, direction) if each not in self._cache), None)
        if found is None or direction > 0:
            return found
        index = self._decoder.index
        key = index.keys[index.key_place(found)] if index.keys else 0
        return found if number - key < self._cache.room else None  # else what is near would have to go

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
        can_go_on = self._is_close(number) or self._is_in_reach(number, key_place)
        frame = self._decode_to(number) if can_go_on else None
        while frame is None and key_place >= 0:
            self._decoder.start_at(key_place)
            frame = self._decode_to(number)
            key_place -= 1
        frame = frame or self._cache.first_after(number)
        if frame is None:
            raise FileError("The video cannot be decoded.", where=self.path, action="The file may be damaged.")
        return frame

    def _is_close(self, number: int) -> bool:
        return 0 <= number - self._decoder.position < NEARBY_FRAMES

    def _is_in_reach(self, number: int, key_place: int) -> bool:
        """Whether decoding on gets to frame `number` without leaving out a keyframe to jump to."""
        keys = self._decoder.index.keys
        return bool(keys) and keys[key_place] <= self._decoder.position <= number

    def _decode_to(self, number: int) -> VideoFrame | None:
        """Frame `number`, or the last one before it if it is lost; None if neither is to be had from here on."""
        latest = self._cache.get(number - 1)
        is_step_back = any(number + ahead in self._cache for ahead in range(1, KEPT_BEFORE))
        while (decoded := self._next()) is not None:
            found, frame = decoded
            if is_step_back or found > number - KEPT_BEFORE:
                self._cache.put(found, frame)
            if found <= number:
                latest = frame
            if found >= number:
                break
        if latest is not None:
            self._cache.put(number, latest)
        return latest

    def _next(self) -> tuple[int, VideoFrame] | None:
        if not self._goes_on():
            raise _GivenUp
        return self._decoder.next()


def _pixels_of(frame: VideoFrame) -> NDArray[np.uint8]:
    """The pixels uint8 [H, W, 3] of a frame in bgr24, in its own memory: no copy."""
    [plane] = frame.planes
    lines: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(frame.height, plane.line_size)
    return lines[:, : 3 * frame.width].reshape(frame.height, frame.width, 3)
