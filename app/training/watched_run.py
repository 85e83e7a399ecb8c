"""A run that another program or machine works on, live on the page and read-only: its folder is read twice a second."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from app.training.interrupted import host_of
from app.training.status import RunStatus, State
from yolox_core.errors import UserError
from yolox_core.train.events import RunFinished, TrainEvent
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.run_lock import is_going_on
from yolox_core.train.several import ProcessGroup
from yolox_core.train.tail import Tail

INTERVAL_S = 0.5
QUIET_READS = 4  # without news, before the lock is looked at
KILLED = "The run ended without a last word: it was killed."


@dataclass(frozen=True, slots=True)
class Left:
    """No process works on the run any more, though it has no end; `log` is that of processes that failed."""

    log: Path | None = None


class WatchedRun(QObject):
    """Watches one run at a time. `begun` tells that `status` is another record, `ended` that nothing more comes."""

    begun = Signal()
    ended = Signal()
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.status = RunStatus()

    @property
    def path(self) -> Path | None:
        """The folder of the run that is being watched."""
        return self.status.path if self._job is not None else None

    def watch(self, path: Path, *, process: ProcessGroup | None = None) -> None:
        """Follow the run in this folder; that of a process may not be there yet."""
        self.forget()
        self._job = job = Job(lambda: _watched(path, process), self)
        job.record_ready.connect(lambda record: self._on_record(job, record))
        job.failed.connect(lambda problem: self._on_failed(job, problem))
        job.finished.connect(lambda: self._on_finished(job))
        self._session.start(job)

    def forget(self) -> None:
        """Watch no more."""
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _on_record(self, job: Job, record: RunStatus | tuple[TrainEvent, ...] | Left) -> None:
        if job is not self._job:
            return
        match record:
            case RunStatus():
                self.status = record
                self.begun.emit()
            case Left(None):
                self.status.state, self.status.activity = State.STOPPED, KILLED
            case Left(log):
                self.status.state, self.status.activity = State.FAILED, f"The processes ended by an error: see {log}"
            case events:
                for event in events:
                    self.status.take(event)

    def _on_failed(self, job: Job, problem: UserError) -> None:
        if job is self._job:
            self.status.state, self.status.activity = State.FAILED, problem.what
            self.failed.emit(problem)

    def _on_finished(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.status.is_watched = False
            self.ended.emit()


def _watched(path: Path, process: ProcessGroup | None) -> Iterator[RunStatus | tuple[TrainEvent, ...] | Left]:
    """The status at first and whenever the log was cut back, then events; empty ones give the job room to stop."""
    run = RunFolder(path)
    if process is not None:
        yield RunStatus(state=State.PREPARING, activity="Starting the processes", is_watched=True)
        while not run.events.exists() and process.is_running:
            yield ()
            time.sleep(INTERVAL_S)
        if not run.events.exists():
            yield Left(process.log)
            return
    tail, status, quiet = Tail(run), RunStatus(), 0
    while True:
        news = tail.read()
        if news.is_anew:
            status = RunStatus(is_watched=True)
            for event in news.events:
                status.take(event)
            status.path = path
            is_over = status.finished is not None
            yield status
        else:
            is_over = any(isinstance(event, RunFinished) for event in news.events)
            yield news.events
        quiet = 0 if news.events else quiet + 1
        if is_over:
            return
        if quiet >= QUIET_READS and not is_going_on(run, host_of(run)):
            yield Left(process.log if process is not None and process.has_failed else None)
            return
        time.sleep(INTERVAL_S)
