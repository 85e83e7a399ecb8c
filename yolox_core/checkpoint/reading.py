"""Opening a checkpoint without ever running code from it; what cannot be opened is told apart."""

import contextlib
import pickle
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

from yolox_core.errors import FileError

OTHER_FILE = "Choose a checkpoint of YOLOX Workbench or a published YOLOX .pth file."
COPY_AGAIN = "Download or copy it again."
ZIP_START, PICKLE_START = b"PK\x03\x04", b"\x80\x02"
HARMLESS_MODULES = ("torch.", "numpy.", "collections.", "yolox", "argparse.", "easydict.")


def read_content(path: Path) -> Any:
    """What a file of torch holds: plain values and tensors on the CPU.

    Raises FileError when it is missing, not readable, empty, something else, cut short, or holds objects that only code
    can make.
    """
    _check_start(path)
    try:
        with _only_known_types():
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise _refused(error, path) from error
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise FileError("The file is cut short or damaged.", where=path, action=COPY_AGAIN) from error


def _check_start(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise FileError(f"Could not be read ({error.strerror or error}).", where=path, action=OTHER_FILE) from error
    if not start:
        raise FileError("The file is empty.", where=path, action=COPY_AGAIN)
    if start != ZIP_START and not start.startswith(PICKLE_START):
        raise FileError("This is not a checkpoint: no file that torch has written.", where=path, action=OTHER_FILE)


def _refused(error: pickle.UnpicklingError, path: Path) -> FileError:
    """The problem in words: what the file would have called."""
    found = re.search(r"GLOBAL ([\w.]+)", str(error))
    if found is None:
        return FileError("The file is cut short or damaged.", where=path, action=COPY_AGAIN)
    name = found.group(1)
    if name.startswith(HARMLESS_MODULES):
        what = f"The file holds an object ({name}) that only its own program can open; it was not opened."
        action = "Save its state_dict alone with the program that made it."
    else:
        what = f"The file asks to run code ({name}); it was not opened."
        action = "Do not open it elsewhere unless you trust who made it."
    return FileError(what, where=path, action=action)


@contextlib.contextmanager
def _only_known_types() -> Iterator[None]:
    """Published files hold one pickled numpy float (`best_ap`): admit just what that needs."""
    scalar: Any = getattr(np, "_core", np).multiarray.scalar  # its public home moved in numpy 2
    allowed: list[Any] = [
        (scalar, "numpy.core.multiarray.scalar"),
        (scalar, "numpy._core.multiarray.scalar"),
        np.dtype,
        type(np.dtype(np.float64)),
        type(np.dtype(np.float32)),
    ]
    with torch.serialization.safe_globals(allowed):
        yield
