"""`steps.bin`, an index of `events.jsonl`: the numbers of every step, so that a million of them open at once.

The log stays the source. A row says which bytes of the log it was read from; what lies between rows and after the last
is read from the log, and an index that is missing, too short, of another version or of another log is made anew.
"""

import json
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import fields
from operator import attrgetter
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.train.events import StepDone, from_line

COLUMNS = tuple(known.name for known in fields(StepDone))
ROWS_AT_ONCE = 32_768
MOST_STEPS = 2**24  # float32 counts no further
ROW = np.dtype([("start", "<u8"), ("end", "<u8"), ("values", "<f4", (len(COLUMNS),))])
HEADER = json.dumps({"file": "YOLOX Workbench steps", "version": 1, "columns": COLUMNS, "row": ROW.str}).encode()
HEADER = HEADER.ljust(511) + b"\n"
_STEP = b'{"event": "StepDone"'
_values = attrgetter(*COLUMNS)

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


def indexed_rows(log: Path, path: Path) -> Iterator[Rows]:
    """The rows of all steps in a log, some at a time, from its index as far as that goes.

    An index that is missing is made on the way, where it can be. Raises OSError where the log cannot be read.
    """
    end = 0
    for rows in _rows_on_disk(log, path):
        end = int(rows["end"][-1])
        yield rows
    later = _parsed(log, after=end)
    if len(later) and not end:
        with suppress(UserError):  # of a folder that may only be read
            _write(path, later)
    if len(later):
        yield later


def _bring_up_to_date(log: Path, path: Path) -> None:
    rows = np.concatenate((np.empty(0, ROW), *(indexed_rows(log, path) if log.exists() else ())))
    if not path.exists() or path.stat().st_size != len(HEADER) + rows.nbytes:
        _write(path, rows)


def _write(path: Path, rows: Rows) -> None:
    write_atomically(path, HEADER + rows.tobytes())


def _rows_on_disk(log: Path, path: Path) -> Iterator[Rows]:
    """The rows of the index, as far as they belong to this log."""
    try:
        file = path.open("rb")
    except OSError:
        return
    with file, log.open("rb") as lines:
        left = _count(file, lines)
        file.seek(len(HEADER))
        while left:
            rows = np.fromfile(file, ROW, min(left, ROWS_AT_ONCE))
            left -= len(rows)
            yield rows


def _count(file: IO[bytes], lines: IO[bytes]) -> int:
    """How many rows stand in an index that are of this log; 0 if the first, the middle or the last is not."""
    if file.read(len(HEADER)) != HEADER:
        return 0
    count, size = (file.seek(0, 2) - len(HEADER)) // ROW.itemsize, lines.seek(0, 2)
    count = bisect_right(range(count), size, key=lambda place: int(_row_at(file, place)["end"]))
    places = {0, count // 2, count - 1} if count else ()
    return count if all(_fits(lines, _row_at(file, place)) for place in places) else 0


def _row_at(file: IO[bytes], place: int) -> Any:
    file.seek(len(HEADER) + place * ROW.itemsize)
    return np.frombuffer(file.read(ROW.itemsize), ROW)[0]


def _fits(lines: IO[bytes], row: Any) -> bool:
    """Whether the log says at the row's place what the row says."""
    start, end = int(row["start"]), int(row["end"])
    lines.seek(start)
    event = from_line(lines.read(max(0, min(end - start, 65_536))).decode("utf-8", errors="replace"))
    return isinstance(event, StepDone) and _row(event, start, end).tobytes() == row.tobytes()


def _row(step: StepDone, start: int, end: int) -> Rows:
    with np.errstate(over="ignore"):
        return np.array((start, end, _values(step)), ROW)


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
            if isinstance(event, StepDone) and 0 < event.epoch <= event.step < MOST_STEPS:
                with suppress(OverflowError):  # of a number that nobody could have measured
                    yield start, place, tuple(map(float, _values(event)))
