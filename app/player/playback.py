"""Where in the video we are and what comes next: playing, stepping and seeking over one feed."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from app.player.cache import CandidateCache
from app.player.clock import next_index
from app.player.feed import Answer, Failure, Feed, Request, Source, VideoFacts
from app.player.reel import Pace, Reel
from yolox_core.errors import UserError
from yolox_core.infer.candidates import Candidates

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector

SPEEDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
SLOW_NETWORK_MS = 150.0  # above this the network waits until the playhead has stood still
STILL_AFTER_MS = 200


@dataclass(frozen=True, eq=False)
class ShownFrame:
    """The frame on show: uint8 [H, W, 4], its candidates (None: not known), and the cost of each step in ms.

    `is_near` says that it is on show only until the one at the playhead is decoded, `is_damaged` that the file has
    lost or broken it, or one that it leans on.
    """

    index: int
    picture: NDArray[np.uint8]
    candidates: Candidates | None
    decode_ms: float
    network_ms: float
    is_near: bool = False
    is_damaged: bool = False


class Playback(QObject):
    """Owns the feed, the position and the candidates of visited frames. Answers of an earlier generation are dropped.

    A generation ends when a video or network is changed, when playing starts or stops, and with a jump while playing.
    """

    video_opened = Signal(object)  # VideoFacts
    frame_shown = Signal(object)  # ShownFrame
    position_changed = Signal(int)
    state_changed = Signal()  # playing, direction or speed
    failed = Signal(UserError)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.feed = Feed(self)
        self.feed.video_opened.connect(self._on_video_opened)
        self.feed.answered.connect(self._on_answered)
        self.feed.failed.connect(self._on_failed)
        self.cache = CandidateCache()
        self.recall: Callable[[int], Candidates | None] = lambda _index: None  # of frames looked at in the background
        self._detector: Detector | None = None
        self._facts: VideoFacts | None = None
        self._opening: Source | None = None
        self._generation = 0
        self._index = 0
        self._shown: ShownFrame | None = None
        self._reel: Reel | None = None
        self._is_scrubbing = self._resumes = False
        self._direction, self._speed, self._keeps_real_time = 1, 1.0, True
        self._loop: tuple[int, int] | None = None
        self._network_ms = 0.0
        self._due_timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._due_timer.timeout.connect(self._show_due)
        self._still_timer = QTimer(self, singleShot=True, interval=STILL_AFTER_MS)
        self._still_timer.timeout.connect(self._ask_for_candidates)

    @property
    def facts(self) -> VideoFacts | None:
        """The open video."""
        return self._facts

    @property
    def detector(self) -> "Detector | None":
        """The network in use."""
        return self._detector

    @property
    def index(self) -> int:
        """The frame asked for, from 0; the one on show may still be an earlier one."""
        return self._index

    @property
    def shown(self) -> ShownFrame | None:
        """The frame on show."""
        return self._shown

    @property
    def is_playing(self) -> bool:
        """Whether frames follow one another by themselves."""
        return self._reel is not None

    @property
    def direction(self) -> int:
        """1 forward, -1 backward."""
        return self._direction

    @property
    def speed(self) -> float:
        """Seconds of video per second."""
        return self._speed

    @property
    def pace(self) -> Pace | None:
        """How playing goes; None when paused."""
        return None if self._reel is None else self._reel.pace(perf_counter())

    def open_video(self, path: Path) -> None:
        """Open a video; the one before stays until that has worked."""
        self.pause()
        self._generation += 1
        self._opening = Source(path, self._generation)
        self.feed.ask(Request(self._opening, self._generation, 0, self._detector))

    def set_detector(self, detector: "Detector | None") -> None:
        """Use another network, or none: what the one before saw is forgotten."""
        self._detector = detector
        self.cache.clear()
        self._network_ms = 0.0
        self._generation += 1
        if self._reel is not None and self._facts is not None:
            self._start_reel(self._facts)
        elif self._facts is not None or self._opening is not None:
            self._ask(uses_network=True)

    def seek(self, index: int) -> None:
        """Go to a frame; beyond the ends, to the first or last one. Playing goes on from there."""
        if self._facts is None:
            return
        self._set_index(min(max(index, 0), self._facts.frames - 1))
        if self._reel is not None:
            self._start_reel(self._facts)
            return
        is_known = self._detector is None or self._known(self._index) is not None
        waits = not is_known and (self._is_scrubbing or self._network_ms > SLOW_NETWORK_MS)
        self._ask(uses_network=not waits)
        if waits:
            self._still_timer.start()

    def seek_first(self) -> None:
        """Go to the first frame."""
        self.seek(0)

    def seek_last(self) -> None:
        """Go to the last frame."""
        self.seek(self._facts.frames - 1 if self._facts else 0)

    def step(self, frames: int) -> None:
        """Pause, and go so many frames on (or back, below zero)."""
        self.pause()
        self.seek(self._index + frames)

    def begin_scrub(self) -> None:
        """The playhead is held: stand still, and let the network wait while it moves."""
        self._resumes = self.is_playing
        self.pause()
        self._is_scrubbing = True

    def end_scrub(self) -> None:
        """The playhead is let go: go on as before."""
        self._is_scrubbing = False
        if self._resumes:
            self.play(self._direction)
        else:
            self._ask_for_candidates()

    @property
    def loop(self) -> tuple[int, int] | None:
        """First and last of the frames that are played over and over, if any."""
        return self._loop

    def set_loop(self, loop: tuple[int, int] | None) -> None:
        """Play these frames over and over, or the whole video once."""
        if loop != self._loop:
            self._loop = loop
            if self._reel is not None:
                self.play(self._direction)

    def play(self, direction: int = 1) -> None:
        """Play forward (1) or backward (-1); from the other end of the video, or of the loop, when it is at its end."""
        if self._facts is None:
            return
        self._direction = direction
        first, last = self._ends(self._facts)
        if direction > 0 and not first <= self._index < last:
            self._set_index(first)
        elif direction < 0 and not first < self._index <= last:
            self._set_index(last)
        self._start_reel(self._facts)
        self.state_changed.emit()

    def pause(self) -> None:
        """Stand still on the frame on show."""
        self._still_timer.stop()
        if self._reel is None:
            return
        self._end_reel()
        if self._shown is not None:
            self._set_index(self._shown.index)
        self.state_changed.emit()

    def toggle(self) -> None:
        """Play forward, or pause."""
        if self.is_playing:
            self.pause()
        else:
            self.play()

    def shuttle(self, direction: int) -> None:
        """Play in a direction; pressed again, twice as fast."""
        if self.is_playing and direction == self._direction:
            self.change_speed(1)
        else:
            self.play(direction)

    def change_speed(self, steps: int) -> None:
        """Play faster by so many steps of the list of speeds, or slower, below zero."""
        place = SPEEDS.index(self._speed) + steps
        self.set_speed(SPEEDS[min(max(place, 0), len(SPEEDS) - 1)])

    def set_speed(self, speed: float) -> None:
        """Play at so many times the video's own rate."""
        if speed != self._speed:
            self._speed = speed
            self._set_pace()
            self.state_changed.emit()

    @property
    def keeps_real_time(self) -> bool:
        """Whether frames that the network has no time for are left out; otherwise every frame is shown."""
        return self._keeps_real_time

    @keeps_real_time.setter
    def keeps_real_time(self, keeps_real_time: bool) -> None:
        self._keeps_real_time = keeps_real_time
        self._set_pace()

    def shut_down(self) -> None:
        """End the feed's thread and wait for it."""
        self.pause()
        self.feed.shut_down()

    def _set_pace(self) -> None:
        if self._reel is not None:
            speed = self._speed * self._direction
            self._reel.set_pace(speed, keeps_real_time=self._keeps_real_time, now_s=perf_counter())
            self._show_due()

    def _set_index(self, index: int) -> None:
        if index != self._index:
            self._index = index
            self.position_changed.emit(index)

    def _ask(self, *, uses_network: bool) -> None:
        """Wish for the frame at the playhead, without playing."""
        source = self._opening or (self._facts.source if self._facts else None)
        if source is not None:
            detector = self._detector if uses_network else None
            known = None if self._opening else self._known(self._index)
            index = 0 if self._opening else self._index
            wish = Request(source, self._generation, index, detector, known, is_hurried=self._is_scrubbing)
            self.feed.ask(wish)

    def look_closer(self) -> None:
        """Run the network on the frame on show, if what is known of it was recalled."""
        if self._reel is None and self._shown is not None and self.cache.get(self._index) is None:
            self._ask(uses_network=True)

    def _known(self, index: int) -> Candidates | None:
        """What is known of a frame without running the network."""
        if self._detector is None:
            return None
        cached = self.cache.get(index)
        return self.recall(index) if cached is None else cached

    def _ask_for_candidates(self) -> None:
        shown = self._shown
        if shown is None or shown.index != self._index or shown.candidates is None:
            self._ask(uses_network=True)

    def _start_reel(self, facts: VideoFacts) -> None:
        """Play from the frame at the playhead, or from the next one if that is on show."""
        self._still_timer.stop()
        self._generation += 1
        start: int | None = self._index
        if self._shown is not None and self._shown.index == start:
            start = next_index(self._index, ends=self._ends(facts), direction=self._direction)
        self._reel = Reel(
            self._index if start is None else start,
            times_s=facts.times_s,
            ends=self._ends(facts),
            speed=self._speed * self._direction,
            keeps_real_time=self._keeps_real_time,
        )
        self._fetch()

    def _ends(self, facts: VideoFacts) -> tuple[int, int]:
        """The first and the last frame to play."""
        return self._loop or (0, facts.frames - 1)

    def _end_reel(self) -> None:
        self._due_timer.stop()
        self._generation += 1
        self._reel = None

    def _fetch(self) -> None:
        index = self._reel.fetch(perf_counter()) if self._reel else None
        if index is not None and self._facts is not None:
            known = self._known(index)
            source = self._facts.source
            self.feed.ask(Request(source, self._generation, index, self._detector, known, is_playing=True))

    def _show_due(self) -> None:
        """Show at most one frame: the window may paint it before the next."""
        if self._reel is None:
            return
        answer = self._reel.take_due(perf_counter())
        self._fetch()
        if answer is not None:
            self._show(answer)
        if self._reel is None:
            return
        if self._reel.is_over:
            if self._loop is None:
                self.pause()
            else:
                self.play(self._direction)
            return
        wait_s = self._reel.wait_s(perf_counter())
        if wait_s is not None:
            self._due_timer.start(ceil(wait_s * 1000))

    def _show(self, answer: Answer) -> None:
        costs = answer.decode_ms, answer.network_ms
        signs = answer.is_near, answer.is_damaged
        self._shown = ShownFrame(answer.index, answer.picture, answer.candidates, *costs, *signs)
        if self._reel is not None:
            self._set_index(answer.index)
        self.frame_shown.emit(self._shown)

    def _on_video_opened(self, facts: VideoFacts) -> None:
        if facts.source != self._opening:
            return
        self._opening = None
        self._facts = facts
        self._shown = None
        self._index = 0
        self._loop = None
        self.cache.clear()
        self.video_opened.emit(facts)
        self.position_changed.emit(0)

    def _on_answered(self, answer: Answer) -> None:
        if answer.generation != self._generation or self._opening is not None:
            return
        if answer.candidates is not None and answer.network_ms:
            self.cache.put(answer.index, answer.candidates)
        if answer.network_ms:
            self._network_ms = answer.network_ms
        if self._reel is None:
            self._show(answer)
        else:
            self._reel.add(answer)
            self._fetch()
            self._show_due()

    def _on_failed(self, failure: Failure) -> None:
        if failure.request.generation != self._generation:
            return
        self.pause()
        if failure.request.source == self._opening:
            self._opening = None
            self._ask_for_candidates()
        self.failed.emit(failure.problem)
