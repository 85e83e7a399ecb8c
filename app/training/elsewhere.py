"""Runs outside this process: attached to and watched, or started here with `torchrun`, which can outlive the window."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from app.actions import make_action
from app.runs import new_run_folder, runs_of
from app.session import Session
from app.training.actions import ATTACH, SEVERAL_GPUS
from app.training.live_run import LiveRun
from app.training.setup import Setup
from app.training.status import State
from app.training.watched_run import WatchedRun
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.several import ProcessGroup

MOST_PROCESSES = 64
QUESTION = "Several processes train a network. They can go on without the window; it can attach to the run later."


class Elsewhere(QObject):
    """Watches such a run; `failed` carries what keeps it from being watched or started."""

    failed = Signal(UserError)
    changed = Signal()

    def __init__(self, session: Session, live: LiveRun, setup: Setup, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._live, self._setup, self._page = session, live, setup, page
        self._group: ProcessGroup | None = None
        self.watched = WatchedRun(session, self)
        self.watched.failed.connect(self.failed)
        self.watched.begun.connect(self._on_begun)
        self.watched.ended.connect(self._on_ended)
        self.attach = make_action(page, ATTACH, self._ask_for_run)
        self.several = make_action(page, SEVERAL_GPUS, self._ask_for_processes)

    @property
    def is_busy(self) -> bool:
        """Whether processes that this window has started are training."""
        return self._group is not None and self._group.is_running

    def start(self, config: TrainConfig, processes: int) -> None:
        """Train in several processes, and watch them."""
        folder = self._session.folder
        if folder is None or self.is_busy or self._live.is_busy:
            return
        run = new_run_folder(folder.root, config.size)
        try:
            self._group = ProcessGroup(config.checked(), folder.root, run, processes=processes)
        except UserError as problem:
            self.failed.emit(problem)
            return
        self._setup.set_busy(True)
        self.watched.watch(run, process=self._group)

    def stop(self) -> None:
        """End the processes of this window after the step in work; their weights are kept."""
        if self._group is not None and self.is_busy:
            self._group.stop()
            status = self.watched.status
            status.state, status.activity = State.STOPPING, "Finishing this step, then keeping the weights"
            self.changed.emit()

    def can_quit(self) -> bool:
        """Whether the window may close: processes that it has started go on only if the user says so."""
        if self._group is None or not self.is_busy:
            return True
        box = QMessageBox(
            QMessageBox.Icon.Question, "Processes under way", QUESTION, QMessageBox.StandardButton.Cancel, self._page
        )
        keep = box.addButton("Keep running", QMessageBox.ButtonRole.AcceptRole)
        stop = box.addButton("Stop and keep the weights", QMessageBox.ButtonRole.DestructiveRole)
        box.exec()
        if box.clickedButton() is stop:
            self._group.stop()
        return box.clickedButton() in (keep, stop)

    def _ask_for_run(self) -> None:
        folder = self._session.folder
        start = str(runs_of(folder.root)) if folder is not None else ""
        chosen = QFileDialog.getExistingDirectory(self._page, "Attach to the run in a folder", start)
        if chosen:
            self.watched.watch(Path(chosen))

    def _ask_for_processes(self) -> None:
        text = "Processes, one for each GPU (the batch is shared among them):"
        count, is_given = QInputDialog.getInt(self._page, "Train on several GPUs", text, 2, 2, MOST_PROCESSES)
        if is_given:
            self.start(self._setup.config(), count)

    def _on_begun(self) -> None:
        self.watched.status.may_stop = self.is_busy
        self.changed.emit()

    def _on_ended(self) -> None:
        if not self.is_busy or self.watched.status.finished is not None:
            self._setup.set_busy(self._live.is_busy)
        self.changed.emit()
