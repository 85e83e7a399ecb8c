"""A second checkpoint beside the first: the same frame, the same thresholds and hidden classes, boxes of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.checkpoint_dialog import ask_checkpoint
from app.jobs import Job
from app.player.analysis import Analysis
from app.player.cache import CandidateCache
from app.player.feed import VideoFacts
from app.player.network import Network, NetworkSlot, opened_network
from app.player.playback import Playback, ShownFrame
from app.player.second_view import OFF, SIDE_BY_SIDE, WIPE, SecondView
from app.player.stage import Stage
from app.session import Session
from yolox_core.errors import UserError
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import without_classes
from yolox_core.infer.thresholds import Thresholds

NEXT_MODE = {OFF: SIDE_BY_SIDE, SIDE_BY_SIDE: WIPE, WIPE: OFF}


@dataclass(frozen=True, eq=False)
class Seen:
    """What the second network saw in a frame."""

    index: int
    candidates: Candidates


class Comparison(QObject):
    """Owns the second network, what it saw, and its picture. `noted` says how the classes of the two differ."""

    noted = Signal(str)
    failed = Signal(UserError)
    loading_changed = Signal()

    def __init__(
        self, session: Session, playback: Playback, stage: Stage, networks: NetworkSlot, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session, self._playback, self._stage, self._networks = session, playback, stage, networks
        self._page = parent
        self.network: Network | None = None
        self._loading: Path | None = None
        self._facts: VideoFacts | None = None
        self._cache = CandidateCache()
        self._asking: Job | None = None
        self._actions: dict[str, QAction] = {}
        self.analysis = Analysis(session, self)
        self.view = SecondView(stage.view, stage.pictures)
        self.slots: dict[str, Callable[[], object]] = {
            "compare": self._choose,
            "compare_view": lambda: self._show_as(NEXT_MODE[self.view.mode]),
            "analyse_second": self._toggle_analysis,
        }
        self.analysis.failed.connect(self.failed)
        self.analysis.changed.connect(self._refresh)
        playback.video_opened.connect(self._on_video_opened)
        playback.frame_shown.connect(self._on_frame_shown)
        playback.state_changed.connect(lambda: self.analysis.wait(is_waiting=playback.is_playing))
        stage.thresholds.thresholds_changed.connect(self._look)
        stage.classes.hidden_changed.connect(self._look)
        networks.network_changed.connect(self._refresh)

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        self._actions = actions
        self._refresh()

    def open(self, path: Path) -> None:
        """Load the second network; the one before stays until that has worked."""
        self._loading = path
        self.loading_changed.emit()
        job = Job(lambda: opened_network(path), self)
        job.record_ready.connect(self._on_opened)
        job.failed.connect(lambda problem: self._on_failed(path, problem))
        self._session.start(job)

    @property
    def is_loading(self) -> bool:
        """Whether the second network is on its way."""
        return self._loading is not None

    def stop(self) -> None:
        """End the pass over the video; what it has found is kept."""
        self.analysis.stop()

    def _choose(self) -> None:
        path = ask_checkpoint(self._page, self._networks.path.parent if self._networks.path else None)
        if path is not None:
            self.open(path)

    def _show_as(self, mode: str) -> None:
        self.view.show_as(mode)
        self._look()

    def _toggle_analysis(self) -> None:
        if self.analysis.is_running:
            self.analysis.stop()
        else:
            self.analysis.start(self._playback.index)
            self.analysis.wait(is_waiting=self._playback.is_playing)

    def _on_video_opened(self, facts: VideoFacts) -> None:
        self._facts = facts
        self._begin()

    def _on_opened(self, network: Network) -> None:
        if network.path == self._loading:
            self.network, self._loading = network, None
            self.loading_changed.emit()
            self._begin()
            self._show_as(SIDE_BY_SIDE if self.view.mode == OFF else self.view.mode)
            note = self._classes_note()
            if note:
                self.noted.emit(note)

    def _on_failed(self, path: Path, problem: UserError) -> None:
        if path == self._loading:
            self._loading = None
            self.loading_changed.emit()
            self.failed.emit(problem)

    def _begin(self) -> None:
        self._cache.clear()
        self._asking = None
        self.analysis.follow(self._facts, self.network)

    def _on_frame_shown(self, shown: ShownFrame) -> None:
        if self.view.mode != OFF:
            self.view.picture.set_frame(shown.picture)
            self._look()

    def _look(self) -> None:
        """Draw what the second network sees in the frame on show; ask it where that is not known."""
        shown, network = self._playback.shown, self.network
        if shown is None or network is None or self.view.mode == OFF:
            return
        if self.view.picture.image.isNull():
            self.view.picture.set_frame(shown.picture)
        known = self._known(shown.index)
        if known is None and self._asking is None:
            job = self._asking = Job(lambda: seen(network, shown), self)
            job.record_ready.connect(self._on_seen)
            job.failed.connect(self.failed)
            self._session.start(job)
        self._draw(network, known)

    def _known(self, index: int) -> Candidates | None:
        cached = self._cache.get(index)
        return self.analysis.recall(index, self._thresholds) if cached is None else cached

    @property
    def _thresholds(self) -> Thresholds:
        """Those of the page, for the classes of the second network."""
        shown = self._stage.thresholds.thresholds
        return shown.renumbered(self._stage.class_names, self.network.detector.class_names) if self.network else shown

    def _on_seen(self, answer: Seen) -> None:
        if self.sender() is self._asking:
            self._asking = None
            self._cache.put(answer.index, answer.candidates)
            self._look()

    def _draw(self, network: Network, known: Candidates | None) -> None:
        names = network.detector.class_names
        hidden = self._stage.classes.hidden
        hidden_ids = frozenset(class_id for class_id, name in enumerate(names) if name in hidden)
        found = None
        if known is not None:
            boxes = self._thresholds.detections(known)
            self._stage.classes.add_names(names[class_id] for class_id in boxes.per_class)
            found = without_classes(boxes, hidden_ids)
        self.view.picture.set_detections(found, names)
        self._write_titles()

    def _write_titles(self) -> None:
        second = self.view.picture.detections
        paths = (self._networks.path, self.network.path if self.network else None)
        for letter, path, found, title in zip(
            "AB", paths, (self._stage.view.detections, second), self.view.titles, strict=True
        ):
            name = path.name if path else "no checkpoint"
            count = "" if found is None else f"  ·  {len(found)}"
            title.show_text(f"{letter}  {name}{count}" if self.view.mode != OFF else "")

    def _classes_note(self) -> str:
        first, second = self._networks.network, self.network
        if first is None or second is None:
            return ""
        ours, theirs = set(first.detector.class_names), set(second.detector.class_names)
        parts = [
            f"only {letter} knows {listed(sorted(rest))}"
            for letter, rest in (("A", ours - theirs), ("B", theirs - ours))
            if rest
        ]
        return f"Classes are matched by name; {' and '.join(parts)}." if parts else ""

    def _refresh(self) -> None:
        if not self._actions:
            return
        has_both = self._facts is not None and self.network is not None
        self._actions["compare"].setEnabled(self._facts is not None)
        self._actions["compare_view"].setEnabled(has_both)
        self._write_titles()


def seen(network: Network, shown: ShownFrame) -> Iterator[Seen]:
    """The candidates of the second network in a frame."""
    import numpy as np

    picture = np.ascontiguousarray(shown.picture[..., :3])
    yield Seen(shown.index, network.detector.predict([picture])[0])


def listed(names: list[str], most: int = 3) -> str:
    """The first names, and how many there are more."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
