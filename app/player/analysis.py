"""The network over the whole video: what is known of it on disk, and the pass that fills in the rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.player.feed import VideoFacts
from app.player.network import Network
from app.session import Session
from yolox_core.errors import UserError
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.prediction_files import PredictionFiles
from yolox_core.infer.predictions import VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a video, and the files that keep it."""

    predictions: VideoPredictions
    files: PredictionFiles


class Analysis(QObject):
    """Follows the open video and network. The pass waits while something plays: both would want the same processor."""

    changed = Signal()  # other predictions, more of them, or the pass began or ended
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._facts: VideoFacts | None = None
        self._network: Network | None = None
        self._known: Known | None = None
        self._reading: Job | None = None
        self._job: Job | None = None
        self._began = (0.0, 0)

    @property
    def predictions(self) -> VideoPredictions | None:
        """What is known of the open video by the network in use; None while that is read, or without either."""
        return self._known.predictions if self._known else None

    @property
    def is_running(self) -> bool:
        """Whether the pass is under way."""
        return self._job is not None

    @property
    def is_complete(self) -> bool:
        """Whether every frame has been looked at."""
        known = self.predictions
        return known is not None and known.done == known.key.frames

    @property
    def remaining_s(self) -> float | None:
        """Seconds until the pass is through, at its own pace so far; None while that is not known."""
        known, (began_s, before) = self.predictions, self._began
        if known is None or not self.is_running or known.done == before:
            return None
        return (monotonic() - began_s) / (known.done - before) * (known.key.frames - known.done)

    def follow(self, facts: VideoFacts | None, network: Network | None) -> None:
        """Begin with another video or network: what is kept of them is read."""
        self.stop()
        self._facts, self._network, self._known, self._reading = facts, network, None, None
        if facts is not None and network is not None:
            self._reading = Job(lambda: _read(facts, network), self)
            self._reading.record_ready.connect(self._on_known)
            self._reading.failed.connect(self.failed)
            self._session.start(self._reading)
        self.changed.emit()

    def start(self, index: int) -> None:
        """Look at the frames that are missing, from this one on."""
        facts, network, known = self._facts, self._network, self._known
        if facts is None or network is None or known is None or self.is_running or self.is_complete:
            return
        self._began = monotonic(), known.predictions.done
        job = self._job = Job(lambda: _look(facts, network, known, index), self)
        job.record_ready.connect(self._on_progress)
        job.failed.connect(self.failed)
        job.finished.connect(self._on_ended)
        self._session.start(job)
        self.changed.emit()

    def stop(self) -> None:
        """End the pass after the frame in work; what it has found is kept."""
        if self._job is not None:
            self._job.stop()
            self._job = None
            self.changed.emit()

    def wait(self, *, is_waiting: bool) -> None:
        """Hold the pass, or let it go on."""
        if self._job is not None:
            (self._job.pause if is_waiting else self._job.resume)()

    def recall(self, index: int, thresholds: Thresholds) -> Candidates | None:
        """The candidates of a frame, where those kept are all that can pass the thresholds; else None."""
        known = self.predictions
        return None if known is None else known.recall(index, thresholds)

    def _on_known(self, known: Known) -> None:
        if self.sender() is self._reading:
            self._known, self._reading = known, None
            self.changed.emit()

    def _on_progress(self, _progress: Progress) -> None:
        if self.sender() is self._job:
            self.changed.emit()

    def _on_ended(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self.changed.emit()


def _read(facts: VideoFacts, network: Network) -> Iterator[Known]:
    width, height = (facts.width, facts.height) if not facts.names else (_longest_side(facts),) * 2
    key = VideoKey.of(
        facts.source.path,
        network.path,
        width=width,
        height=height,
        frames=facts.frames,
        class_names=network.detector.class_names,
    )
    files = PredictionFiles(key)
    yield Known(files.read(), files)


def _longest_side(facts: VideoFacts) -> int:
    """In pixels; images of a folder may differ in size."""
    from yolox_core.infer.sources import open_source

    with open_source(facts.source.path, cache_bytes=0) as images:
        return images.longest_side()


def _look(facts: VideoFacts, network: Network, known: Known, start: int) -> Iterator[Progress]:
    """The pass, on all processor cores but one: the window needs that one."""
    import torch

    from yolox_core.infer.analyse import analyse_video

    threads = torch.get_num_threads()
    torch.set_num_threads(max(threads - 1, 1))
    try:
        yield from analyse_video(network.detector, facts.source.path, known.predictions, known.files, start=start)
    finally:
        torch.set_num_threads(threads)
