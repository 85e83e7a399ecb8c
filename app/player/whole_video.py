"""What is known of the whole video, joined to the stage: strips, jumps from box to box, frames without a new pass."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.player.analysis import Analysis
from app.player.feed import VideoFacts
from app.player.network import Network
from app.player.playback import Playback
from app.player.stage import Stage
from app.session import Session
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.predictions import FLOOR

SLIDER_MS, PROGRESS_MS = 20, 500
FOLLOWING = ("next_found", "previous_found")


class WholeVideo(QObject):
    """Owns the analysis of the open video. `noted` says in a sentence why a jump leads nowhere."""

    noted = Signal(str)

    def __init__(self, session: Session, playback: Playback, stage: Stage, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._playback = playback
        self._stage = stage
        self._facts: VideoFacts | None = None
        self._network: Network | None = None
        self._actions: dict[str, QAction] = {}
        self.analysis = Analysis(session, self)
        self.slots: dict[str, Callable[[], object]] = {
            "analyse": self._toggle,
            "next_found": lambda: self._jump(1),
            "previous_found": lambda: self._jump(-1),
        }
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._draw)
        playback.recall = self._recall
        self._connect()

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        self._actions = actions
        self._on_changed()

    def show_video(self, facts: VideoFacts) -> None:
        """Begin with another video."""
        self._facts = facts
        self.analysis.follow(facts, self._network)

    def show_network(self, network: Network | None) -> None:
        """Begin with another network, or with none."""
        self._network = network
        self.analysis.follow(self._facts, network)

    def stop(self) -> None:
        """End the pass; what it has found is kept."""
        self._timer.stop()
        self.analysis.stop()

    def _connect(self) -> None:
        stage = self._stage
        self.analysis.changed.connect(self._on_changed)
        stage.thresholds.thresholds_changed.connect(self._on_thresholds_changed)
        stage.classes.hidden_changed.connect(lambda _hidden: self._draw_soon(SLIDER_MS))
        stage.timeline.reach_changed.connect(lambda _reach: self._draw_soon(SLIDER_MS))
        stage.strip.resized.connect(lambda: self._draw_soon(SLIDER_MS))
        self._playback.state_changed.connect(lambda: self.analysis.wait(is_waiting=self._playback.is_playing))

    def _toggle(self) -> None:
        if self.analysis.is_running:
            self.analysis.stop()
        else:
            self.analysis.start(self._playback.index)
            self.analysis.wait(is_waiting=self._playback.is_playing)

    def _recall(self, index: int) -> Candidates | None:
        return self.analysis.recall(index, self._stage.thresholds.thresholds)

    def _on_changed(self) -> None:
        known = self.analysis.predictions
        for name in FOLLOWING if self._actions else ():
            self._actions[name].setEnabled(known is not None and known.done > 0)
        if known is None or not known.done:
            self._stage.strip.clear()
        else:
            self._draw_soon(PROGRESS_MS if self.analysis.is_running else SLIDER_MS)

    def _on_thresholds_changed(self) -> None:
        self._draw_soon(SLIDER_MS)
        if self._stage.thresholds.thresholds.lowest < FLOOR:
            self._playback.look_closer()

    def _draw_soon(self, delay_ms: int) -> None:
        if not self._timer.isActive() or self._timer.remainingTime() > delay_ms:
            self._timer.start(delay_ms)

    def _draw(self) -> None:
        known, strip, reach = self.analysis.predictions, self._stage.strip, self._stage.timeline.reach
        if known is None or not known.done or reach.frames != known.key.frames:
            return
        first, last = int(reach.first), int(np.ceil(reach.last))
        bins = min(strip.bins, last - first + 1)
        means = known.mean_counts(self._stage.thresholds.thresholds, bins=bins, first=first, last=last)
        names = known.key.class_names
        self._stage.classes.add_names(names[class_id] for class_id in np.flatnonzero(np.nansum(means, axis=1)).tolist())
        means[list(self._stage.hidden_class_ids)] = 0
        strip.show_means(names, means, reach)

    def _jump(self, direction: int) -> None:
        known = self.analysis.predictions
        if known is None:
            return
        wanted = self._wanted_classes()
        frames = known.frames_with(wanted, self._stage.thresholds.thresholds)
        ahead = frames[frames > self._playback.index] if direction > 0 else frames[frames < self._playback.index][::-1]
        if len(ahead):
            self._playback.pause()
            self._playback.seek(int(ahead[0]))
            return
        what = known.key.class_names[wanted[0]] if len(wanted) == 1 else "any class"
        side = "after" if direction > 0 else "before"
        self.noted.emit(f"No frame {side} this one, of those looked at, shows a box of {what} at these thresholds.")

    def _wanted_classes(self) -> list[int]:
        """The class chosen in the list, else all that are not hidden."""
        names, chosen = self._stage.class_names, self._stage.classes.chosen
        if chosen in names:
            return [names.index(chosen)]
        return [class_id for class_id in range(len(names)) if class_id not in self._stage.hidden_class_ids]
