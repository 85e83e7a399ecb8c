"""What the pages share: the open folder, the checkpoint in use, the settings. Pages meet here and nowhere else."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.folder_index import FolderIndex
from app.jobs import Job
from app.problems import Problems
from app.settings import SettingsStore
from yolox_core.errors import UserError

if TYPE_CHECKING:  # it comes with NumPy, which the window starts without
    from yolox_core.dataset.folder import DataFolder


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A wish to see a page; `path` is what it should open there, if anything."""

    page: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class EndedRun:
    """A training that is over: its best weights, else its latest ones, and their AP (0..1) where it was measured."""

    weights: Path
    ap: float | None


class Session(QObject):
    """The state of one window. Setters emit only when something changed; every signal carries one frozen record."""

    folder_changed = Signal(object)  # DataFolder | None
    checkpoint_changed = Signal(object)  # Path | None
    annotation_saved = Signal(object)  # Path of the image whose labels were written
    labels_rewritten = Signal(object)  # DataFolder of which many label files were changed at once
    run_ended = Signal(object)  # EndedRun, of the open data set
    page_requested = Signal(object)  # PageRequest

    def __init__(self, settings: SettingsStore, problems: Problems, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.problems = problems
        self._folder: DataFolder | None = None
        self._checkpoint: Path | None = None
        self._jobs: list[Job] = []
        self._is_closing = False
        self.index = FolderIndex(self)
        self.index.job_made.connect(self.start)
        self.index.relisted.connect(self.set_folder)
        self.annotation_saved.connect(self.index.note_saved)

    @property
    def folder(self) -> "DataFolder | None":
        """The data set on show."""
        return self._folder

    def set_folder(self, folder: "DataFolder | None") -> None:
        """Show another data set."""
        if folder != self._folder:
            self._folder = folder
            self.index.follow(folder)
            self.folder_changed.emit(folder)

    @property
    def checkpoint(self) -> Path | None:
        """The weights file in use for inference."""
        return self._checkpoint

    def set_checkpoint(self, path: Path | None) -> None:
        """Use another weights file for inference."""
        if path != self._checkpoint:
            self._checkpoint = path
            self.checkpoint_changed.emit(path)

    def remember(self, **changes: object) -> None:
        """Keep settings; where the file cannot be written they last until the window closes, and the user is told."""
        try:
            self.settings.replace(**changes)
        except UserError as problem:
            self.problems.show_problem(problem)

    def start(self, job: Job) -> None:
        """Start a job that is stopped and joined before the window closes; its failures reach the user.

        The end of one job may ask for another while the window closes: that one is never started.
        """
        if self._is_closing:
            return
        self._jobs.append(job)
        job.failed.connect(self.problems.show_problem)
        job.crashed.connect(self.problems.show_bug)
        job.finished.connect(self._forget_finished)
        job.start()

    @property
    def running_jobs(self) -> tuple[Job, ...]:
        """Jobs whose thread has not ended."""
        return tuple(job for job in self._jobs if job.isRunning())

    def stop_jobs(self) -> None:
        """Stop all jobs and wait for their threads: called once, before the widgets go."""
        self._is_closing = True
        self.index.stop()
        for job in self._jobs:
            job.stop()
        for job in self._jobs:
            job.wait()

    def _forget_finished(self) -> None:
        self._jobs = [job for job in self._jobs if not job.isFinished()]
