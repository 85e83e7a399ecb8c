"""Where the runs of a data set lie."""

import zlib
from datetime import datetime
from pathlib import Path

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
