"""The Train page: settings on the left, the run on the right; runs of the past are read from their folders."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from app.jobs import Job
from app.session import PageRequest, Session
from app.theme import SPACE
from app.training.run_folders import list_runs, new_run_folder
from app.training.run_view import RunView
from app.training.setup import Setup
from app.training.status import BUSY, RunStatus, State
from app.widgets.message_bar import MessageBar
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import Preparing, RunStarted, TrainEvent
from yolox_core.train.run_folder import RunFolder, read_events


class TrainingPanel(QWidget):
    """Runs the trainer in a job and shows what it says, and shows past runs the same way."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._status = RunStatus()
        self._live = self._before = self._waiting = self._status
        self.setup = Setup()
        self.view = RunView()
        self.messages = MessageBar()
        self.runs = QComboBox(sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.setMinimumContentsLength(36)
        self._timer = QTimer(self, interval=session.settings.get("chart_interval_ms"))
        self._timer.timeout.connect(self.view.refresh)
        self._lay_out()
        self.setup.start_requested.connect(self._on_start)
        self.view.pause_requested.connect(self._on_pause)
        self.view.stop_requested.connect(self._on_stop)
        self.view.play_requested.connect(self._on_play)
        self.runs.activated.connect(self._on_run_chosen)
        session.folder_changed.connect(self._on_folder)
        self._on_folder(session.folder)

    @property
    def status(self) -> RunStatus:
        """The run on show."""
        return self._status

    def can_close(self) -> bool:
        """A run under way is stopped by closing, and its weights are kept: nothing to ask."""
        return True

    def shut_down(self) -> None:
        """Draw no more."""
        self._timer.stop()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, 0)
        top.setSpacing(SPACE)
        top.addStretch(1)
        top.addWidget(QLabel("Run"))
        top.addWidget(self.runs)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.messages)
        column.addWidget(self.view, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        splitter.addWidget(self.setup)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([320, 900])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _on_folder(self, folder: DataFolder | None) -> None:
        self.setup.set_folder(folder)
        self._list_runs()

    def _list_runs(self) -> None:
        self.runs.clear()
        if self._session.folder is not None:
            for entry in list_runs(self._session.folder.root):
                self.runs.addItem(entry.text, entry.path)
        self.runs.setEnabled(self.runs.count() > 0)
        self.runs.setPlaceholderText("Past runs" if self.runs.count() else "No runs yet")
        self._select_run()

    def _select_run(self) -> None:
        """Name the run on show in the list."""
        paths = [self.runs.itemData(place) for place in range(self.runs.count())]
        self.runs.setCurrentIndex(paths.index(self._status.path) if self._status.path in paths else -1)

    def _on_start(self, config: TrainConfig) -> None:
        folder = self._session.folder
        if folder is None or self._live.state in BUSY:
            return
        self.messages.clear()
        run_folder = new_run_folder(folder.root, config.size)
        self._live = RunStatus(state=State.PREPARING, activity="Loading the network library")
        self._show(self._live)
        job = Job(lambda: _train(config, folder, run_folder), self)
        job.record_ready.connect(self._on_event)
        job.done.connect(self._on_done)
        job.failed.connect(self._on_failed)
        job.crashed.connect(self._on_crashed)
        self._job = job
        self.setup.set_busy(True)
        self._timer.start()
        self._session.start(job)

    def _show(self, status: RunStatus) -> None:
        self._status = status
        self.view.show_status(status)
        self._select_run()

    def _on_event(self, event: TrainEvent) -> None:
        self._live.take(event)
        if isinstance(event, RunStarted):
            self._list_runs()

    def _on_pause(self) -> None:
        if self._job is None or self._live.state is State.STOPPING:
            return
        if self._job.is_paused:
            self._job.resume()
            self._live.state, self._live.activity = State.RUNNING, ""
        else:
            self._job.pause()
            self._live.state, self._live.activity = State.PAUSED, "Paused before the next step"
        self.view.refresh()

    def _on_stop(self) -> None:
        if self._job is not None:
            self._live.state, self._live.activity = State.STOPPING, "Finishing this step, then keeping the weights"
            self._job.stop()
            self.view.refresh()

    def _on_done(self) -> None:
        if self._live.finished is None:
            self._read_outcome()
        self._end()

    def _on_failed(self, problem: UserError) -> None:
        self._live.state, self._live.activity = State.FAILED, problem.what
        self.messages.show_problem(problem)
        self._end()

    def _on_crashed(self, _trace: str) -> None:
        self._live.state = State.FAILED
        self._live.activity = "The program has an error; what was saved before is kept."
        self._end()

    def _read_outcome(self) -> None:
        """How a stopped run ended: its last event is in its log, since nobody was there to be told."""
        started = self._live.started
        if started is None:
            self._live.state, self._live.activity = State.STOPPED, "Stopped before the first step"
            return
        *_, last = read_events(RunFolder(Path(started.run)))
        self._live.take(last)

    def _end(self) -> None:
        self._timer.stop()
        self._job = None
        self.setup.set_busy(False)
        self._list_runs()
        self.view.refresh()

    def _on_play(self) -> None:
        path = self._status.best_path or self._status.last_path
        self._session.set_checkpoint(Path(path))
        self._session.page_requested.emit(PageRequest("play"))

    def _on_run_chosen(self, place: int) -> None:
        path = self.runs.itemData(place)
        if self._live.path == path:
            self._show(self._live)
            return
        self._before = self._status
        self._waiting = RunStatus(activity="Reading the run …")
        self._show(self._waiting)
        job = Job(lambda: iter([_past_run(path)]), self)
        job.record_ready.connect(self._on_past_run)
        job.failed.connect(self._on_past_run_failed)
        self._session.start(job)

    def _on_past_run(self, status: RunStatus) -> None:
        if self._status is self._waiting:
            self._show(status)

    def _on_past_run_failed(self, problem: UserError) -> None:
        self.messages.show_problem(problem)
        if self._status is self._waiting:
            self._show(self._before)


def _past_run(path: Path) -> RunStatus:
    """The status of a run as its folder tells it, wherever the folder has been moved since."""
    run = RunFolder(path)
    status = RunStatus()
    for event in read_events(run):
        status.take(event)
    status.path = path
    status.best_path = str(run.best) if run.best.exists() else ""
    status.last_path = str(run.last) if run.last.exists() else ""
    if status.finished is None:
        status.state, status.activity = State.STOPPED, "The run ended without a last word: it was killed."
    return status


def _train(config: TrainConfig, folder: DataFolder, run_folder: Path) -> Iterator[TrainEvent]:
    """The trainer's events; torch is imported here, in the job's thread."""
    yield Preparing("Loading the network library")
    from yolox_core.train.trainer import Trainer

    yield from Trainer(config, folder, run_folder).run()
