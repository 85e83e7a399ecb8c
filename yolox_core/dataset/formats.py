"""The table of label formats. A new format is one file, one row here, and the shared tests."""

from collections.abc import Callable
from dataclasses import dataclass

from yolox_core.dataset import yolo
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.voc import VocFile, read_content
from yolox_core.dataset.voc_quick import quick_annotation
from yolox_core.records import Annotation, Fault


@dataclass(frozen=True, slots=True)
class FoundLabels:
    """The labels of one image, and what is wrong with a file that can be read all the same."""

    annotation: Annotation
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """One label format: the name that `DataFolder.format_name` holds, its title, file suffix and reader.

    The reader takes the width and height of the image where they are known.
    """

    name: str
    title: str
    suffix: str
    read: Callable[[DataFolder, ImageFile, tuple[int, int] | None], FoundLabels]


def _read_voc(folder: DataFolder, image: ImageFile, size: tuple[int, int] | None) -> FoundLabels:
    content = read_content(image.label_path)
    annotation = quick_annotation(content, size=size, convention=folder.convention) if content else None
    if annotation is not None:
        return FoundLabels(annotation)
    file = VocFile.parse(content, image, size=size, convention=folder.convention)
    return FoundLabels(file.annotation, file.faults)


def _read_yolo(folder: DataFolder, image: ImageFile, size: tuple[int, int] | None) -> FoundLabels:
    return FoundLabels(yolo.read_annotation(folder, image, size=size))


FORMATS = (
    Format("voc", "Pascal VOC XML", ".xml", _read_voc),
    Format("yolo", "YOLO text", ".txt", _read_yolo),
)


def format_of(folder: DataFolder) -> Format:
    """The format in which this folder holds its labels."""
    return next(row for row in FORMATS if row.name == folder.format_name)


def read_annotation(folder: DataFolder, image: ImageFile) -> Annotation:
    """The labels of one image, boxes with keys 1..n in file order; undecided where there is no label file.

    Raises FileError, with the line, where the label file cannot be read or does not parse.
    """
    return format_of(folder).read(folder, image, None).annotation
