"""Where the runs of a data set lie, and what a list of them shows without reading them whole."""

import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from yolox_core.train.events import RunFinished, from_line
from yolox_core.train.run_folder import RunFolder
from yolox_core.user_folders import data_folder

TAIL_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class RunEntry:
    """A run in the list: its folder, network size, state in words, and best AP50 (0..1, None while unknown)."""

    path: Path
    size: str
    state: str
    ap50: float | None

    @property
    def text(self) -> str:
        """One line for a person."""
        figure = "" if self.ap50 is None else f" · AP50 {self.ap50:.3f}"
        return f"{self.path.name} · {self.state}{figure}"


def runs_of(root: Path) -> Path:
    """The folder that holds the runs of the data set at `root`; data sets of the same name are kept apart."""
    return data_folder() / "runs" / f"{root.name}-{zlib.crc32(str(root).encode()):08x}"


def new_run_folder(root: Path, size: str) -> Path:
    """A folder for a run that starts now; it is not made yet."""
    wanted = runs_of(root) / f"{datetime.now():%Y-%m-%d %H-%M-%S} {size}"
    number = 2
    path = wanted
    while path.exists():
        path = wanted.with_name(f"{wanted.name} {number}")
        number += 1
    return path


def list_runs(root: Path) -> tuple[RunEntry, ...]:
    """The runs of the data set at `root`, latest first."""
    folder = runs_of(root)
    if not folder.is_dir():
        return ()
    paths = sorted((path for path in folder.iterdir() if RunFolder(path).events.is_file()), reverse=True)
    return tuple(_entry(path) for path in paths)


def _entry(path: Path) -> RunEntry:
    run = RunFolder(path)
    try:
        size = str(json.loads(run.config.read_text(encoding="utf-8")).get("size", ""))
    except (OSError, ValueError, AttributeError):
        size = ""
    last = _last_event(run.events)
    if isinstance(last, RunFinished):
        return RunEntry(path, size, last.state, last.ap50 if last.best else None)
    return RunEntry(path, size, "unfinished", None)


def _last_event(path: Path) -> object:
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        lines = file.read().decode("utf-8", errors="replace").splitlines()
    return from_line(lines[-1]) if lines else None
