"""Changes to many label files as one job that can be undone as a whole: of classes, or of chosen boxes."""

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from yolox_core.dataset.box_fix import ImageFix
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.relabel_journal import (
    JobEntry,
    JobState,
    RelabelJob,
    add_entries,
    digest_of,
    drop_entry,
    entries_of,
    forget,
    mark,
    read_job,
    start_job,
)
from yolox_core.dataset.relabel_survey import (
    Changes,
    effective,
    fault_of,
    locked_fault,
    may_hold,
    read_labels,
    refuse_foreign,
    relabelled,
)
from yolox_core.dataset.voc import VocFile
from yolox_core.errors import FileError
from yolox_core.files import make_folder, remove_file, write_atomically
from yolox_core.records import Fault, Progress

BATCH = 32


@dataclass(frozen=True)
class Relabelled:
    """A job that came to its end, and the files that it had to leave as they were."""

    job: RelabelJob
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Undone:
    """A job that was undone: files put back, and those that were not.

    `is_whole` is False where some could not be written: they can be tried again. Files that somebody changed after the
    job stay as they are for good.
    """

    job: RelabelJob
    files: int
    faults: tuple[Fault, ...]
    is_whole: bool


Edit = Callable[[ImageFile, bytes], "tuple[bytes, int] | None"]
"""What becomes of the label file of an image (no bytes: there is none yet), and how many boxes differ; None where it
stays. Raises FileError."""


@dataclass(frozen=True)
class _Rewrite:
    path: Path
    entry: JobEntry
    content: bytes


def relabel(folder: DataFolder, changes: Changes) -> Generator[Progress | Relabelled, None, None]:
    """Change the classes in every label file; progress first, the record last.

    Closed half-way, as by a crash, it leaves a job that `last_job` finds, to be undone or finished. Raises UserError
    for a format that is read-only here or an empty name, FileError where no journal can be kept.
    """
    refuse_foreign(folder)
    job = start_job(folder, effective(changes))
    yield from finish(folder, job)


def finish(folder: DataFolder, job: RelabelJob) -> Generator[Progress | Relabelled, None, None]:
    """Do what is left of a change of classes that was stopped. A file that it has changed is not changed again."""

    def edit(image: ImageFile, original: bytes) -> tuple[bytes, int] | None:
        if not original or not may_hold(original, job.changes):
            return None
        file = VocFile.parse(original, image, convention=folder.convention)
        boxes = sum(box.class_name in job.changes for box in file.annotation.boxes)
        return file.render(relabelled(file.annotation, job.changes)), boxes

    yield from _rewrite(folder, folder.images, job, edit)


def fix_boxes(folder: DataFolder, fix: ImageFix) -> Generator[Progress | Relabelled, None, None]:
    """Change chosen boxes; progress first, the record last. Raises UserError as `relabel` does.

    An image whose boxes are no longer as they were when they were chosen is left as it is, with a fault.
    """
    refuse_foreign(folder)
    images = [image for name in fix.images if (image := folder.image(name)) is not None]

    def edit(image: ImageFile, original: bytes) -> tuple[bytes, int]:
        file = VocFile.parse(original, image, convention=folder.convention)
        return file.render(fix.applied(image, file.annotation)), fix.count(image.name)

    yield from _rewrite(folder, images, start_job(folder, {}, what=fix.text), edit)


def _rewrite(
    folder: DataFolder, images: Sequence[ImageFile], job: RelabelJob, edit: Edit
) -> Generator[Progress | Relabelled, None, None]:
    known = {entry.file: digest_of(entry.original) for entry in entries_of(job)}
    faults: list[Fault] = []
    for start in range(0, len(images), BATCH):
        yield Progress(start, len(images), "Changing labels")
        planned = [_planned(folder, image, edit, known) for image in images[start : start + BATCH]]
        rewrites = [plan for plan in planned if isinstance(plan, _Rewrite)]
        faults += [plan for plan in planned if isinstance(plan, Fault)]
        faults += _carry_out(job, rewrites, known)
    mark(job, JobState.DONE)
    done = read_job(job.path, job.root) or replace(job, state=JobState.DONE)
    if not done.files:
        forget(done)
    yield Relabelled(done, tuple(faults))


def undo(job: RelabelJob) -> Generator[Progress | Undone, None, None]:
    """Put every file back as it was, byte for byte, except those that hold what the job did not write.

    Stopped half-way, it can be begun anew.
    """
    with suppress(FileError):  # a full disk keeps nobody from undoing
        mark(job, JobState.UNDOING)
    files = 0
    changed_since: list[Fault] = []
    failed: list[Fault] = []
    for number, entry in enumerate(entries_of(job)):
        if number % BATCH == 0:
            yield Progress(number, job.files, "Putting label files back")
        path = job.root / entry.file
        try:
            content = read_labels(path) or b""
            if content == entry.original:
                continue
            if digest_of(content) != entry.digest:
                changed_since.append(Fault("Edited after the change of classes.", str(path)))
                continue
            _put_back(path, entry.original)
        except FileError as error:
            failed.append(fault_of(error))
        else:
            files += 1
    if not failed:
        forget(job)
    yield Undone(job, files, (*changed_since, *failed), is_whole=not failed)


def _planned(folder: DataFolder, image: ImageFile, edit: Edit, known: Mapping[str, bytes]) -> _Rewrite | Fault | None:
    """What is to be written for an image: None where nothing changes, a fault where it cannot be told."""
    try:
        original = read_labels(image.label_path) or b""
        name = Path(os.path.relpath(image.label_path, folder.root)).as_posix()
        if known.get(name, digest_of(original)) != digest_of(original):
            return None
        edited = edit(image, original)
    except FileError as error:
        return fault_of(error)
    if edited is None or edited[0] == original:
        return None
    content, boxes = edited
    locked = locked_fault(image.label_path)
    if locked is not None:
        return locked
    return _Rewrite(image.label_path, JobEntry(name, original, digest_of(content), boxes), content)


def _carry_out(job: RelabelJob, rewrites: Sequence[_Rewrite], known: Mapping[str, bytes]) -> Iterator[Fault]:
    """Keep the originals, then replace the files; yields those that cannot be replaced."""
    add_entries(job, [rewrite.entry for rewrite in rewrites if rewrite.entry.file not in known])
    for rewrite in rewrites:
        try:
            if (read_labels(rewrite.path) or b"") != rewrite.entry.original:
                raise FileError("Was changed by another program just now.", where=rewrite.path)
            make_folder(rewrite.path.parent)
            write_atomically(rewrite.path, rewrite.content)
        except FileError as error:
            drop_entry(job, rewrite.entry.file)
            yield fault_of(error)


def _put_back(path: Path, content: bytes) -> None:
    fault = locked_fault(path)
    if fault is not None:
        raise FileError(fault.what, where=fault.where, action=fault.action)
    if content:
        write_atomically(path, content)
    else:
        remove_file(path)  # the job had made it
