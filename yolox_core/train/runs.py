"""What a list of runs shows, read from run folders alone: of this machine or another, finished or under way."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from yolox_core.errors import FileError, UserError
from yolox_core.evaluate.speed import Speed, read_speed
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, Evaluated, RunFinished, RunStarted, TrainEvent, from_line
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.run_lock import is_going_on
from yolox_core.train.runs_notes import RunNotes, read_notes

DEPTH = 3  # folders below the named one that are looked through
_SKIPPED = ('{"event": "StepDone"', '{"event": "EvalProgress"', '{"event": "Preparing"')


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run. `state` is running, done, stopped, failed or unfinished (killed); `reason` says why it ended.

    `ap` and `ap50` (0..1) are of the best epoch, `best_epoch`, 0 before the first evaluation; `time_s` is the time
    of all epochs and evaluations; `config` is None where the settings cannot be read. `device` and `host` say where it
    ran, `written_s` when its events were last written (seconds since 1970); `speed` is None until it is measured.
    """

    path: Path
    state: str
    started: datetime
    data: str
    epochs_done: int
    epochs: int
    ap: float
    ap50: float
    best_epoch: int
    time_s: float
    reason: str
    config: TrainConfig | None
    device: str
    host: str
    written_s: float
    notes: RunNotes
    speed: Speed | None

    @property
    def size(self) -> str:
        """The network size; empty where the settings cannot be read."""
        return self.config.size if self.config else ""

    @property
    def is_measured(self) -> bool:
        """Whether AP has been measured at least once."""
        return self.best_epoch > 0

    @property
    def now(self) -> "RunSummary":
        """The same run at this moment: one without an end is running or unfinished."""
        if self.state not in ("running", "unfinished"):
            return self
        return replace(self, state="running" if is_going_on(RunFolder(self.path), self.host) else "unfinished")


@dataclass(frozen=True, slots=True)
class RunHistory:
    """A run epoch by epoch: its evaluations, and its epochs with their mean losses and times."""

    path: Path
    evaluations: tuple[Evaluated, ...]
    epochs: tuple[EpochDone, ...]


def read_runs(folder: Path) -> tuple[RunSummary, ...]:
    """The runs in a folder and below it, latest first; empty where there is none."""
    return tuple(sorted(_readable_runs(folder), key=lambda summary: summary.started, reverse=True))


def read_history(path: Path) -> RunHistory:
    """The history of the run in this folder. Raises FileError where its events cannot be read."""
    try:
        events = list(_milestones(RunFolder(path)))
    except OSError as error:
        raise FileError(
            f"The run cannot be read ({error.strerror}).", where=path, action="Check that it is still there."
        ) from error
    return RunHistory(
        path,
        tuple(event for event in events if isinstance(event, Evaluated)),
        tuple(event for event in events if isinstance(event, EpochDone)),
    )


def read_run(path: Path) -> RunSummary:
    """The run in this folder. Raises OSError where its events cannot be read."""
    run = RunFolder(path)
    started: RunStarted | None = None
    finished: RunFinished | None = None
    best: Evaluated | None = None
    epochs_done, time_s = 0, 0.0
    for event in _milestones(run):
        match event:
            case RunStarted():
                started, finished = event, None
            case EpochDone():
                epochs_done, time_s = event.epoch, time_s + event.time_s
            case Evaluated():
                best = event if best is None or event.ap > best.ap else best
                time_s += event.time_s
            case RunFinished():
                finished = event
    return RunSummary(
        path=path,
        state=finished.state if finished else "unfinished",
        started=_began(run),
        data=started.data if started else "",
        epochs_done=epochs_done,
        epochs=started.epochs if started else 0,
        ap=best.ap if best else 0.0,
        ap50=best.ap50 if best else 0.0,
        best_epoch=best.epoch if best else 0,
        time_s=time_s,
        reason=finished.reason if finished else "",
        config=_config(run),
        device=started.device if started else "",
        host=started.host if started else "",
        written_s=run.events.stat().st_mtime,
        notes=read_notes(path),
        speed=read_speed(path),
    ).now


def _readable_runs(folder: Path) -> Iterator[RunSummary]:
    for path in run_folders(folder):
        with contextlib.suppress(OSError):  # nobody else's folder keeps a list from being shown
            yield read_run(path)


def run_folders(folder: Path, depth: int = DEPTH) -> Iterator[Path]:
    """The folders of runs in a folder and below it, but for hidden ones such as the trash."""
    if os.access(folder, os.R_OK | os.X_OK) and folder.is_dir():
        if RunFolder(folder).events.is_file():
            yield folder
        elif depth:
            for below in sorted(path for path in folder.iterdir() if not (path.is_symlink() or path.name[0] == ".")):
                yield from run_folders(below, depth - 1)


def _milestones(run: RunFolder) -> Iterator[TrainEvent]:
    """The events of a run but for the many small ones, whose lines are not even parsed."""
    with run.events.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if not line.startswith(_SKIPPED):
                event = from_line(line)
                if event is not None:
                    yield event


def _began(run: RunFolder) -> datetime:
    """When the settings were written, which nothing does later."""
    source = run.config if run.config.exists() else run.events
    return datetime.fromtimestamp(source.stat().st_mtime, UTC).astimezone()


def _config(run: RunFolder) -> TrainConfig | None:
    try:
        return run.read_config()
    except UserError:
        return None
