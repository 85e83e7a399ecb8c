"""The label file of one image as the editor holds it: what it says, and whether it may be written."""

import hashlib
from dataclasses import dataclass, replace

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.journal import JournalEntry
from yolox_core.dataset.voc import VocFile
from yolox_core.errors import FileError, UserError
from yolox_core.files import remove_file
from yolox_core.images import read_size
from yolox_core.records import Annotation, ImageState

VOC = "voc"  # the one format that is written here


class ConflictError(FileError):
    """Another program wrote the label file after it was read here; `image` is whose labels they are."""

    def __init__(self, image: ImageFile) -> None:
        super().__init__(
            "Another program has changed these labels since they were read here.",
            where=image.label_path,
            action="Keep yours to overwrite the file, or take theirs to drop your changes to this image.",
        )
        self.image = image


@dataclass(frozen=True, slots=True)
class FileStamp:
    """What a file was like when it was read or written: times, size and content; all zero for no file."""

    mtime_ns: int = 0
    size: int = 0
    digest: bytes = b""


@dataclass(frozen=True)
class Labels:
    """The labels of one image as they are on disk. `problem` says why they cannot be changed, None when they can."""

    image: ImageFile
    saved: Annotation
    stamp: FileStamp
    voc: VocFile | None = None
    problem: UserError | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is odd about the file, in sentences: it can be changed all the same."""
        return tuple(fault.what for fault in self.voc.faults) if self.voc is not None else ()


def read_labels(folder: DataFolder, image: ImageFile) -> Labels:
    """The labels of one image. A file that cannot be read or written gives labels that say so; nothing is raised."""
    size = _size_or_none(image)
    stamp = stamp_of(image)
    try:
        if folder.format_name == VOC:
            voc = VocFile.read(image, size=size, convention=folder.convention)
            return Labels(image, voc.annotation, stamp, voc)
        return Labels(image, read_annotation(folder, image), stamp, problem=_foreign_format(folder))
    except UserError as problem:
        width, height = size or (0, 0)
        return Labels(image, Annotation(width, height), stamp, problem=problem)


def write_labels(labels: Labels, annotation: Annotation, *, is_forced: bool = False) -> Labels:
    """Write `annotation` and return the labels as they are on disk now.

    Raises ConflictError when another program wrote the file in between, unless forced, and FileError when it
    cannot be written. Labels that were only ever a step here, and are undone again, leave no file behind.
    """
    image = labels.image
    if labels.voc is None:
        raise labels.problem or FileError("These labels are read-only.", where=image.label_path)
    if not is_forced and is_changed(labels):
        raise ConflictError(image)
    if annotation.state is ImageState.UNLABELLED:
        remove_file(image.label_path)
    else:
        labels.voc.save(annotation)
    return replace(labels, saved=annotation, stamp=stamp_of(image))


def journaled_labels(image: ImageFile, entry: JournalEntry) -> Labels:
    """The labels as the editor held them when it wrote a journal entry; the file may be another by now."""
    size = (entry.saved.width, entry.saved.height)
    voc = VocFile.parse(entry.original, image, size=size, convention=entry.convention)
    return Labels(image, entry.saved, FileStamp(digest=entry.digest), voc)


def is_on_disk(labels: Labels, annotation: Annotation) -> bool:
    """Whether the label file holds just the bytes that saving `annotation` would write."""
    if annotation.state is ImageState.UNLABELLED:
        return not labels.image.label_path.exists()
    return labels.voc is not None and _digest(labels.voc.render(annotation)) == stamp_of(labels.image).digest


def is_changed(labels: Labels) -> bool:
    """Whether the file on disk holds other bytes than when it was read or written here."""
    path = labels.image.label_path
    try:
        status = path.stat()
    except FileNotFoundError:
        return labels.stamp != FileStamp()
    except OSError:  # writing says why
        return False
    if (status.st_mtime_ns, status.st_size) == (labels.stamp.mtime_ns, labels.stamp.size):
        return False
    return stamp_of(labels.image).digest != labels.stamp.digest


def stamp_of(image: ImageFile) -> FileStamp:
    """The stamp of an image's label file as it is on disk now."""
    try:
        status = image.label_path.stat()
        content = image.label_path.read_bytes()
    except OSError:
        return FileStamp()
    return FileStamp(status.st_mtime_ns, status.st_size, _digest(content))


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


def _foreign_format(folder: DataFolder) -> UserError:
    return UserError(
        f"Labels in {folder.format_name.upper()} format are shown, but cannot be changed here.",
        where=folder.root,
        action="Convert the folder to Pascal VOC to edit it.",
    )


def _size_or_none(image: ImageFile) -> tuple[int, int] | None:
    try:
        return read_size(image.path)
    except UserError:
        return None
