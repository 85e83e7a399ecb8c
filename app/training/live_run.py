"""The run under way: its job, what it has said so far, and what the user asks of it."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from app.training.run_folders import new_run_folder
from app.training.status import BUSY, RunStatus, State
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import Preparing, RunStarted, TrainEvent
from yolox_core.train.run_folder import RunFolder, read_events


class LiveRun(QObject):
    """Runs the trainer in a job and keeps its status up to date; there is one run at a time.

    `changed` tells that the user paused, resumed or stopped, `listed` that the run's folder is there, `ended` that the
    run is over; what comes between is read from `status` at the reader's own pace.
    """

    changed = Signal()
    listed = Signal()
    failed = Signal(UserError)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.status = RunStatus()

    @property
    def is_busy(self) -> bool:
        """Whether a run is under way."""
        return self.status.state in BUSY

    def start(self, config: TrainConfig, folder: DataFolder) -> None:
        """Start a run in a new folder."""
        run_folder = new_run_folder(folder.root, config.size)
        self.status = RunStatus(state=State.PREPARING, activity="Loading the network library")
        job = Job(lambda: _train(config, folder, run_folder), self)
        job.record_ready.connect(self._on_event)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.crashed.connect(self._on_crashed)
        self._job = job
        self._session.start(job)

    def pause_or_resume(self) -> None:
        """Hold the run before its next step, or go on."""
        if self._job is None or self.status.state is State.STOPPING:
            return
        if self._job.is_paused:
            self._job.resume()
            self.status.state, self.status.activity = State.RUNNING, ""
        else:
            self._job.pause()
            self.status.state, self.status.activity = State.PAUSED, "Paused before the next step"
        self.changed.emit()

    def stop(self) -> None:
        """End the run after the step in work; its weights are kept."""
        if self._job is not None:
            self.status.state, self.status.activity = State.STOPPING, "Finishing this step, then keeping the weights"
            self._job.stop()
            self.changed.emit()

    def _on_event(self, event: TrainEvent) -> None:
        self.status.take(event)
        if isinstance(event, RunStarted):
            self.listed.emit()

    def _on_done(self) -> None:
        if self.status.finished is None:
            self._read_outcome()
        self._end()

    def _on_failed(self, problem: UserError) -> None:
        self.status.state, self.status.activity = State.FAILED, problem.what
        self.failed.emit(problem)
        self._end()

    def _on_crashed(self, _trace: str) -> None:
        self.status.state = State.FAILED
        self.status.activity = "The program has an error; what was saved before is kept."
        self._end()

    def _read_outcome(self) -> None:
        """How a stopped run ended: its last event is in its log, since nobody was there to be told."""
        started = self.status.started
        if started is None:
            self.status.state, self.status.activity = State.STOPPED, "Stopped before the first step"
            return
        *_, last = read_events(RunFolder(Path(started.run)))
        self.status.take(last)

    def _end(self) -> None:
        self._job = None
        self.ended.emit()


def _train(config: TrainConfig, folder: DataFolder, run_folder: Path) -> Iterator[TrainEvent]:
    """The trainer's events; torch is imported here, in the job's thread."""
    yield Preparing("Loading the network library")
    from yolox_core.train.trainer import Trainer

    yield from Trainer(config, folder, run_folder).run()
