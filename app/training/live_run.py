"""The run under way: its job, what it has said so far, and what the user asks of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.runs import new_run_folder
from app.session import Session
from app.torch_loading import load_torch_libraries
from app.training.past_run import past_run
from app.training.status import BUSY, RunStatus, State
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.control import RunControl
from yolox_core.train.events import Paused, Preparing, Resumed, RunStarted, TrainEvent
from yolox_core.train.run_folder import RunFolder, data_of


class LiveRun(QObject):
    """Runs the trainer in a job and keeps its status up to date; there is one run at a time.

    `begun` tells that `status` tells of another run, `changed` that the user asked something of it, `listed` that the
    run's folder is there, `ended` that the run is over; what comes between is read from `status` at the reader's own
    pace.
    """

    begun = Signal()
    changed = Signal()
    listed = Signal()
    failed = Signal(UserError)
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._control = RunControl()
        self.status = RunStatus()

    @property
    def is_busy(self) -> bool:
        """Whether a run is under way."""
        return self.status.state in BUSY

    def start(self, config: TrainConfig, folder: DataFolder) -> None:
        """Start a run in a new folder."""
        self._begin(config, folder, new_run_folder(folder.root, config.size), is_resumed=False)

    def _begin(self, config: TrainConfig, folder: DataFolder, run_folder: Path, *, is_resumed: bool) -> None:
        self._control = control = RunControl()
        self.status = RunStatus(state=State.PREPARING, activity="Loading the network library")
        job = _TrainingJob(
            lambda: _train(config, folder, run_folder, control=control, is_resumed=is_resumed), control, self
        )
        job.record_ready.connect(self._on_event)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.crashed.connect(self._on_crashed)
        self._session.start(job)
        self.begun.emit()

    def resume(self, path: Path) -> None:
        """Go on with the run in a folder, on the data set that it was started on. Raises UserError."""
        run = RunFolder(path)
        self._begin(run.read_config(), open_folder(Path(data_of(run))), path, is_resumed=True)

    @property
    def is_pausing(self) -> bool:
        """Whether the run rests, or is about to."""
        return self.is_busy and self._control.is_pausing

    @property
    def ends_after_epoch(self) -> bool:
        """Whether the run ends with the epoch under way."""
        return self._control.stops_after_epoch

    def pause_or_resume(self) -> None:
        """Rest after the step in work, the device's memory free, or go on."""
        if not self.is_busy or self.status.state is State.STOPPING:
            return
        if self._control.is_pausing:
            self._control.resume()
            self.status.state, self.status.activity = State.RUNNING, "Going on"
        else:
            self._control.pause()
            self.status.state, self.status.activity = State.PAUSING, "Finishing this step, then freeing the memory"
        self.changed.emit()

    def end_after_epoch(self, *, is_wanted: bool) -> None:
        """End the run once the epoch under way is measured and kept, or after all not."""
        self._control.stops_after_epoch = is_wanted
        self.changed.emit()

    def stop(self) -> None:
        """End the run after the step in work; its weights are kept."""
        if self.is_busy:
            self.status.state, self.status.activity = State.STOPPING, "Finishing this step, then keeping the weights"
            self._control.stop()
            self.changed.emit()

    def _on_event(self, event: TrainEvent | RunStatus) -> None:
        if isinstance(event, RunStatus):
            self.status = event
            self.begun.emit()
            return
        self.status.take(event)
        if isinstance(event, RunStarted):
            self.listed.emit()
        elif isinstance(event, Paused | Resumed):
            self.changed.emit()

    def _on_done(self) -> None:
        self._end()

    def _on_failed(self, problem: UserError) -> None:
        self.status.state, self.status.activity = State.FAILED, problem.what
        self.failed.emit(problem)
        self._end()

    def _on_crashed(self, _trace: str) -> None:
        self.status.state = State.FAILED
        self.status.activity = "The program has an error; what was saved before is kept."
        self._end()

    def _end(self) -> None:
        if self.is_busy:
            self.status.state, self.status.activity = State.STOPPED, "Stopped before the first step"
        self.ended.emit()


class _TrainingJob(Job):
    """A job whose records may be waited for in a pause, which the end of the job ends too."""

    def __init__(self, make_records: Callable[[], Iterator[object]], control: RunControl, parent: QObject) -> None:
        super().__init__(make_records, parent)
        self._control = control

    def stop(self) -> None:
        """Stop the run too."""
        self._control.stop()
        super().stop()


def _train(
    config: TrainConfig, folder: DataFolder, run_folder: Path, *, control: RunControl, is_resumed: bool
) -> Iterator[TrainEvent | RunStatus]:
    """The trainer's events; a resumed run first says what it has been. torch is imported here, in the job's thread."""
    yield Preparing("Loading the network library")
    load_torch_libraries()
    from yolox_core.train.trainer import Trainer

    for event in Trainer(config, folder, run_folder, control=control, is_resumed=is_resumed).run():
        if is_resumed and isinstance(event, RunStarted):
            yield _so_far(run_folder)
        else:
            yield event


def _so_far(run_folder: Path) -> RunStatus:
    """What a run has been up to its latest event, as one that goes on."""
    status = past_run(run_folder)
    status.state, status.activity = State.RUNNING, ""
    return status
