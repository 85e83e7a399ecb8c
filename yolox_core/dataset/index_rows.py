"""What the index keeps of one label file, and the stamps that tell whether the file is still the one that was read."""

import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yolox_core.dataset.box_faults import box_faults
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import format_of
from yolox_core.errors import FileError
from yolox_core.records import Box, ImageState

STATES = tuple(ImageState)  # their numbers in the index
PROBLEM_STATE = -1
NO_FILE = (0, 0)

Stamp = tuple[int, int]  # time of the last change in ns, size in bytes


class _Flags:
    """The flags of a box as bits of one number."""

    names = ("difficult", "truncated", "occluded")

    def number(self, name: str) -> int:
        """The bit of one flag."""
        return 1 << self.names.index(name)

    def of(self, box: Box) -> int:
        """The flags of a box."""
        return sum(self.number(name) for name in self.names if getattr(box, name))

    def put_on(self, box: Box, number: int) -> Box:
        """The box with the flags in a number."""
        set_flags: dict[str, Any] = {name: True for name in self.names if number & self.number(name)}
        return replace(box, **set_flags) if number else box


FLAGS = _Flags()


@dataclass(frozen=True)
class LabelRow:
    """The labels of one image: columns of the index in their order, and the boxes."""

    values: tuple[object, ...]
    boxes: tuple[Box, ...] = ()


def label_row(folder: DataFolder, image: ImageFile) -> LabelRow:
    """The row of an image, read from its label file as it is on disk, or with the mark of one that cannot be read."""
    stamp = _stamp(image.label_path)
    if stamp == NO_FILE:
        return LabelRow((*stamp, STATES.index(ImageState.UNLABELLED), 0, 0, None, False, 0))
    try:
        found = format_of(folder).read(folder, image, None)
    except FileError:
        return LabelRow((*stamp, PROBLEM_STATE, 0, 0, None, False, 1))
    annotation = found.annotation
    boxes = annotation.boxes
    flags = 0
    for box in boxes:
        flags |= FLAGS.of(box)
    smallest = min((box.width * box.height for box in boxes if box.is_proper), default=None)
    state = STATES.index(annotation.state)
    faults = len(found.faults) + sum(1 for _ in box_faults(image, annotation))
    return LabelRow((*stamp, state, len(boxes), flags, smallest, bool(annotation.note), faults), boxes)


def stamps_of(folder: DataFolder) -> list[Stamp]:
    """The stamp of each image's label file as it is on disk now, in the order of the images; one look per folder."""
    found: dict[Path, dict[str, Stamp]] = {}
    for image in folder.images:
        if image.label_folder not in found:
            found[image.label_folder] = _stamps_in(image.label_folder)
    return [found[image.label_folder].get(image.label_name, NO_FILE) for image in folder.images]


def _stamps_in(folder: Path) -> dict[str, Stamp]:
    stamps: dict[str, Stamp] = {}
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                status = entry.stat()
                stamps[entry.name] = status.st_mtime_ns, status.st_size
    return stamps


def _stamp(path: Path) -> Stamp:
    try:
        status = path.stat()
    except OSError:
        return NO_FILE
    return status.st_mtime_ns, status.st_size
