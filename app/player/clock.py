"""Which frame is due when: the arithmetic of playing, without a timer or a thread."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDING_S = 1e-6  # a frame counts as reached this much before its time


@dataclass(frozen=True, eq=False)
class Clock:
    """Ties frames to the machine's time: frame `index` is due at `start_s`, the others by their `times_s` [N].

    `speed` is seconds of video per second; below zero it plays backward.
    """

    times_s: NDArray[np.float64]
    index: int
    start_s: float
    speed: float

    def due_s(self, index: int) -> float:
        """When a frame is to be shown, in seconds of the machine's time."""
        return self.start_s + float(self.times_s[index] - self.times_s[self.index]) / self.speed

    def index_at(self, now_s: float) -> int:
        """The frame that is on show at a time; the first or last one beyond the ends."""
        video_s = float(self.times_s[self.index]) + (now_s - self.start_s) * self.speed
        if self.speed > 0:
            return max(int(np.searchsorted(self.times_s, video_s + ROUNDING_S, side="right")) - 1, 0)
        return min(int(np.searchsorted(self.times_s, video_s - ROUNDING_S)), len(self.times_s) - 1)


def next_index(after: int, *, ends: tuple[int, int], direction: int, wanted: int | None = None) -> int | None:
    """The frame to fetch after frame `after`: its neighbour, or `wanted` if that lies further on.

    `direction` is 1 or -1, `ends` are the first and the last frame to play. The last of the way is never skipped;
    after it comes None.
    """
    last = ends[1] if direction > 0 else ends[0]
    if (last - after) * direction <= 0:
        return None
    index = after + direction
    if wanted is not None and (wanted - index) * direction > 0:
        index = wanted
    return last if (index - last) * direction > 0 else index
