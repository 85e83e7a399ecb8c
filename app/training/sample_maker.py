"""Previews of training samples, made in a job: the newest request wins."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train.preview_records import PreviewRequest

if TYPE_CHECKING:
    from yolox_core.train.preview import Previewer


class SampleMaker(QObject):
    """One job at a time; `made` carries the preview of the newest request, and of no other."""

    made = Signal(object)  # Preview
    progressed = Signal(object)  # Progress
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._waiting: tuple[PreviewRequest, DataFolder] | None = None
        self._kept: list[Previewer] = []
        self._kept_for: DataFolder | None = None

    def ask(self, request: PreviewRequest, folder: DataFolder) -> None:
        """Make this preview as soon as the one in work has ended, which is told no more."""
        self._waiting = (request, folder)
        if self._job is None:
            self._start()
        else:
            self._job.stop()

    def forget(self) -> None:
        """Read labels and images anew from now on, and tell nothing of what was asked."""
        self._waiting, self._kept_for = None, None
        if self._job is not None:
            self._job.stop()

    def _start(self) -> None:
        assert self._waiting is not None
        request, folder = self._waiting
        self._waiting = None
        if folder is not self._kept_for:
            self._kept, self._kept_for = [], folder
        kept = self._kept
        job = self._job = Job(lambda: _records(request, folder, kept), self)
        job.record_ready.connect(self._on_record)
        job.finished.connect(self._on_finished)
        self._session.start(job)

    def _on_record(self, record: object) -> None:
        if self._waiting is not None or self._kept_for is None:
            return
        if isinstance(record, Progress):
            self.progressed.emit(record)
        elif isinstance(record, UserError):
            self.failed.emit(record)
        else:
            self.made.emit(record)

    def _on_finished(self) -> None:
        self._job = None
        if self._waiting is not None:
            self._start()


def _records(request: PreviewRequest, folder: DataFolder, kept: list["Previewer"]) -> Iterator[object]:
    """Progress and the preview, or what stands in its way; `kept` holds the previewer from its first use.

    Torch is imported here, in the job's thread.
    """
    yield Progress(0, 0, "Loading the network library")
    from yolox_core.train.preview import Previewer

    if not kept:
        kept.append(Previewer(folder))
    try:
        yield from kept[0].records(request)
    except UserError as problem:
        yield problem
