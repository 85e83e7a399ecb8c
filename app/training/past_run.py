"""A run of the past on the page: read in a job from its folder alone."""

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from app.training.status import RunStatus, State
from yolox_core.errors import UserError
from yolox_core.train.run_folder import RunFolder, read_log


class PastRunReader(QObject):
    """Reads runs; only the run that was asked for last is told."""

    read = Signal(object)  # RunStatus
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted: Path | None = None

    def ask(self, path: Path) -> None:
        """Read the run in this folder; what was asked before is forgotten."""
        self._wanted = path
        job = Job(lambda: iter([answer_of(path)]), self)
        job.record_ready.connect(self._tell)
        self._session.start(job)

    def forget(self) -> None:
        """Tell nothing of what was asked."""
        self._wanted = None

    def _tell(self, answer: tuple[Path, RunStatus | UserError]) -> None:
        path, outcome = answer
        if path == self._wanted:
            (self.failed if isinstance(outcome, UserError) else self.read).emit(outcome)


def answer_of(path: Path) -> tuple[Path, RunStatus | UserError]:
    """A run, or what keeps it from being read."""
    try:
        return path, past_run(path)
    except UserError as problem:
        return path, problem


def past_run(path: Path) -> RunStatus:
    """The status of a run as its folder tells it, wherever the folder has been moved since."""
    run = RunFolder(path)
    status = RunStatus()
    for record in read_log(run):
        if isinstance(record, np.ndarray):
            status.take_steps(record)
        else:
            status.take(record)
    status.path = path
    status.best_path = str(run.best) if run.best.exists() else ""
    status.last_path = str(run.last) if run.last.exists() else ""
    if status.finished is None:
        status.state, status.activity = State.STOPPED, "The run ended without a last word: it was killed."
    return status
