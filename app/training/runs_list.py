"""The runs of the open data set, read in a job whenever something may have changed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.jobs import Job
from app.runs import runs_of
from app.session import Session
from app.training.live_run import LiveRun
from yolox_core.train.runs import RunSummary
from yolox_core.train.runs_cache import RunsReader

LOOK_EVERY_MS = 2000


class RunsList(QObject):
    """Tells the runs, latest first, after each look; looks by itself while one of them goes on."""

    listed = Signal()

    def __init__(self, session: Session, live: LiveRun, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._live = live
        self._reader: RunsReader | None = None
        self._job: Job | None = None
        self._is_wanted = False
        self.runs: tuple[RunSummary, ...] = ()
        self._timer = QTimer(self, interval=LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look_again)

    def follow(self, root: Path | None) -> None:
        """Tell the runs of another data set."""
        self._reader = RunsReader(runs_of(root)) if root is not None else None
        self._take(())
        self.look_again()

    def look_again(self) -> None:
        """Read what has changed; one look at a time."""
        self._is_wanted = self._job is not None
        if self._job is not None or self._reader is None:
            return
        reader = self._reader
        self._job = Job(lambda: _look(reader), self)
        self._job.record_ready.connect(self._on_read)
        self._job.finished.connect(self._on_finished)
        self._session.start(self._job)

    def stop(self) -> None:
        """Look no more."""
        self._reader = None
        self._timer.stop()

    def _on_read(self, answer: tuple[RunsReader, tuple[RunSummary, ...]]) -> None:
        reader, runs = answer
        if reader is self._reader:
            self._take(tuple(self._at_this_moment(run) for run in runs))

    def _on_finished(self) -> None:
        self._job = None
        if self._is_wanted:
            self.look_again()

    def _take(self, runs: tuple[RunSummary, ...]) -> None:
        self.runs = runs
        if any(run.state == "running" for run in runs) or self._live.is_busy:
            self._timer.start()
        else:
            self._timer.stop()
        self.listed.emit()

    def _at_this_moment(self, run: RunSummary) -> RunSummary:
        """A run that this window carries out stands where the window says, as when it is paused."""
        is_live = self._live.is_busy and self._live.status.path == run.path
        return replace(run, state=self._live.status.state.value) if is_live else run


def _look(reader: RunsReader) -> Iterator[tuple[RunsReader, tuple[RunSummary, ...]]]:
    yield reader, reader.read()
