"""A folder of images and labels, listed without opening an image; a sample of label files shows how pixels count."""

import gc
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from yolox_core.dataset.convention import VOC, Convention, chosen_convention, find_evidence
from yolox_core.dataset.layout import Layout, Places, find_layout
from yolox_core.dataset.names import natural_key
from yolox_core.dataset.splits import Splits, read_splits
from yolox_core.dataset.yolo_names import read_class_names
from yolox_core.errors import FileError, UserError
from yolox_core.records import Fault


@dataclass(frozen=True, slots=True)
class ImageFile:
    """One image of a data set: its file, and where its labels are or would be. `name` is unique in the folder.

    Paths are made when they are asked for: made beforehand they would take half the time of listing a large folder.
    """

    name: str
    folder: Path
    file_name: str
    label_folder: Path
    label_name: str

    @classmethod
    def at(cls, name: str, path: Path, label_path: Path) -> "ImageFile":
        """The image at these paths."""
        return cls(name, path.parent, path.name, label_path.parent, label_path.name)

    @property
    def path(self) -> Path:
        """The image file."""
        return self.folder / self.file_name

    @property
    def label_path(self) -> Path:
        """The label file, there or not."""
        return self.label_folder / self.label_name


@dataclass(frozen=True)
class DataFolder:
    """A data set on disk: images in natural order of their names, splits as names of images, the label format.

    `class_names` is known after `scan_folder`, or at once where the format lists them; `numbered_classes` says that
    labels hold numbers for which no names are known. `faults` holds what the listing already found wrong (an image
    named in a split that is not there, for one). `convention` is how VOC label files count pixels.
    """

    root: Path
    format_name: str
    images: tuple[ImageFile, ...]
    splits: dict[str, tuple[str, ...]] = field(default_factory=dict)
    class_names: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()
    numbered_classes: bool = False
    convention: Convention = VOC

    @cached_property
    def _places(self) -> dict[str, int]:
        return {image.name: place for place, image in enumerate(self.images)}

    def place_of(self, name: str) -> int | None:
        """The number of an image in `images`, if it is there."""
        return self._places.get(name)

    def image(self, name: str) -> ImageFile | None:
        """The image with this name, if it is there."""
        place = self._places.get(name)
        return None if place is None else self.images[place]

    @cached_property
    def _places_of_files(self) -> dict[str, int]:
        return {image.file_name: place for place, image in enumerate(self.images)}

    def place_at(self, path: Path) -> int | None:
        """The number in `images` of the image with this path, if it is there."""
        place = self._places_of_files.get(path.name)
        if place is None or self.images[place].folder == path.parent:
            return place
        others = (place for place, image in enumerate(self.images) if image.file_name == path.name)
        return next((place for place in others if self.images[place].folder == path.parent), None)

    @cached_property
    def listing_digest(self) -> str:
        """The same for folders with the same names and splits, which is what an index numbers."""
        digest = blake2b("\n".join(image.name for image in self.images).encode("utf-8", "surrogateescape"))
        for split, names in self.splits.items():
            digest.update("\n".join(("", split, *names)).encode("utf-8", "surrogateescape"))
        return digest.hexdigest()

    def split_images(self, split: str) -> tuple[ImageFile, ...]:
        """The images of a split; UserError naming the splits there are when it does not exist."""
        if split not in self.splits:
            there = f"It has {', '.join(sorted(self.splits))}." if self.splits else "It has no splits."
            raise UserError(
                f"The folder has no split “{split}”. {there}", where=self.root, action="Choose one that is there."
            )
        return tuple(self.images[self._places[name]] for name in self.splits[split])


class _Listed(NamedTuple):
    """An image before its paths are made, which costs most of the time in large folders."""

    place: Places
    stem: str
    file_name: str
    name: str


def open_folder(root: Path) -> DataFolder:
    """List a data set in any supported layout. Raises FileError when there is no folder or no image in it.

    Supported: Pascal VOC (`JPEGImages`, `Annotations`, `ImageSets/Main`, also inside `VOCdevkit`), images and XML side
    by side, YOLO text, each also in folders named after splits; and images without any label.
    """
    if not root.is_dir():
        raise FileError("There is no such folder.", where=root, action="Check the path, or choose another folder.")
    with collector_paused():
        return _open(root)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Make many lasting records without Python searching them for cycles: half the time for 50,000 images."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _open(root: Path) -> DataFolder:
    layout = find_layout(root)
    listed, faults = _listed(layout)
    if not listed:
        raise FileError(
            "There is no image in this folder.",
            where=root,
            action="Choose a folder with JPEG, PNG or BMP images, or a Pascal VOC or YOLO data set.",
        )
    splits = _splits(layout, listed)
    suffix = ".txt" if layout.format_name == "yolo" else ".xml"
    class_names = read_class_names(root, layout.label_folders) if layout.format_name == "yolo" else ()
    images = tuple(
        ImageFile(name, place.images, file, place.labels, stem + suffix) for place, stem, file, name in listed
    )
    return DataFolder(
        root,
        layout.format_name,
        images,
        splits.names,
        class_names,
        (*layout.faults, *faults, *splits.faults),
        numbered_classes=layout.format_name == "yolo" and not class_names,
        convention=_convention(root, images) if layout.format_name == "voc" else VOC,
    )


def _convention(root: Path, images: Sequence[ImageFile]) -> Convention:
    return chosen_convention(root) or find_evidence(images).convention


def _listed(layout: Layout) -> tuple[list[_Listed], list[Fault]]:
    """All images with names of their own: the stem, or the path below the root where a stem occurs in two folders."""
    listed: list[_Listed] = []
    faults: list[Fault] = []
    repeated = _repeated(layout.places)
    for place in layout.places:
        seen: dict[str, str] = {}
        for file_name in place.file_names:
            stem = file_name.rpartition(".")[0]
            if stem in seen:
                text = f"Shares its label file with {seen[stem]} and is left out."
                faults.append(Fault(text, str(place.images / file_name), "Rename one of the two."))
                continue
            seen[stem] = file_name
            name = (place.images.relative_to(layout.root) / stem).as_posix() if stem in repeated else stem
            listed.append(_Listed(place, stem, file_name, name))
    listed.sort(key=lambda image: natural_key(image.name))
    return listed, faults


def _repeated(places: tuple[Places, ...]) -> frozenset[str]:
    """Stems that occur in more than one folder."""
    if len(places) == 1:
        return frozenset()
    times = Counter(stem for place in places for stem in place.stems)
    return frozenset(stem for stem, count in times.items() if count > 1)


def _splits(layout: Layout, listed: list[_Listed]) -> Splits:
    """Splits from lists; without any, from folders named after them."""
    names: dict[str, list[str]] = {}
    for image in listed if layout.split_files else ():
        names.setdefault(image.stem, []).append(image.name)
    from_lists = read_splits(layout.root, layout.split_files, names)
    if from_lists.names:
        return from_lists
    by_folder: dict[str, list[str]] = {}
    for image in listed:
        if image.place.split:
            by_folder.setdefault(image.place.split, []).append(image.name)
    return Splits({split: tuple(of_split) for split, of_split in by_folder.items()}, from_lists.faults)
