"""Markers and notes: frames of the open video to find again, kept from one opening to the next."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.player.dialogs import ask_target, confirms_replacing
from app.player.feed import VideoFacts
from app.player.marker_files import Marker, markers_csv, read_markers, write_markers
from app.player.playback import Playback
from app.player.stage import Stage
from yolox_core.errors import UserError
from yolox_core.files import write_atomically

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.player.marker_window import MarkerWindow


class Markers(QObject):
    """Owns the markers of the open video; every change is written at once. `noted` says what a key has done."""

    noted = Signal(str)
    failed = Signal(UserError)

    def __init__(self, playback: Playback, stage: Stage, page: "QWidget") -> None:
        super().__init__(page)
        self._playback, self._stage, self._page = playback, stage, page
        self._facts: VideoFacts | None = None
        self._by_frame: dict[int, Marker] = {}
        self._unread: UserError | None = None
        self.window: MarkerWindow | None = None
        self.slots: dict[str, Callable[[], object]] = {
            "mark_frame": self._toggle,
            "note_on_frame": self._note,
            "next_marker": lambda: self._jump(1),
            "previous_marker": lambda: self._jump(-1),
        }
        playback.video_opened.connect(self._on_video_opened)

    @property
    def all(self) -> tuple[Marker, ...]:
        """The markers by frame."""
        return tuple(self._by_frame[frame] for frame in sorted(self._by_frame))

    def set_note(self, frame: int, note: str) -> None:
        """Write a note on a frame, which is marked if it was not."""
        self._by_frame[frame] = Marker(frame, note.strip())
        self._keep()

    def remove(self, frames: list[int]) -> None:
        """Take markers away."""
        for frame in frames:
            self._by_frame.pop(frame, None)
        self._keep()

    def show(self) -> None:
        """Show the list, or bring it to the front."""
        if self.window is None:
            from app.player.marker_window import MarkerWindow

            self.window = MarkerWindow(self._page)
            self.window.note_written.connect(self.set_note)
            self.window.removed.connect(self.remove)
            self.window.frame_requested.connect(self._go)
            self.window.save.clicked.connect(self._ask)
        self._show_markers()
        self.window.show()
        self.window.raise_()

    def write(self, target: Path) -> None:
        """Write the markers as CSV."""
        if self._facts is not None:
            times_s = [float(self._facts.times_s[marker.frame]) for marker in self.all]
            write_atomically(target, markers_csv(self.all, times_s))

    def _on_video_opened(self, facts: VideoFacts) -> None:
        self._facts, self._by_frame, self._unread = facts, {}, None
        try:
            kept = read_markers(facts.source.path)
        except UserError as problem:
            self._unread = problem
            self.failed.emit(problem)
        else:
            self._by_frame = {marker.frame: marker for marker in kept if 0 <= marker.frame < facts.frames}
        self._show_markers()

    def _toggle(self) -> None:
        frame, marker = self._playback.index, self._by_frame.get(self._playback.index)
        if self._facts is None:
            return
        if marker is None:
            self._by_frame[frame] = Marker(frame)
        elif marker.note:
            self.noted.emit(f"Frame {frame + 1:,} keeps its marker, as there is a note on it. Shift+M opens the list.")
            return
        else:
            del self._by_frame[frame]
        self._keep()

    def _note(self) -> None:
        if self._facts is None:
            return
        self._playback.pause()
        frame = self._playback.index
        if frame not in self._by_frame:
            self._by_frame[frame] = Marker(frame)
            self._keep()
        self.show()
        if self.window is not None:
            self.window.edit(frame)

    def _jump(self, direction: int) -> None:
        here = self._playback.index
        ahead = [frame for frame in self._by_frame if (frame - here) * direction > 0]
        if ahead:
            self._go(min(ahead, key=lambda frame: abs(frame - here)))
        else:
            self.noted.emit(f"No marker {'after' if direction > 0 else 'before'} this frame. M sets one.")

    def _go(self, frame: int) -> None:
        self._playback.pause()
        self._playback.seek(frame)

    def _keep(self) -> None:
        self._show_markers()
        if self._unread is not None:  # a file with notes that cannot be read is not written over
            self.failed.emit(self._unread)
            return
        if self._facts is None:
            return
        try:
            write_markers(self._facts.source.path, self.all)
        except UserError as problem:
            self.failed.emit(problem)

    def _show_markers(self) -> None:
        self._stage.timeline.set_markers({marker.frame: marker.note for marker in self.all})
        if self.window is not None and self._facts is not None:
            self.window.show_markers(self.all, [float(self._facts.times_s[marker.frame]) for marker in self.all])

    def _ask(self) -> None:
        facts, window = self._facts, self.window
        if facts is None or window is None:
            return
        suggestion = facts.source.path.with_name(f"{facts.source.path.stem}_markers.csv")
        target = ask_target(window, "Save markers", suggestion)
        if target is None or not confirms_replacing(window, target):
            return
        try:
            self.write(target)
        except UserError as problem:
            window.messages.show_problem(problem)
        else:
            window.messages.show_text(f"Saved {target}")
