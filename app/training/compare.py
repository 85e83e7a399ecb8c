"""Other runs of the data set to draw behind the one on show: chosen from a list, read in a job."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from app.training.past_run import answer_of
from app.training.pick_button import PickButton
from app.training.status import RunStatus
from yolox_core.errors import UserError


class Compare(QObject):
    """A button that lists the runs; what is picked is told when all of it has been read."""

    chosen = Signal(object)  # dict[str, RunStatus]
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: Path | None = None
        self._listed: dict[Path, str] = {}
        self._wanted: tuple[Path, ...] = ()
        self._runs: dict[Path, RunStatus] = {}
        self.button = PickButton("Compare")
        self.button.setToolTip("Draw other runs of this data set behind this one")
        self.button.opened.connect(self._list)
        self.button.picked.connect(lambda keys: self._want(tuple(map(Path, keys))))

    def list_runs(self, runs: Sequence[tuple[Path, str]]) -> None:
        """The runs of the data set, each with what a person reads of it."""
        self._listed = dict(runs)
        self._want(tuple(path for path in self._wanted if path in self._listed))

    def show_run(self, path: Path | None) -> None:
        """The run in this folder is on show, so it is not compared with itself."""
        if path != self._shown:
            self._shown = path
            self._want(self._wanted)

    def _list(self) -> None:
        rows = [(str(path), text) for path, text in self._listed.items() if path != self._shown]
        self.button.set_rows(rows, {str(path) for path in self._wanted})

    def _want(self, paths: tuple[Path, ...]) -> None:
        wanted = tuple(path for path in paths if path != self._shown)
        if wanted == self._wanted:
            return
        self._wanted = wanted
        self._runs = {path: run for path, run in self._runs.items() if path in self._wanted}
        missing = [path for path in self._wanted if path not in self._runs]
        if not missing:
            self._tell()
            return
        job = Job(lambda: map(answer_of, missing), self)
        job.record_ready.connect(self._take)
        self._session.start(job)

    def _take(self, answer: tuple[Path, RunStatus | UserError]) -> None:
        path, outcome = answer
        if path not in self._wanted:
            return
        if isinstance(outcome, UserError):
            self._wanted = tuple(known for known in self._wanted if known != path)
            self.failed.emit(outcome)
        else:
            self._runs[path] = outcome
        if all(known in self._runs for known in self._wanted):
            self._tell()

    def _tell(self) -> None:
        self.chosen.emit({path.name: self._runs[path] for path in self._wanted})
