"""Counts per class over time: a window beside the video that follows the thresholds, with its files."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.player.dialogs import ask_target, confirms_replacing
from app.player.pictures import write_png
from app.player.playback import Playback
from app.player.stage import Stage
from app.player.whole_video import WholeVideo
from app.theme import SPACE
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.files import write_atomically

if TYPE_CHECKING:
    from app.player.counts_chart import Counts, CountsChart

FOLLOW_MS = 100
SIZE = 900, 420
EMPTY = "No frame has been looked at yet: look at all frames (key A), and the counts appear."


class CountsWindow(QDialog):
    """The chart, how much of the video it is about, and two ways to keep it."""

    def __init__(self, chart: "CountsChart", parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Boxes of each class over time")
        self.resize(*SIZE)
        self.chart = chart
        self.messages = MessageBar()
        self.note = QLabel()
        self.note.setProperty("look", "muted")
        self.save_png, self.save_csv = QPushButton("Save PNG…"), QPushButton("Save CSV…")
        for button in (self.save_png, self.save_csv):
            button.setAutoDefault(False)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.save_png)
        foot.addWidget(self.save_csv)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(self.messages)
        layout.addWidget(chart, 1)
        layout.addLayout(foot)


class CountsOverTime(QObject):
    """Makes the window when it is first asked for."""

    def __init__(self, playback: Playback, stage: Stage, whole: WholeVideo, page: QWidget) -> None:
        super().__init__(page)
        self._playback, self._stage, self._whole, self._page = playback, stage, whole, page
        self._names: tuple[str, ...] = ()
        self._counts: Counts | None = None
        self.window: CountsWindow | None = None
        self.slots: dict[str, Callable[[], object]] = {"counts": self.show}
        self._timer = QTimer(self, singleShot=True, interval=FOLLOW_MS)
        self._timer.timeout.connect(self._draw)
        for changed in (stage.thresholds.thresholds_changed, stage.classes.hidden_changed, whole.analysis.changed):
            changed.connect(self._follow)

    def show(self) -> None:
        """Show the window, or bring it to the front."""
        if self.window is None:
            from app.player.counts_chart import CountsChart

            self.window = CountsWindow(CountsChart(), self._page)
            self.window.chart.frame_requested.connect(self._on_frame_requested)
            self.window.save_png.clicked.connect(lambda: self._ask(".png", self.write_picture))
            self.window.save_csv.clicked.connect(lambda: self._ask(".csv", self.write_numbers))
        self.window.show()
        self.window.raise_()
        self._draw()

    def write_picture(self, target: Path) -> None:
        """Write the chart as PNG."""
        if self.window is not None:
            write_png(target, self.window.chart.image())

    def write_numbers(self, target: Path) -> None:
        """Write the counts of each frame as CSV."""
        from app.player.counts_chart import counts_csv

        if self._counts is not None:
            write_atomically(target, counts_csv(self._names, self._counts))

    def _follow(self) -> None:
        if self.window is not None and self.window.isVisible() and not self._timer.isActive():
            self._timer.start()

    def _draw(self) -> None:
        known, window = self._whole.analysis.predictions, self.window
        if window is None:
            return
        is_known = known is not None and known.done > 0
        window.save_png.setEnabled(is_known)
        window.save_csv.setEnabled(is_known)
        if known is None or not is_known:
            self._counts = None
            window.chart.show_counts((), np.zeros((0, 1)))
            window.note.setText(EMPTY)
            return
        counts = known.mean_counts(self._stage.thresholds.thresholds, bins=known.key.frames)
        hidden = self._stage.hidden_class_ids
        shown = [class_id for class_id in range(len(counts)) if class_id not in hidden]
        self._names, self._counts = tuple(known.key.class_names[class_id] for class_id in shown), counts[shown]
        window.chart.show_counts(self._names, self._counts)
        window.note.setText(f"{known.done} of {known.key.frames} frames looked at. A click goes to the frame.")

    def _ask(self, suffix: str, write: Callable[[Path], None]) -> None:
        facts, window = self._playback.facts, self.window
        if facts is None or window is None:
            return
        suggestion = facts.source.path.with_name(f"{facts.source.path.stem}_counts{suffix}")
        target = ask_target(window, "Save counts", suggestion)
        if target is None or not confirms_replacing(window, target):
            return
        try:
            write(target)
        except UserError as problem:
            window.messages.show_problem(problem)
        else:
            window.messages.show_text(f"Saved {target}")

    def _on_frame_requested(self, frame: int) -> None:
        self._playback.pause()
        self._playback.seek(frame)
