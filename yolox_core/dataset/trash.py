"""Images put aside: the image and its labels move together into `.trash` at the root of the data set, and back.

It is a folder of the data set and not the platform's trash, because that one parts the two files, loses where they
were on other disks, and is missing on servers. Folders that begin with a dot are no part of a data set.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.errors import FileError

TRASH = ".trash"


@dataclass(frozen=True, slots=True)
class Move:
    """One file and where it lies now."""

    origin: Path
    place: Path


@dataclass(frozen=True, slots=True)
class Trashed:
    """An image that was put aside, and its files."""

    image: ImageFile
    moves: tuple[Move, ...]


def put_aside(folder: DataFolder, image: ImageFile) -> Trashed:
    """Move an image and its label file into the trash. Raises FileError, with both where they were, if one stays."""
    place = folder.root / TRASH / f"{image.path.stem}-{uuid.uuid4().hex[:8]}"
    moves = tuple(
        Move(path, place / path.parent.name / path.name) for path in (image.path, image.label_path) if path.exists()
    )
    _carry_out(moves)
    return Trashed(image, moves)


def put_back(trashed: Trashed) -> None:
    """Move the files back. Raises FileError where one has been replaced meanwhile, or cannot be moved."""
    taken = next((move.origin for move in trashed.moves if move.origin.exists()), None)
    if taken is not None:
        raise FileError("Another file is in its place now.", where=taken, action="Move that one away first.")
    _carry_out([Move(move.place, move.origin) for move in trashed.moves])


def _carry_out(moves: Sequence[Move]) -> None:
    done: list[Move] = []
    for move in moves:
        try:
            move.place.parent.mkdir(parents=True, exist_ok=True)
            move.origin.rename(move.place)
        except OSError as error:
            for other in reversed(done):
                other.place.rename(other.origin)
            raise FileError(
                f"Could not be moved ({error.strerror or error}).",
                where=move.origin,
                action="Write permission is needed; nothing was changed.",
            ) from error
        done.append(move)
