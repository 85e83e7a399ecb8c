"""Which images a run learns from and is measured on, with their labels as arrays.

A box without size, with an edge that is no number, wholly outside its image, or of a class that is not among the
run's is left out and counted in a notice: class ids are always below the number of classes.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import format_of
from yolox_core.dataset.names import natural_key
from yolox_core.errors import FileError, UserError
from yolox_core.records import Annotation, Box, Progress
from yolox_core.train.config import TrainConfig

HELD_OUT_SHARE = 0.2
PICTURED = 9
VALIDATION_NAMES = ("val", "valid", "validation", "test")


@dataclass(frozen=True)
class LabelledImage:
    """An image and its boxes float32 [G, 4] xyxy in pixels of the file, with class ids int64 [G].

    `size` is the width and height that the labels are for; 0 where they do not say.
    """

    file: ImageFile
    boxes: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    size: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class TrainingData:
    """What a run needs of a data set; `notices` says in sentences what was left out and why.

    `pictured` are the few validation images whose detections are kept at each evaluation.
    """

    class_names: tuple[str, ...]
    train: tuple[LabelledImage, ...]
    val: tuple[ImageFile, ...]
    notices: tuple[str, ...]
    pictured: tuple[ImageFile, ...] = ()

    def boxes_of_class(self) -> list[int]:
        """Training boxes of each class id."""
        ids = np.concatenate([image.class_ids for image in self.train]) if self.train else np.zeros(0, np.int64)
        return [int(count) for count in np.bincount(ids, minlength=len(self.class_names))]


def read_training_data(folder: DataFolder, config: TrainConfig) -> Iterator[Progress | TrainingData]:
    """Read the labels of the splits that the config names; progress first, the data last.

    Raises UserError when a named split does not exist or is empty, or no labelled image is left to learn from.
    """
    train_files, val_files, notices = choose_images(folder, config)
    faults = list(folder.faults)
    annotations: dict[str, Annotation] = {}
    unreadable: dict[str, str] = {}
    for done, file in enumerate((*train_files, *val_files)):
        if done % 50 == 0:
            yield Progress(done, len(train_files) + len(val_files), "Reading labels")
        try:
            found = format_of(folder).read(folder, file, None)
            annotations[file.name] = found.annotation
            faults += found.faults
        except FileError as error:
            unreadable[file.name] = str(error)
    if faults:
        first = faults[0]
        notices.append(f"{len(faults)} faults in lists or labels. First: {first.where}: {first.what}")
    if unreadable:
        first_fault = next(iter(unreadable.values()))
        notices.append(f"{len(unreadable)} label files cannot be read and are left out. First: {first_fault}")
    class_names = folder.class_names or _class_names(folder, annotations)
    labelled = _decided(train_files, annotations)
    undecided = sum(file.name in annotations for file in train_files) - len(labelled)
    if undecided:
        notices.append(f"{undecided} images without a label file are left out of training.")
    train = tuple(_labelled_image(file, annotations[file.name], class_names) for file in labelled)
    _refuse_nothing(train, class_names, folder)
    notices += _box_notices(labelled, annotations, class_names)
    val = tuple(_decided(val_files, annotations))
    yield TrainingData(class_names, train, val, tuple(notices), pictured_images(val, annotations))


def pictured_images(val: tuple[ImageFile, ...], annotations: dict[str, Annotation]) -> tuple[ImageFile, ...]:
    """One image of each of PICTURED equal parts: the first of those with the most classes."""
    edges = np.linspace(0, len(val), min(PICTURED, len(val)) + 1).astype(int).tolist()
    parts = [val[start:end] for start, end in pairwise(edges)]
    return tuple(
        max(part, key=lambda file: len({b.class_name for b in annotations[file.name].boxes})) for part in parts
    )


def _decided(files: list[ImageFile], annotations: dict[str, Annotation]) -> list[ImageFile]:
    """The files whose labels could be read and say what is in the image, nothing included."""
    return [file for file in files if file.name in annotations and annotations[file.name].is_decided]


def _refuse_nothing(train: tuple[LabelledImage, ...], class_names: tuple[str, ...], folder: DataFolder) -> None:
    if not train or not class_names:
        raise UserError(
            "There is no labelled image to learn from.",
            where=folder.root,
            action="Label some images, or choose another training split.",
        )
    if not any(len(image.boxes) for image in train):
        raise UserError("The training images have no boxes.", where=folder.root, action="Draw boxes in some of them.")


def _box_notices(
    labelled: list[ImageFile], annotations: dict[str, Annotation], class_names: tuple[str, ...]
) -> Iterator[str]:
    """What is left out of the training boxes, and which classes have none."""
    boxes = [(file, box, annotations[file.name]) for file in labelled for box in annotations[file.name].boxes]
    usable = {box.class_name for _, box, annotation in boxes if _is_usable(box, annotation)}
    odd = [file for file, box, annotation in boxes if not _is_usable(box, annotation)]
    if odd:
        yield f"{len(odd)} boxes without size or outside their image are left out. First: {odd[0].label_path}"
    unknown = [(file, box) for file, box, _ in boxes if box.class_name not in class_names]
    if unknown:
        file, box = unknown[0]
        yield f"{len(unknown)} boxes of unknown classes are left out. First: “{box.class_name}” in {file.label_path}"
    missing = [name for name in class_names if name not in usable]
    if missing:
        rest = f" and {len(missing) - 10} more" if len(missing) > 10 else ""
        yield f"No training image has a box of {', '.join(missing[:10])}{rest}: it cannot be learned."


def choose_images(folder: DataFolder, config: TrainConfig) -> tuple[list[ImageFile], list[ImageFile], list[str]]:
    """The images to learn from, those that measure AP, and what there is to say about them. Raises UserError."""
    if not folder.splits:
        return _held_out(folder, config)
    train = list(folder.split_images(config.train_split))
    if not train:
        raise UserError(
            f"The split “{config.train_split}” has no image.",
            where=folder.root,
            action="Put images in it, or choose another training split.",
        )
    val_name = config.val_split or next((name for name in VALIDATION_NAMES if name in folder.splits), "")
    if val_name == config.train_split or not val_name:
        return train, [], ["No validation split: AP is not measured, and the last weights count as the best."]
    val = list(folder.split_images(val_name))
    return train, val, [] if val else [f"The split “{val_name}” has no image: AP is not measured."]


def _held_out(folder: DataFolder, config: TrainConfig) -> tuple[list[ImageFile], list[ImageFile], list[str]]:
    """A folder without splits: every fifth image, drawn by the seed, measures AP."""
    order = np.random.default_rng(config.seed).permutation(len(folder.images))
    held_out = set(order[: int(len(order) * HELD_OUT_SHARE)].tolist())
    train = [image for place, image in enumerate(folder.images) if place not in held_out]
    val = [image for place, image in enumerate(folder.images) if place in held_out]
    return train, val, [f"The folder has no splits: {len(val)} images, drawn by the seed, are held out to measure AP."]


def _class_names(folder: DataFolder, annotations: dict[str, Annotation]) -> tuple[str, ...]:
    """Names that occur, in natural order; where labels hold numbers only, every number up to the largest."""
    found = {box.class_name for annotation in annotations.values() for box in annotation.boxes}
    if folder.numbered_classes and found:
        return tuple(str(number) for number in range(max(int(name) for name in found) + 1))
    return tuple(sorted(found, key=natural_key))


def _labelled_image(file: ImageFile, annotation: Annotation, class_names: tuple[str, ...]) -> LabelledImage:
    ids = {name: number for number, name in enumerate(class_names)}
    known = [box for box in annotation.boxes if box.class_name in ids and _is_usable(box, annotation)]
    return LabelledImage(
        file,
        np.array([(box.x1, box.y1, box.x2, box.y2) for box in known], np.float32).reshape(-1, 4),
        np.array([ids[box.class_name] for box in known], np.int64),
        (annotation.width, annotation.height),
    )


def _is_usable(box: Box, annotation: Annotation) -> bool:
    """Whether a box has a size and lies in its image, partly at least."""
    is_finite = all(math.isfinite(edge) for edge in (box.x1, box.y1, box.x2, box.y2))
    is_inside = box.x2 > 0 and box.y2 > 0 and box.x1 < annotation.width and box.y1 < annotation.height
    return is_finite and box.is_proper and is_inside
