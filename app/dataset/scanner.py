"""The scan of the open folder in a thread: the newest wish wins, and what an older scan still says is dropped."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from app.dataset.fault_rows import FaultRow, fault_rows
from app.jobs import Job
from app.session import Session
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.dataset.scan import FolderSummary, scan_folder
from yolox_core.records import Progress


@dataclass(frozen=True, slots=True)
class Scanned:
    """A folder, what a full look through it found, and its faults as rows.

    `added` and `gone` count images on disk that the folder does not list, and listed ones that are not there any more.
    """

    folder: DataFolder
    summary: FolderSummary
    rows: tuple[FaultRow, ...]
    added: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class _Dated:
    generation: int
    record: Progress | Scanned


class Scanner(QObject):
    """Runs at most one scan that counts. `ended` follows whether it was finished, cancelled or failed."""

    progressed = Signal(object)  # Progress
    scanned = Signal(object)  # Scanned
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._generation = 0

    @property
    def is_running(self) -> bool:
        """Whether a scan is under way."""
        return self._job is not None

    def start(self, folder: DataFolder) -> None:
        """Look through a folder from the start, and forget a scan under way."""
        self._drop()
        generation = self._generation
        self._job = Job(lambda: _dated(folder, generation))
        self._job.record_ready.connect(self._on_record)
        self._job.finished.connect(self._on_finished)
        self._session.start(self._job)

    def cancel(self) -> None:
        """End the scan under way."""
        if self._job is not None:
            self._drop()
            self.ended.emit()

    def _drop(self) -> None:
        self._generation += 1
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _on_record(self, dated: _Dated) -> None:
        if dated.generation != self._generation:
            return
        if isinstance(dated.record, Progress):
            self.progressed.emit(dated.record)
        else:
            self.scanned.emit(dated.record)

    def _on_finished(self) -> None:
        if self._job is not None and self._job.isFinished():
            self._job = None
            self.ended.emit()


def _dated(folder: DataFolder, generation: int) -> Iterator[_Dated]:
    on_disk, listed = ({image.path for image in each.images} for each in (open_folder(folder.root), folder))
    added, gone = len(on_disk - listed), len(listed - on_disk)
    for record in scan_folder(folder):
        if isinstance(record, Progress):
            yield _Dated(generation, record)
        else:
            yield _Dated(generation, Scanned(folder, record, fault_rows(folder, record.faults), added, gone))
