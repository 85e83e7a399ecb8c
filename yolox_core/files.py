"""Files written whole or not at all."""

import os
import uuid
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from yolox_core.errors import FileError


def make_folder(path: Path) -> None:
    """Make a folder and those above it where they are missing. Raises FileError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"The folder cannot be made ({error.strerror or error}).", where=path, action="Check who may write there."
        ) from error


def remove_file(path: Path) -> None:
    """Remove a file; one that is not there is no problem. Raises FileError where it cannot be."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            f"Could not be removed ({error.strerror or error}).",
            where=path,
            action="Write permission is needed; nothing was changed.",
        ) from error


def write_atomically(path: Path, content: bytes) -> None:
    """Replace or make the file `path` with `content`; after a crash the old or the new file is there, whole.

    Raises FileError where the folder cannot be written. The permissions of a replaced file are kept.
    """
    write_atomically_with(path, lambda file: file.write(content))


def write_atomically_with(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """The same for content that `write` puts into an open file."""
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.tmp")
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            temporary.chmod(path.stat().st_mode & 0o777)
        temporary.replace(path)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        raise FileError(
            f"Could not be written ({error.strerror or error}).",
            where=path,
            action="Free space or write permission is needed; nothing was changed.",
        ) from error
