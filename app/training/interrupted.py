"""The latest run of a data set, where it has no end: killed, so that it can go on, or still going on elsewhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from yolox_core.train.events import RunFinished, RunStarted, from_line
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.run_lock import is_going_on

TAIL_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A run without an end; `is_going_on`: some process works on it."""

    path: Path
    is_going_on: bool


def find_open_run(folder: Path) -> Iterator[OpenRun]:
    """The latest run in a folder of runs, if it has no end and is going on or has a checkpoint to go on from."""
    runs = [RunFolder(path) for path in folder.iterdir()] if folder.is_dir() else []
    latest = max((run for run in runs if run.events.is_file()), key=_changed, default=None)
    if latest is None or _has_ended(latest):
        return
    if is_going_on(latest, host_of(latest)):
        yield OpenRun(latest.path, is_going_on=True)
    elif latest.last.exists() or latest.best.exists():
        yield OpenRun(latest.path, is_going_on=False)


def host_of(run: RunFolder) -> str:
    """The machine that a run was started on; empty where its events do not say."""
    return next((event.host for event in read_events(run) if isinstance(event, RunStarted)), "")


def _changed(run: RunFolder) -> float:
    return run.events.stat().st_mtime


def _has_ended(run: RunFolder) -> bool:
    """Whether its last whole line is an end; a power failure may leave half a line after it."""
    with run.events.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    known = (event for line in reversed(lines) if (event := from_line(line)) is not None)
    return isinstance(next(known, None), RunFinished)
