"""Asks what to do about a run that the program's end, a kill or a power failure has left without an end."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.jobs import Job
from app.runs import runs_of
from app.session import Session
from app.training.interrupted import OpenRun, find_open_run
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import DataFolder

RESUME, LOOK, DISMISS = "Resume", "Look at it", "Dismiss"
MOST_DISMISSED = 100


class OpenRunBar(QuestionBar):
    """Looks for such a run whenever a data set is opened; what was dismissed is not asked again."""

    resume_requested = Signal(object)  # Path
    look_requested = Signal(object)  # Path

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(RESUME, LOOK, DISMISS, look="note", parent=parent)
        self._session = session
        self._root: Path | None = None
        self._run: OpenRun | None = None
        self.answered.connect(self._on_answer)
        session.folder_changed.connect(self.look_for)
        self.look_for(session.folder)

    def look_for(self, folder: DataFolder | None) -> None:
        """Ask about the runs of this data set."""
        root = folder.root if folder is not None else None
        if root == self._root:
            return
        self.clear()
        self._root = root
        if root is not None:
            job = Job(lambda: find_open_run(runs_of(root)), self)
            job.record_ready.connect(self._on_found)
            self._session.start(job)

    def _on_found(self, found: OpenRun) -> None:
        is_asked = str(found.path) not in self._session.settings.get("dismissed_runs")
        if self._root is None or found.path.parent != runs_of(self._root) or not is_asked:
            return
        self._run = found
        self.buttons[RESUME].setVisible(not found.is_going_on)
        if found.is_going_on:
            self.ask(f"The run “{found.path.name}” is going on in another program.")
        else:
            self.ask(f"The run “{found.path.name}” was cut short. It can go on from its last checkpoint.")

    def _on_answer(self, answer: str) -> None:
        assert self._run is not None
        if answer == RESUME:
            self.resume_requested.emit(self._run.path)
        elif answer == LOOK:
            self.look_requested.emit(self._run.path)
        else:
            others = self._session.settings.get("dismissed_runs")
            self._session.remember(dismissed_runs=(str(self._run.path), *others)[:MOST_DISMISSED])
