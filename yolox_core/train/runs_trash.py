"""Runs put aside into `.trash` beside them, and back. Folders that begin with a dot are in no list of runs."""

import uuid
from dataclasses import dataclass
from pathlib import Path

from yolox_core.errors import FileError

TRASH = ".trash"


@dataclass(frozen=True, slots=True)
class TrashedRun:
    """Where a run was, and where it lies now."""

    origin: Path
    place: Path


def put_aside(run: Path) -> TrashedRun:
    """Move a run folder into the trash. Raises FileError, with the run where it was, if it cannot be moved."""
    trashed = TrashedRun(run, run.parent / TRASH / f"{run.name}-{uuid.uuid4().hex[:8]}")
    _move(trashed.origin, trashed.place)
    return trashed


def put_back(trashed: TrashedRun) -> None:
    """Move it back. Raises FileError where another folder is in its place now, or it cannot be moved."""
    if trashed.origin.exists():
        raise FileError("Another run is in its place now.", where=trashed.origin, action="Move that one away first.")
    _move(trashed.place, trashed.origin)


def _move(origin: Path, place: Path) -> None:
    try:
        place.parent.mkdir(exist_ok=True)
        origin.rename(place)
    except OSError as error:
        raise FileError(
            f"The run cannot be moved ({error.strerror or error}).",
            where=origin,
            action="Write permission is needed; nothing was changed.",
        ) from error
