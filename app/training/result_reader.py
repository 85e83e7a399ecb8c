"""The result of the run on show: read from its folder, or measured when it is asked for."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import FileError, UserError
from yolox_core.records import Progress
from yolox_core.train.runs_result import RunResult, kept_result


class ResultReader(QObject):
    """`changed` follows whatever becomes of `run`, `result` and `progress`; what is asked last counts."""

    changed = Signal()
    kept = Signal(object)  # Path of the run whose folder has a new result
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._measures = False
        self._root = session.folder.root if session.folder is not None else None
        self.run: Path | None = None
        self.result: RunResult | None = None
        self.progress: Progress | None = None
        session.folder_changed.connect(self._on_folder)

    def show_run(self, run: Path | None, *, measures: bool = False) -> None:
        """Read what is kept of this run; where that is nothing, or of other weights, it can be measured at once."""
        self.cancel()
        self.run, self.result = run, None
        self._measures = measures
        if run is not None:
            self._begin(Job(lambda: _kept(run), self))
        self.changed.emit()

    def measure(self) -> None:
        """Evaluate the run on show on the open data set, and keep that."""
        run, folder = self.run, self._session.folder
        if run is None or folder is None or self.progress is not None:
            return
        self.cancel()
        self.progress = Progress(0, 0, "loading the network library")
        self._begin(Job(lambda: _measured(run, folder), self))
        self.changed.emit()

    def cancel(self) -> None:
        """End what is being done; its answers are not wanted any more."""
        if self._job is not None:
            self._job.failed.disconnect(self.failed)
            self._job.stop()
            self._job = None
        self._measures = False
        if self.progress is not None:
            self.progress = None
            self.changed.emit()

    def _on_folder(self, folder: DataFolder | None) -> None:
        """A run of one data set is not to be measured on another."""
        root = folder.root if folder is not None else None
        if root != self._root:
            self._root = root
            self.show_run(None)

    def _begin(self, job: Job) -> None:
        self._job = job
        job.record_ready.connect(self._on_record)
        job.failed.connect(self.failed)
        job.finished.connect(self._on_finished)
        self._session.start(job)

    def _on_record(self, record: Progress | RunResult) -> None:
        if self.sender() is not self._job:
            return
        if isinstance(record, Progress):
            self.progress = record
        else:
            was_measured, self.progress, self.result = self.progress is not None, None, record
            if was_measured:
                self.kept.emit(record.run)
        self.changed.emit()

    def _on_finished(self) -> None:
        if self.sender() is not self._job:
            return
        self._job, self.progress = None, None
        if self._measures and not (self.result and self.result.is_current):
            self._measures = False
            self.measure()
        else:
            self.changed.emit()


def _kept(run: Path) -> Iterator[RunResult]:
    """The result that the run's folder holds, if any."""
    try:
        yield kept_result(run)
    except FileError:
        return


def _measured(run: Path, folder: DataFolder) -> Iterator[Progress | RunResult]:
    """The result made anew; torch is imported here, in the job's thread."""
    yield Progress(0, 0, "loading the network library")
    from yolox_core.train.runs_result import measure_result

    yield from measure_result(run, folder)
