"""The stretch from A to B: set at the playhead, played over and over, marked on the timeline."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.player.playback import Playback
from app.player.timeline import Timeline


class LoopRange(QObject):
    """Owns A and B of the open video. `changed` follows every change of `frames`."""

    changed = Signal()

    def __init__(self, playback: Playback, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._timeline = timeline
        self._frames: tuple[int, int] | None = None
        self.slots: dict[str, Callable[[], object]] = {
            "set_loop_start": self._set_start,
            "set_loop_end": self._set_end,
            "clear_loop": lambda: self.set_frames(None),
        }
        playback.video_opened.connect(lambda _facts: self.set_frames(None))

    @property
    def frames(self) -> tuple[int, int] | None:
        """The first and the last frame, from 0; None where no stretch is set."""
        return self._frames

    def set_frames(self, frames: tuple[int, int] | None) -> None:
        """Set the stretch; none, or a single frame, plays the whole video once."""
        self._frames = frames = frames if frames is not None and frames[0] < frames[1] else None
        self._playback.set_loop(frames)
        self._timeline.set_loop(frames)
        self.changed.emit()

    def _set_start(self) -> None:
        facts, index = self._playback.facts, self._playback.index
        if facts is not None:
            end = self._frames[1] if self._frames and self._frames[1] > index else facts.frames - 1
            self.set_frames((index, end))

    def _set_end(self) -> None:
        index = self._playback.index
        if self._playback.facts is not None:
            start = self._frames[0] if self._frames and self._frames[0] < index else 0
            self.set_frames((start, index))
