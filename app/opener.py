"""Opening a folder and making the sample, in the background: one at a time, with progress and a way to cancel.

The engine is imported where the work is: it brings NumPy and OpenCV, which the window starts without.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from app.jobs import Job
from app.session import Session
from app.theme import SPACE
from yolox_core.records import Progress
from yolox_core.user_folders import data_folder

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder


@dataclass(frozen=True)
class Opened:
    """A folder that was listed, and a video that belongs to it, if one does."""

    folder: "DataFolder"
    video: Path | None = None


class FolderOpener(QObject):
    """Lists folders off the window's thread. A newer wish replaces the one in work; problems go to the session."""

    started = Signal(str)
    progress_made = Signal(object)  # Progress
    opened = Signal(object)  # Opened
    ended = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being opened or made."""
        return self._job is not None

    def open(self, root: Path) -> None:
        """Open a folder."""
        self._start(Job(lambda: listed(root), self), f"Opening {root}")

    def make_sample(self) -> None:
        """Make the sample data set in the user's data folder, or find it there, and open it."""
        self._start(Job(lambda: sample_listed(sample_folder()), self), "Making the sample data set")

    def cancel(self) -> None:
        """Forget what is in work; nothing half made stays."""
        if self._job is not None:
            self._job.stop()
            self._forget(self._job)

    def _start(self, job: Job, text: str) -> None:
        self.cancel()
        self._job = job
        job.record_ready.connect(lambda record: self._on_record(job, record))
        job.finished.connect(lambda: self._forget(job))
        self.started.emit(text)
        self._session.start(job)

    def _on_record(self, job: Job, record: object) -> None:
        if job is not self._job:
            return
        if isinstance(record, Progress):
            self.progress_made.emit(record)
        elif isinstance(record, Opened):
            self.opened.emit(record)

    def _forget(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self.ended.emit()


class BusyStrip(QFrame):
    """Says what is being opened and how far it is; hidden while nothing is."""

    def __init__(self, opener: FolderOpener, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "note")
        self.text = QLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setMaximumWidth(SPACE * 30)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.clicked.connect(opener.cancel)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE // 2, SPACE, SPACE // 2)
        layout.setSpacing(SPACE * 2)
        layout.addWidget(self.text, 1)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self.cancel_button)
        opener.started.connect(self._on_started)
        opener.progress_made.connect(self._on_progress)
        opener.ended.connect(self.hide)
        self.hide()

    def _on_started(self, text: str) -> None:
        self.text.setText(f"{text} …")
        self._bar.setRange(0, 0)
        self.show()

    def _on_progress(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total)
        self._bar.setValue(progress.done)
        if progress.text:
            self.text.setText(progress.text)


def sample_folder() -> Path:
    """Where the sample is made: the demo uses the same."""
    return data_folder() / "demo" / "sample"


def listed(root: Path) -> Iterator[Opened]:
    """The folder, listed. Raises UserError where there is none."""
    from yolox_core.dataset.folder import open_folder

    yield Opened(open_folder(root.resolve()))


def sample_listed(folder: Path) -> Iterator[Progress | Opened]:
    """Progress of making the sample, then the sample, listed."""
    from yolox_core.dataset.folder import open_folder
    from yolox_core.sample.dataset import SampleMade, make_sample

    for record in make_sample(folder):
        if isinstance(record, SampleMade):
            yield Opened(open_folder(record.voc_root), record.video)
        else:
            yield record
