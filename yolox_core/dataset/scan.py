"""A full look through a data set: counts per class, state and split, and everything that is wrong with its files."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from yolox_core.dataset.box_faults import box_faults
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import format_of
from yolox_core.dataset.names import natural_key
from yolox_core.errors import FileError
from yolox_core.images import check_image
from yolox_core.records import Annotation, Fault, ImageState, Progress

BATCH = 64
WORKERS = 2  # one reads while the other parses; more of them only make the window wait for Python's lock


@dataclass(frozen=True)
class FolderSummary:
    """What a full read of a folder found: counts per class and split, label states, and every fault.

    `images_per_state` has every `ImageState.value`, in their order; images whose labels cannot be read are in none.
    """

    class_names: tuple[str, ...]
    boxes_per_class: dict[str, int]
    images_per_class: dict[str, int]
    images_per_state: dict[str, int]
    images_per_split: dict[str, int]
    boxes: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Look:
    annotation: Annotation | None
    faults: tuple[Fault, ...]


@dataclass
class _Tally:
    """Counts so far. Annotations are not kept: hundreds of thousands of boxes make Python's collector pause."""

    boxes: Counter[str] = field(default_factory=Counter)
    images: Counter[str] = field(default_factory=Counter)
    states: Counter[ImageState] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)

    def add(self, look: _Look) -> None:
        self.faults += look.faults
        if look.annotation is not None:
            names = [box.class_name for box in look.annotation.boxes]
            self.boxes.update(names)
            self.images.update(set(names))
            self.states[look.annotation.state] += 1


def scan_folder(folder: DataFolder) -> Iterator[Progress | FolderSummary]:
    """Read every label file and every image header; progress first, the summary last. Changes no file."""
    tally = _Tally()
    total = len(folder.images)
    with ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, total, BATCH):
            yield Progress(start, total, "Reading labels and image headers")
            for look in pool.map(lambda image: _look(folder, image), folder.images[start : start + BATCH]):
                tally.add(look)
    yield Progress(total, total, "Reading labels and image headers")
    yield _summary(folder, tally)


def _look(folder: DataFolder, image: ImageFile) -> _Look:
    faults: list[Fault] = []
    size: tuple[int, int] | None = None
    try:
        size = check_image(image.path)
    except FileError as error:
        faults.append(Fault(error.what, error.where, error.action))
    try:
        found = format_of(folder).read(folder, image, size)
    except FileError as error:
        if error.where != str(image.path):  # an image without a readable size is listed already
            faults.append(Fault(error.what, error.where, error.action))
        return _Look(None, tuple(faults))
    faults += found.faults
    faults += box_faults(image, found.annotation)
    return _Look(found.annotation, tuple(faults))


def _summary(folder: DataFolder, tally: _Tally) -> FolderSummary:
    class_names = folder.class_names or tuple(sorted(tally.boxes, key=natural_key))
    faults = (*folder.faults, *_empty_splits(folder), *tally.faults, *_labels_without_image(folder))
    return FolderSummary(
        class_names,
        {name: tally.boxes[name] for name in class_names},
        {name: tally.images[name] for name in class_names},
        {state.value: tally.states[state] for state in ImageState},
        {split: len(names) for split, names in folder.splits.items()},
        tally.boxes.total(),
        faults,
    )


def _empty_splits(folder: DataFolder) -> Iterator[Fault]:
    for split, names in folder.splits.items():
        if not names:
            text = f"Split “{split}” has no image."
            yield Fault(text, str(folder.root), "Put images in it, or remove its list.")


def _labels_without_image(folder: DataFolder) -> Iterator[Fault]:
    suffix = format_of(folder).suffix
    known = {image.label_path for image in folder.images}
    for labels in dict.fromkeys(image.label_path.parent for image in folder.images):
        for path in sorted(labels.glob(f"*{suffix}")) if labels.is_dir() else ():
            if path not in known and not _is_list(path):
                yield Fault("There is no image for these labels.", str(path), "Put the image back, or remove the file.")


def _is_list(path: Path) -> bool:
    """Whether a text file among labels lists class names or images."""
    return path.suffix == ".txt" and path.stem.lower() in (
        "classes", "predefined_classes", "train", "val", "valid", "test", "readme", "notes"
    )  # fmt: skip
