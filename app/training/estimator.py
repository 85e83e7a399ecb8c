"""Dry runs in a job: the pace of settings, remembered, and the batch size that suits the machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from app.torch_loading import load_torch_libraries
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.estimate import Estimate, Pace, estimate_of, pace_key

Records = Iterator[object]


class Estimator(QObject):
    """Runs one dry run at a time. `changed` follows its start and its end, also when it was cancelled."""

    changed = Signal()
    progressed = Signal(object)  # Progress
    batch_found = Signal(object)  # BatchChoice
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._paces: dict[tuple[Path, TrainConfig], Pace] = {}

    @property
    def is_running(self) -> bool:
        """Whether a dry run is under way."""
        return self._job is not None

    def estimate(self, config: TrainConfig, folder: DataFolder) -> Estimate | None:
        """What is known of a run with these settings, None before a dry run at its pace."""
        pace = self._paces.get((folder.root, pace_key(config)))
        return estimate_of(pace, config) if pace else None

    def measure(self, config: TrainConfig, folder: DataFolder) -> None:
        """Find the pace of these settings."""

        def keep(pace: Pace) -> None:
            self._paces[folder.root, pace_key(config)] = pace

        self._run(lambda: _pace(config, folder), keep)

    def fit_batch(self, config: TrainConfig, folder: DataFolder) -> None:
        """Find the batch size that suits the machine."""
        self._run(lambda: _batch(config, folder), self.batch_found.emit)

    def cancel(self) -> None:
        """End the dry run after the step in work."""
        if self._job is not None:
            self._job.stop()
            self._job = None
            self.changed.emit()

    def _run(self, make_records: Callable[[], Records], keep: Callable[..., None]) -> None:
        self.cancel()
        job = self._job = Job(make_records)
        job.record_ready.connect(lambda record: self._on_record(job, record, keep))
        job.failed.connect(self.failed)
        job.finished.connect(lambda: self._on_finished(job))
        self._session.start(job)
        self.changed.emit()

    def _on_record(self, job: Job, record: object, keep: Callable[..., None]) -> None:
        if job is not self._job:
            return
        if isinstance(record, Progress):
            self.progressed.emit(record)
        else:
            keep(record)

    def _on_finished(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.changed.emit()


def _pace(config: TrainConfig, folder: DataFolder) -> Records:
    yield Progress(0, 0, "Loading the network library")
    load_torch_libraries()
    from yolox_core.train.measure import measure_pace

    yield from measure_pace(config, folder)


def _batch(config: TrainConfig, folder: DataFolder) -> Records:
    yield Progress(0, 0, "Loading the network library")
    load_torch_libraries()
    from yolox_core.train.measure import find_batch_size

    yield from find_batch_size(config, folder)
