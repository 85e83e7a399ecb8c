"""Files written whole or not at all."""

import os
import tempfile
from pathlib import Path

from yolox_core.errors import FileError


def write_atomically(path: Path, content: bytes) -> None:
    """Replace or make the file `path` with `content`; after a crash the old or the new file is there, whole.

    Raises FileError where the folder cannot be written. The permissions of a replaced file are kept.
    """
    temporary = ""
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise FileError(
            f"Could not be written ({error.strerror or error}).",
            where=path,
            action="Free space or write permission is needed; nothing was changed.",
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
