"""A folder of images and labels, listed without opening a single file of either."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from yolox_core.records import Fault, Progress


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One image of a data set: its path and where its labels are or would be written. `name` is unique in the folder."""

    name: str
    path: Path
    label_path: Path


@dataclass(frozen=True)
class DataFolder:
    """A data set on disk: images in natural order of their names, splits as names of images, the label format.

    `class_names` is known after `scan_folder`, or at once where the format lists them. `faults` holds what the listing
    already found wrong (an image named in a split that is not there, for one).
    """

    root: Path
    format_name: str
    images: tuple[ImageFile, ...]
    splits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()

    def image(self, name: str) -> ImageFile | None:
        """The image with this name, if it is there."""
        raise NotImplementedError

    def split_images(self, split: str) -> tuple[ImageFile, ...]:
        """The images of a split; UserError naming the splits there are when it does not exist."""
        raise NotImplementedError


@dataclass(frozen=True)
class FolderSummary:
    """What a full read of a folder found: counts per class and split, label states, and every fault."""

    class_names: tuple[str, ...]
    boxes_per_class: dict[str, int]
    images_per_class: dict[str, int]
    images_per_state: dict[str, int]
    images_per_split: dict[str, int]
    boxes: int
    faults: tuple[Fault, ...]


def open_folder(root: Path) -> DataFolder:
    """List a data set in any supported layout. Raises FileError when there is no folder or no image in it."""
    raise NotImplementedError


def scan_folder(folder: DataFolder) -> Iterator[Progress | FolderSummary]:
    """Read every label file and every image header; progress first, the summary last. Changes no file."""
    raise NotImplementedError
