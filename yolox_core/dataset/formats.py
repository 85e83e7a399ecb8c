"""The table of label formats. A new format is one file, one row here, and the shared tests."""

from collections.abc import Callable
from dataclasses import dataclass

from yolox_core.dataset import voc, yolo
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.records import Annotation


@dataclass(frozen=True, slots=True)
class Format:
    """One label format: the name that `DataFolder.format_name` holds, its title, file suffix and reader."""

    name: str
    title: str
    suffix: str
    read: Callable[[DataFolder, ImageFile], Annotation]


FORMATS = (
    Format("voc", "Pascal VOC XML", ".xml", lambda _, image: voc.read_annotation(image)),
    Format("yolo", "YOLO text", ".txt", yolo.read_annotation),
)


def format_of(folder: DataFolder) -> Format:
    """The format in which this folder holds its labels."""
    return next(row for row in FORMATS if row.name == folder.format_name)


def read_annotation(folder: DataFolder, image: ImageFile) -> Annotation:
    """The labels of one image, boxes with keys 1..n in file order; undecided where there is no label file.

    Raises FileError, with the line, where the label file cannot be read or does not parse.
    """
    return format_of(folder).read(folder, image)
