"""`steps.bin`, an index of `events.jsonl`: the numbers of every step, so that a million of them open at once.

The log stays the source. A row says which bytes of the log it was read from; what lies between rows and after the last
is read from the log, and an index that is missing, too short, of another version or of another log is made anew.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import astuple, fields
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.train.events import StepDone, from_line

COLUMNS = tuple(known.name for known in fields(StepDone))
ROW = np.dtype([("start", "<u8"), ("end", "<u8"), ("values", "<f4", (len(COLUMNS),))])
HEADER = json.dumps({"file": "YOLOX Workbench steps", "version": 1, "columns": COLUMNS, "row": ROW.str}).encode()
HEADER = HEADER.ljust(511) + b"\n"
_STEP = b'{"event": "StepDone"'

Rows = NDArray[np.void]


class StepIndex:
    """The index of a log that is being written; it is brought up to date when it is opened."""

    def __init__(self, log: Path, path: Path) -> None:
        _bring_up_to_date(log, path)
        self._file: IO[bytes] = path.open("ab")

    def close(self) -> None:
        """Write no more."""
        self._file.close()

    def append(self, step: StepDone, *, start: int, end: int) -> None:
        """Add a step whose line fills the bytes `start` to `end` of the log, after that line was written."""
        self._file.write(_row(step, start, end).tobytes())
        self._file.flush()


def indexed_rows(log: Path, path: Path) -> Rows:
    """The rows of all steps in a log, from its index as far as that goes; the index is mended where it can be written.

    Raises OSError where the log cannot be read.
    """
    known = _rows_of(log, path)
    later = _parsed(log, after=int(known["end"][-1]) if len(known) else 0)
    if not len(later):
        return known
    rows = np.concatenate((known, later))
    if not len(known):
        with suppress(UserError):  # of a folder that may only be read
            _write(path, rows)
    return rows


def _bring_up_to_date(log: Path, path: Path) -> None:
    rows = indexed_rows(log, path) if log.exists() else np.empty(0, ROW)
    if not path.exists() or path.stat().st_size != len(HEADER) + rows.nbytes:
        _write(path, rows)


def _write(path: Path, rows: Rows) -> None:
    write_atomically(path, HEADER + rows.tobytes())


def _rows_of(log: Path, path: Path) -> Rows:
    """The rows on disk that belong to this log."""
    try:
        with path.open("rb") as file:
            if file.read(len(HEADER)) != HEADER:
                return np.empty(0, ROW)
        count = (path.stat().st_size - len(HEADER)) // ROW.itemsize
        rows: Rows = np.memmap(path, ROW, mode="r", offset=len(HEADER), shape=(count,)) if count else np.empty(0, ROW)
    except OSError:
        return np.empty(0, ROW)
    with log.open("rb") as lines:
        rows = rows[: np.searchsorted(rows["end"], np.uint64(lines.seek(0, 2)), side="right")]
        places = {0, len(rows) // 2, len(rows) - 1} if len(rows) else ()
        return rows if all(_fits(lines, rows[place]) for place in places) else rows[:0]


def _fits(lines: IO[bytes], row: Any) -> bool:
    """Whether the log says at the row's place what the row says."""
    start, end = int(row["start"]), int(row["end"])
    lines.seek(start)
    event = from_line(lines.read(max(0, min(end - start, 65_536))).decode("utf-8", errors="replace"))
    return isinstance(event, StepDone) and _row(event, start, end).tobytes() == row.tobytes()


def _row(step: StepDone, start: int, end: int) -> Rows:
    with np.errstate(over="ignore"):
        return np.array((start, end, astuple(step)), ROW)


def _parsed(log: Path, *, after: int) -> Rows:
    """The rows of the steps whose lines stand whole after this byte of the log."""
    with log.open("rb") as lines, np.errstate(over="ignore"):
        lines.seek(after)
        return np.fromiter(_steps(lines, after), ROW)


def _steps(lines: IO[bytes], place: int) -> Iterator[tuple[int, int, tuple[float, ...]]]:
    for line in lines:
        start, place = place, place + len(line)
        if line.startswith(_STEP) and line.endswith(b"\n"):
            event = from_line(line.decode("utf-8", errors="replace"))
            if isinstance(event, StepDone):
                with suppress(OverflowError):  # of a number that nobody could have measured
                    yield start, place, tuple(map(float, astuple(event)))
