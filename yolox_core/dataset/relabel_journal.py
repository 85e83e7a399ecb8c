"""The journal of one change of many labels: every file as it was before, so that the whole change can be undone.

One file of JSON lines in the user's data folder: what is to change, an entry for each label file, and marks of how far
the job came. Entries are on disk before the files they hold are replaced, so a job that was killed can be undone too.
A line that was cut off by a crash is passed over: its file was not touched yet.
"""

import base64
import hashlib
import json
import os
import time
import uuid
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.journal import journal_folder
from yolox_core.dataset.relabel_survey import Changes
from yolox_core.errors import FileError

KEPT = 5  # jobs of one data set, the newest; older ones can no longer be undone
_SUFFIX = ".jsonl"


class JobState(Enum):
    """How far a job came."""

    APPLYING = "applying"
    DONE = "done"
    UNDOING = "undoing"


@dataclass(frozen=True, slots=True)
class JobEntry:
    """One label file, named from the root: its bytes before, the digest of those that replace them, boxes changed."""

    file: str
    original: bytes
    digest: bytes
    boxes: int


@dataclass(frozen=True)
class RelabelJob:
    """A job as its journal tells it: how many files and boxes it changed so far.

    `class_names` are the classes that the folder had before, in the order in which they were listed. A job on chosen
    boxes changes no class as a whole: `what` says in words what it did.
    """

    path: Path
    root: Path
    changes: Changes
    class_names: tuple[str, ...]
    started_at: float
    state: JobState
    files: int
    boxes: int
    what: str = ""


def jobs_folder(root: Path) -> Path:
    """Where the jobs of the data set at `root` are kept."""
    return journal_folder(root) / "classes"


def start_job(folder: DataFolder, changes: Changes, *, what: str = "") -> RelabelJob:
    """Begin a journal. Raises FileError where it cannot be written."""
    jobs = jobs_folder(folder.root)
    try:
        jobs.mkdir(parents=True, exist_ok=True)
        for old in _paths(folder.root)[KEPT - 1 :]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(jobs, error) from error
    started_at = time.time()
    path = jobs / f"{time.time_ns()}-{uuid.uuid4().hex[:8]}{_SUFFIX}"
    head = {"changes": changes, "class_names": folder.class_names, "started_at": started_at, "what": what}
    _append(path, [head])
    return RelabelJob(path, folder.root, changes, folder.class_names, started_at, JobState.APPLYING, 0, 0, what)


def add_entries(job: RelabelJob, entries: Iterable[JobEntry]) -> None:
    """Keep the originals of files that are replaced next. Raises FileError where they cannot be kept."""
    _append(job.path, [_plain(entry) for entry in entries])


def drop_entry(job: RelabelJob, file: str) -> None:
    """Note that a file was not replaced after all."""
    _append(job.path, [{"dropped": file}])


def mark(job: RelabelJob, state: JobState) -> None:
    """Note how far the job is. Raises FileError where that cannot be written."""
    _append(job.path, [{"state": state.value}])


def forget(job: RelabelJob) -> None:
    """Remove the journal of a job that is undone, or that changed nothing."""
    try:
        job.path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritable(job.path, error) from error


def last_job(root: Path) -> RelabelJob | None:
    """The newest job of a data set that is not undone; a journal that cannot be read is passed over."""
    return next((job for path in _paths(root) if (job := read_job(path, root)) is not None), None)


def read_job(path: Path, root: Path) -> RelabelJob | None:
    """What a journal tells of the job on the data set at `root`; None where it tells nothing."""
    lines = _lines(path)
    head = next(lines, None)
    if head is None or "changes" not in head:
        return None
    boxes: dict[str, int] = {}
    state = JobState.APPLYING
    for line in lines:
        if "file" in line:
            boxes[line["file"]] = line["boxes"]
        elif "dropped" in line:
            boxes.pop(line["dropped"], None)
        else:
            state = JobState(line["state"])
    names = tuple(head["class_names"])
    return RelabelJob(
        path,
        root,
        head["changes"],
        names,
        head["started_at"],
        state,
        files=len(boxes),
        boxes=sum(boxes.values()),
        what=head.get("what", ""),
    )


def entries_of(job: RelabelJob) -> Iterator[JobEntry]:
    """Every file that the job replaced, or was about to."""
    for line in _lines(job.path):
        if "file" in line:
            original = zlib.decompress(base64.b64decode(line["original"]))
            yield JobEntry(line["file"], original, bytes.fromhex(line["digest"]), line["boxes"])


def digest_of(content: bytes) -> bytes:
    """A short name for the content of a file."""
    return hashlib.blake2b(content, digest_size=16).digest()


def _plain(entry: JobEntry) -> dict[str, object]:
    original = base64.b64encode(zlib.compress(entry.original)).decode()
    return {"file": entry.file, "original": original, "digest": entry.digest.hex(), "boxes": entry.boxes}


def _paths(root: Path) -> list[Path]:
    """The journals of a data set, the newest first."""
    return sorted(jobs_folder(root).glob(f"*{_SUFFIX}"), reverse=True)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            for line in file:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue
    except OSError:
        return


def _append(path: Path, lines: Iterable[dict[str, object]]) -> None:
    """Add lines and wait until they are on disk. The line end comes first, so that it also ends a line cut off."""
    try:
        with path.open("ab") as file:
            file.write(b"".join(b"\n" + json.dumps(line).encode() for line in lines))
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error


def _unwritable(path: Path, error: OSError) -> FileError:
    return FileError(
        f"The journal that makes it possible to undo this cannot be written ({error.strerror or error}).",
        where=path,
        action="Free space or mend the permissions there; no label file was changed without it.",
    )
