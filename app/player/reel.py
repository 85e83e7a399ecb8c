"""One stretch of playing: which frame to fetch next, which one is due, which are left out. Times come from outside."""

from collections import deque
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from app.player.clock import Clock, next_index
from app.player.feed import Answer

AHEAD = 2  # frames fetched before they are due
EARLY_S = 0.002  # timers tick in whole milliseconds
SMOOTHING = 0.3  # weight of the newest answer in the expected cost of the next one


@dataclass(frozen=True, slots=True)
class Pace:
    """How playing goes: frames shown per second just now, frames left out since play was pressed."""

    shown_per_s: float
    skipped: int


class Reel:
    """Frames on their way to the screen, in order, from frame `start` on; `times_s` [N] are those of the whole video.

    `ends` are the first and the last frame to play.

    In real time, frames that the network has no time for are left out; otherwise every frame is shown, late if need be.
    """

    def __init__(
        self,
        start: int,
        *,
        times_s: NDArray[np.float64],
        ends: tuple[int, int],
        speed: float,
        keeps_real_time: bool,
    ) -> None:
        self._times_s = times_s
        self._ends = ends
        self._speed = speed
        self._keeps_real_time = keeps_real_time
        self._first: int | None = start
        self._requested = start
        self._is_fetching = False
        self._ahead: deque[Answer] = deque()
        self._clock: Clock | None = None
        self._shown: int | None = None
        self._cost_s = 0.0
        self._skipped = 0
        self._shown_times_s: deque[float] = deque(maxlen=60)

    @property
    def is_over(self) -> bool:
        """Whether the last frame to play has been shown."""
        return self._shown is not None and not self._ahead and not self._is_fetching and self._next(None) is None

    def set_pace(self, speed: float, *, keeps_real_time: bool, now_s: float) -> None:
        """Go on at another speed of the same sign."""
        self._speed, self._keeps_real_time = speed, keeps_real_time
        if self._clock is not None and self._shown is not None:
            self._clock = Clock(self._times_s, self._shown, now_s, speed)

    def fetch(self, now_s: float) -> int | None:
        """The frame to ask the feed for now; None while it is busy, enough is at hand or the video ends."""
        if self._is_fetching or len(self._ahead) >= AHEAD:
            return None
        wanted = None
        if self._keeps_real_time and self._clock is not None:
            wanted = self._clock.index_at(now_s + self._cost_s)
        index = self._next(wanted)
        if index is not None:
            self._first, self._requested, self._is_fetching = None, index, True
        return index

    def add(self, answer: Answer) -> None:
        """Take the frame asked for."""
        cost_s = (answer.decode_ms + answer.network_ms) / 1000
        self._cost_s = cost_s if self._clock is None else self._cost_s + SMOOTHING * (cost_s - self._cost_s)
        self._is_fetching = False
        self._ahead.append(answer)

    def take_due(self, now_s: float) -> Answer | None:
        """The frame to show now; in real time a frame goes unseen if the one after it is due as well."""
        if not self._ahead:
            return None
        if self._clock is None:
            self._clock = Clock(self._times_s, self._ahead[0].index, now_s, self._speed)
        if self._keeps_real_time:
            while len(self._ahead) > 1 and self._clock.due_s(self._ahead[1].index) <= now_s:
                self._ahead.popleft()
        if self._clock.due_s(self._ahead[0].index) > now_s + EARLY_S:
            return None
        answer = self._ahead.popleft()
        self._note_shown(answer.index, self._clock, now_s)
        return answer

    def wait_s(self, now_s: float) -> float | None:
        """Seconds until the next frame at hand is due, 0 if it is late; None when there is none."""
        if not self._ahead or self._clock is None:
            return None
        return max(self._clock.due_s(self._ahead[0].index) - now_s, 0.0)

    def pace(self, now_s: float) -> Pace:
        """How playing goes."""
        recent = [time_s for time_s in self._shown_times_s if now_s - time_s <= 1]
        span_s = recent[-1] - recent[0] if len(recent) > 1 else 0.0
        return Pace((len(recent) - 1) / span_s if span_s else 0.0, self._skipped)

    def _next(self, wanted: int | None) -> int | None:
        if self._first is not None:
            return self._first
        direction = 1 if self._speed > 0 else -1
        return next_index(self._requested, ends=self._ends, direction=direction, wanted=wanted)

    def _note_shown(self, index: int, clock: Clock, now_s: float) -> None:
        if self._shown is not None:
            self._skipped += abs(index - self._shown) - 1
            step_s = abs(clock.due_s(index) - clock.due_s(self._shown))
            if not self._keeps_real_time and now_s - clock.due_s(index) > step_s:
                self._clock = replace(clock, index=index, start_s=now_s)
        self._shown = index
        self._shown_times_s.append(now_s)
