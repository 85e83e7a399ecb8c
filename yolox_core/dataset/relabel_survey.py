"""The classes in the label files of a folder, and what renaming, merging or deleting some of them would change."""

import os
import re
import stat
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.names import natural_key
from yolox_core.dataset.voc import VocFile
from yolox_core.dataset.xml_source import XmlError, encoding_of
from yolox_core.errors import FileError, UserError
from yolox_core.records import Annotation, Fault, Progress

Changes = Mapping[str, str | None]
"""Class name -> the name that it gets; None where its boxes are deleted. Two classes with one new name are merged."""

BATCH = 64
_BROKEN_NAME = re.compile(rb"<(?:[^\s<>/]*:)?name(?:\s[^<>]*)?>[^<]*<[^/]")
_Boxes = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many boxes of a class there are, in how many images."""

    name: str
    boxes: int
    images: int


@dataclass(frozen=True, slots=True)
class ClassEffect:
    """What becomes of one class: `new` is None where its boxes are deleted."""

    old: str
    new: str | None
    boxes: int
    images: int


@dataclass(frozen=True)
class Effect:
    """What changes would do: per class and in all, how many images lose their last box, and files that stay."""

    classes: tuple[ClassEffect, ...]
    images: int
    emptied: int
    faults: tuple[Fault, ...]

    @property
    def boxes(self) -> int:
        """Boxes that would change or go."""
        return sum(one.boxes for one in self.classes)


@dataclass(frozen=True)
class ClassSurvey:
    """The classes of all label files. Files that hold the same boxes per class are counted as one kind.

    `locked` are files that can be read but not written, `faults` those that cannot be read.
    """

    kinds: Mapping[_Boxes, int]
    locked: tuple[tuple[_Boxes, Fault], ...] = ()
    faults: tuple[Fault, ...] = ()

    @cached_property
    def classes(self) -> tuple[ClassCount, ...]:
        """Every class that has a box, in natural order of the names."""
        kinds = Counter(self.kinds)
        kinds.update(boxes for boxes, _fault in self.locked)
        boxes, images = _counted(kinds)
        return tuple(ClassCount(name, boxes[name], images[name]) for name in sorted(boxes, key=natural_key))

    def effect(self, changes: Changes) -> Effect:
        """What these changes would do. Nothing is read again."""
        changes = effective(changes)
        touched = {kind: number for kind, number in self.kinds.items() if any(name in changes for name, _ in kind)}
        boxes, images = _counted(touched)
        faults = (fault for kind, fault in self.locked if any(name in changes for name, _ in kind))
        return Effect(
            tuple(ClassEffect(old, new, boxes[old], images[old]) for old, new in changes.items()),
            sum(touched.values()),
            sum(n for kind, n in touched.items() if all(changes.get(name, name) is None for name, _ in kind)),
            (*faults, *self.faults),
        )


@dataclass
class _Tally:
    kinds: Counter[_Boxes] = field(default_factory=Counter)
    locked: list[tuple[_Boxes, Fault]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def add(self, folder: DataFolder, image: ImageFile) -> None:
        try:
            content = read_labels(image.label_path)
            boxes = _boxes(VocFile.parse(content, image, convention=folder.convention)) if content else ()
        except FileError as error:
            self.faults.append(fault_of(error))
            return
        locked = locked_fault(image.label_path) if boxes else None
        if locked is None:
            self.kinds[boxes] += 1
        else:
            self.locked.append((boxes, locked))


def survey_classes(folder: DataFolder) -> Iterator[Progress | ClassSurvey]:
    """Read every label file; progress first, the survey last. Raises UserError for a format that is read-only here."""
    refuse_foreign(folder)
    tally = _Tally()
    total = len(folder.images)
    for start in range(0, total, BATCH):
        yield Progress(start, total, "Counting boxes")
        for image in folder.images[start : start + BATCH]:
            tally.add(folder, image)
    yield ClassSurvey(tally.kinds, tuple(tally.locked), tuple(tally.faults))


def effective(changes: Changes) -> Changes:
    """The changes without those that change nothing. Raises UserError where a new name is empty."""
    kept = {old: new.strip() if new is not None else None for old, new in changes.items()}
    if "" in kept.values():
        raise UserError("A class needs a name.", action="Type one, or delete the class.")
    return {old: new for old, new in kept.items() if new != old}


def relabelled(annotation: Annotation, changes: Changes) -> Annotation:
    """The annotation with other class names, and without the boxes of deleted classes."""
    renamed = ((box, changes.get(box.class_name, box.class_name)) for box in annotation.boxes)
    return replace(annotation, boxes=tuple(replace(box, class_name=name) for box, name in renamed if name is not None))


def renamed_classes(names: Iterable[str], changes: Changes) -> tuple[str, ...]:
    """A list of class names after the changes: each new name in the place of the first old one, none twice."""
    new = (changes.get(name, name) for name in names)
    return tuple(dict.fromkeys(name for name in new if name is not None))


def may_hold(content: bytes, names: Collection[str]) -> bool:
    """Whether a label file may have a box of one of these classes: False only where a parser would find none.

    In UTF-8, a name stands in a file byte for byte unless a reference (`&`) or markup within <name> breaks it up, or
    it holds a line end, which files may write in two ways; then, and in other encodings, only a parser can tell.
    """
    try:
        encoding = encoding_of(content)[1]
    except XmlError:
        return True
    is_plain = encoding == "utf-8" and b"&" not in content and not _BROKEN_NAME.search(content)
    return not is_plain or any("\n" in name or name.encode("utf-8", "replace") in content for name in names)


def read_labels(path: Path) -> bytes | None:
    """The bytes of a label file; None where there is none or an empty one. Raises FileError."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(
            f"The labels cannot be read ({error.strerror or error}).", where=path, action="Check the permissions."
        ) from error
    return content if content.strip() else None


def locked_fault(path: Path) -> Fault | None:
    """Why a label file may not be replaced. A file marked as read-only is respected where the system would allow it."""
    try:
        is_writable = bool(path.stat().st_mode & stat.S_IWUSR) and os.access(path, os.W_OK)
    except FileNotFoundError:
        return None  # writing says whether it can be made
    except OSError as error:
        return Fault(f"The labels cannot be read ({error.strerror or error}).", str(path))
    if not is_writable:
        return Fault("The label file is read-only.", str(path), "It stays as it is.")
    if not os.access(path.parent, os.W_OK):
        return Fault("The folder of the labels is read-only.", str(path), "The file stays as it is.")
    return None


def refuse_foreign(folder: DataFolder) -> None:
    """Raise UserError for a folder whose labels are not VOC."""
    if folder.format_name != "voc":
        raise UserError(
            f"Labels in {folder.format_name.upper()} format are read-only here, so their classes stay as they are.",
            where=folder.root,
            action="Convert the folder to Pascal VOC to change them.",
        )


def fault_of(error: FileError) -> Fault:
    """An error as a line of a list."""
    return Fault(error.what, error.where, error.action)


def _boxes(file: VocFile) -> _Boxes:
    return tuple(sorted(Counter(box.class_name for box in file.annotation.boxes).items()))


def _counted(kinds: Mapping[_Boxes, int]) -> tuple[Counter[str], Counter[str]]:
    """Boxes and images per class."""
    boxes: Counter[str] = Counter()
    images: Counter[str] = Counter()
    for kind, number in kinds.items():
        for name, count in kind:
            boxes[name] += count * number
            images[name] += number
    return boxes, images
