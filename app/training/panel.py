"""The Train page: settings on the left, the run on show in tabs on the right; past runs are read from their folders."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.runs import run_text, runs_of
from app.session import EndedRun, PageRequest, Session
from app.theme import SPACE
from app.training.elsewhere import Elsewhere
from app.training.end_notice import EndNotice
from app.training.live_run import LiveRun
from app.training.open_run_bar import OpenRunBar
from app.training.past_run import PastRunReader
from app.training.result_speed import SpeedMeter
from app.training.result_tab import ResultTab
from app.training.run_view import RunView
from app.training.runs_list import RunsList
from app.training.runs_tab import RunsTab
from app.training.sample_tab import SampleTab
from app.training.setup import Setup
from app.training.status import RunStatus
from app.training.steering import Steering
from app.training.validation_pictures import ValidationPictures
from app.widgets.message_bar import MessageBar
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.run_folder import RunFolder


class TrainingPanel(QWidget):
    """Starts runs, and shows one: that under way or one of the past, in the same views."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.live = LiveRun(session, self)
        self._past = PastRunReader(session, self)
        self._status = self._before = self.live.status
        self.setup = Setup(session)
        self.view = RunView(session)
        self._end_notice = EndNotice(session, self)
        self.elsewhere = Elsewhere(session, self.live, self.setup, self)
        self.steering = Steering(self.live, self.elsewhere, self.view, self)
        self.messages = MessageBar()
        self.open_run = OpenRunBar(session)
        self.runs = QComboBox(sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.runs.setMinimumContentsLength(36)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.addTab(self.view, "Run")
        self.samples = SampleTab(session, self.setup.settings)
        self.tabs.addTab(self.samples, "Samples")
        self.pictures = ValidationPictures(session)
        self.tabs.addTab(self.pictures, "Validation")
        self.listed = RunsList(session, self.live, self)
        self.speed = SpeedMeter(session, self.live, self)
        self.all_runs = RunsTab(session, self.listed, self.speed)
        self.results = ResultTab(session)
        self.tabs.addTab(self.results, "Results")
        self.tabs.addTab(self.all_runs, "Runs")
        self._timer = QTimer(self, interval=session.settings.get("chart_interval_ms"))
        self._lay_out()
        self._connect()
        self._on_folder(session.folder)

    @property
    def status(self) -> RunStatus:
        """The run on show."""
        return self._status

    def can_quit(self) -> bool:
        """Ask about a run under way."""
        return self.steering.can_quit()

    def shut_down(self) -> None:
        """Draw no more."""
        self._timer.stop()
        self.listed.stop()
        self.all_runs.board.stop()

    def show_run(self, path: Path) -> None:
        """Show the run in this folder."""
        if self.live.status.path == path:
            self._past.forget()
            self._show(self.live.status)
            return
        if self._status.path is not None:
            self._before = self._status
        self._show(RunStatus(activity="Reading the run …"))
        self._past.ask(path)

    def train_from(self, weights: Path) -> None:
        """Prepare a run that starts from these weights, with the settings of their run if they are of one."""
        run = RunFolder(weights.parent)
        try:
            config = run.read_config() if run.events.exists() else self.setup.config()
        except UserError as problem:
            self.messages.show_problem(problem)
            return
        start = run.last if run.last.exists() and run.events.exists() else weights
        self.setup.set_config(replace(config, weights=str(start)))
        of_run = f" with the settings of {run.path.name}" if run.events.exists() else ""
        self.messages.show_text(
            f"Ready to train on from {start.name}{of_run}, on the labels as they are now: Start training begins."
        )

    def _lay_out(self) -> None:
        corner = QWidget()
        top = QHBoxLayout(corner)
        top.setContentsMargins(0, 2, SPACE * 2, 4)
        top.setSpacing(SPACE)
        top.addWidget(QLabel("Run"))
        top.addWidget(self.runs)
        self.tabs.setCornerWidget(corner)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.open_run)
        column.addWidget(self.tabs, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        splitter.addWidget(self.setup)
        splitter.addWidget(right)
        splitter.setStretchFactor(1, 1)
        splitter.setSizes([352, 900])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)

    def _connect(self) -> None:
        self._timer.timeout.connect(self.view.refresh)
        self._timer.timeout.connect(self.pictures.refresh)
        self.setup.start_requested.connect(self._on_start)
        self.view.play_requested.connect(self._on_play)
        self.live.begun.connect(self._on_begun)
        self.live.changed.connect(self.view.refresh)
        self.live.listed.connect(self.listed.look_again)
        for source in (self.live, self.steering, self.elsewhere):
            source.failed.connect(self.messages.show_problem)
        self.live.ended.connect(self._on_ended)
        self._past.read.connect(self._show)
        self._past.failed.connect(self._on_past_run_failed)
        self.listed.listed.connect(self._list_runs)
        self.results.play_requested.connect(self._on_play)
        self.results.kept.connect(self.listed.look_again)
        self.all_runs.show_requested.connect(self._on_show_requested)
        self.all_runs.repeat_requested.connect(self.setup.set_config)
        self.view.compare.failed.connect(self.messages.show_problem)
        self.open_run.resume_requested.connect(self.steering.resume)
        self.open_run.look_requested.connect(self.elsewhere.watched.watch)
        self.elsewhere.watched.begun.connect(self._on_watched)
        self.elsewhere.watched.ended.connect(self._on_watched_ended)
        self.elsewhere.changed.connect(self.view.refresh)
        self.runs.activated.connect(lambda place: self.show_run(self.runs.itemData(place)))
        self._session.folder_changed.connect(self._on_folder)

    def _on_folder(self, folder: DataFolder | None) -> None:
        self.setup.set_folder(folder)
        self.listed.follow(folder.root if folder is not None else None)

    def _list_runs(self) -> None:
        texts = [run_text(run) for run in self.listed.runs]
        if texts != [self.runs.itemText(place) for place in range(self.runs.count())]:
            self.runs.clear()
            for text, run in zip(texts, self.listed.runs, strict=True):
                self.runs.addItem(text, run.path)
        self.runs.setEnabled(self.runs.count() > 0)
        self.runs.setPlaceholderText("Past runs" if self.runs.count() else "No runs yet")
        rows = range(self.runs.count())
        self.view.compare.list_runs([(self.runs.itemData(row), self.runs.itemText(row)) for row in rows])
        self._select_run()

    def _select_run(self) -> None:
        """Name the run on show in the list."""
        paths = [self.runs.itemData(place) for place in range(self.runs.count())]
        self.runs.setCurrentIndex(paths.index(self._status.path) if self._status.path in paths else -1)

    def _on_show_requested(self, path: Path) -> None:
        self.show_run(path)
        self.tabs.setCurrentWidget(self.view)

    def _on_start(self, config: TrainConfig) -> None:
        folder = self._session.folder
        if folder is None or self.live.is_busy:
            return
        self.live.start(config, folder)

    def _on_watched(self) -> None:
        self._past.forget()
        self._show(self.elsewhere.watched.status)
        self._timer.start()

    def _on_watched_ended(self) -> None:
        if not self.live.is_busy:
            self._timer.stop()
        self._end_notice.tell(self.elsewhere.watched.status)
        self.listed.look_again()
        self.view.refresh()

    def _on_begun(self) -> None:
        self.messages.clear()
        self.open_run.clear()
        self._past.forget()
        self._show(self.live.status)
        self.setup.set_busy(True)
        self._timer.start()

    def _show(self, status: RunStatus) -> None:
        self._status = status
        self.view.show_status(status)
        self.samples.show_status(status)
        self.pictures.show_status(status)
        self.results.show_run(status.path, is_busy=status is self.live.status and self.live.is_busy)
        self._select_run()

    def _on_ended(self) -> None:
        self._timer.stop()
        self.setup.set_busy(False)
        self._end_notice.tell(self.live.status)
        self.listed.look_again()
        self.view.refresh()
        self.pictures.refresh()
        best = self.live.status.best
        weights = Path(self.live.status.best_path or self.live.status.last_path)
        folder = self._session.folder
        if folder is not None and weights.parent.parent == runs_of(folder.root):
            self._session.run_ended.emit(EndedRun(weights, best.ap if best is not None else None))
        if self._status is self.live.status:
            self.results.show_run(self._status.path, measures=bool(self._status.best_path))

    def _on_play(self) -> None:
        path = self._status.best_path or self._status.last_path
        self._session.set_checkpoint(Path(path))
        self._session.page_requested.emit(PageRequest("play"))

    def _on_past_run_failed(self, problem: UserError) -> None:
        self.messages.show_problem(problem)
        self._show(self._before)
