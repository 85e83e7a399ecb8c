"""Where the runs of a data set lie, and how they are spoken of."""

import zlib
from datetime import datetime
from pathlib import Path

from yolox_core.train.run_folder import RunFolder
from yolox_core.train.runs import RunSummary
from yolox_core.user_folders import data_folder


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


def run_text(run: RunSummary) -> str:
    """A run in one line."""
    figure = f" · AP50 {run.ap50:.3f}" if run.is_measured else ""
    return f"{run.path.name} · {run.state}{figure}"


def weights_of(run: RunSummary) -> Path | None:
    """The best weights of a run, the latest ones while it goes on; None before it has saved any."""
    folder = RunFolder(run.path)
    wanted = (folder.last, folder.best) if run.state == "running" else (folder.best, folder.last)
    return next((path for path in wanted if path.exists()), None)


def time_text(seconds: float) -> str:
    """A length of time for a person: `45 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
