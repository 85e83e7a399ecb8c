"""Times the network of a run on this device and keeps the figures in the run's folder."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from app.training.live_run import LiveRun
from yolox_core.errors import UserError
from yolox_core.evaluate.speed import MOST_IMAGES, Speed, measure_speed, write_speed
from yolox_core.records import Progress
from yolox_core.train.runs_result import weights_of


class SpeedMeter(QObject):
    """Measures one run after the other, and none while one is trained: that would tell the load, not the speed."""

    told = Signal(str)
    measured = Signal(object)  # Path of the run
    failed = Signal(UserError)

    def __init__(self, session: Session, live: LiveRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._live = live
        self._job: Job | None = None
        self._runs: list[Path] = []

    def measure(self, run: Path) -> None:
        """Time the best network of the run in this folder on images of the open data set, after those asked before."""
        if self._live.is_busy:
            self.failed.emit(UserError("A run is under way: times would be too long.", action="Measure after its end."))
        elif run not in self._runs:
            self._runs.append(run)
            self._go_on()

    def _go_on(self) -> None:
        folder = self._session.folder
        if self._job is not None or not self._runs or folder is None:
            return
        run, images = self._runs[0], [image.path for image in folder.images[:MOST_IMAGES]]
        self._job = Job(lambda: _measured(run, images), self)
        self._job.record_ready.connect(self._on_record)
        self._job.failed.connect(self.failed)
        self._job.finished.connect(self._on_finished)
        self._session.start(self._job)

    def _on_record(self, record: Progress | Speed) -> None:
        run = self._runs[0]
        if isinstance(record, Progress):
            self.told.emit(f"{record.text.capitalize()} of {run.name}: {record.done} of {record.total}")
        else:
            self.told.emit(f"{run.name} takes {record.total_ms:.1f} ms per image on {record.device}.")
            self.measured.emit(run)

    def _on_finished(self) -> None:
        self._job = None
        self._runs.pop(0)
        self._go_on()


def _measured(run: Path, images: list[Path]) -> Iterator[Progress | Speed]:
    """Progress and the speed, kept before it is told."""
    for record in measure_speed(weights_of(run), images):
        if isinstance(record, Speed):
            write_speed(run, record)
        yield record
