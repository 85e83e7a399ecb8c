"""Which images a run learns from and is measured on, with their labels as arrays."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.names import natural_key
from yolox_core.errors import FileError, UserError
from yolox_core.records import Annotation, Progress
from yolox_core.train.config import TrainConfig

HELD_OUT_SHARE = 0.2
VALIDATION_NAMES = ("val", "valid", "validation", "test")


@dataclass(frozen=True)
class LabelledImage:
    """An image and its boxes float32 [G, 4] xyxy in pixels of the file, with class ids int64 [G]."""

    file: ImageFile
    boxes: NDArray[np.float32]
    class_ids: NDArray[np.int64]


@dataclass(frozen=True)
class TrainingData:
    """What a run needs of a data set; `notices` says in sentences what was left out and why."""

    class_names: tuple[str, ...]
    train: tuple[LabelledImage, ...]
    val: tuple[ImageFile, ...]
    notices: tuple[str, ...]


def read_training_data(folder: DataFolder, config: TrainConfig) -> Iterator[Progress | TrainingData]:
    """Read the labels of the splits that the config names; progress first, the data last.

    Raises UserError when a named split does not exist or no labelled image is left to learn from.
    """
    train_files, val_files, notices = _choose(folder, config)
    annotations: dict[str, Annotation] = {}
    unreadable: list[str] = []
    for done, file in enumerate((*train_files, *val_files)):
        if done % 50 == 0:
            yield Progress(done, len(train_files) + len(val_files), "Reading labels")
        try:
            annotations[file.name] = read_annotation(folder, file)
        except FileError as error:
            unreadable.append(str(error))
    if unreadable:
        notices.append(f"{len(unreadable)} label files cannot be read and are left out. First: {unreadable[0]}")
    class_names = folder.class_names or _class_names(folder, annotations)
    labelled = [file for file in train_files if file.name in annotations and annotations[file.name].is_decided]
    skipped = len(train_files) - len(labelled) - len(unreadable)
    if skipped > 0:
        notices.append(f"{skipped} images without a label file are left out of training.")
    if not labelled or not class_names:
        raise UserError(
            "There is no labelled image to learn from.",
            where=folder.root,
            action="Label some images, or choose another training split.",
        )
    train = tuple(_labelled_image(file, annotations[file.name], class_names) for file in labelled)
    if not any(len(image.boxes) for image in train):
        raise UserError("The training images have no boxes.", where=folder.root, action="Draw boxes in some of them.")
    val = tuple(file for file in val_files if file.name in annotations and annotations[file.name].is_decided)
    yield TrainingData(class_names, train, val, tuple(notices))


def _choose(folder: DataFolder, config: TrainConfig) -> tuple[list[ImageFile], list[ImageFile], list[str]]:
    if not folder.splits:
        return _held_out(folder, config)
    train = list(folder.split_images(config.train_split))
    val_name = config.val_split or next((name for name in VALIDATION_NAMES if name in folder.splits), "")
    if val_name == config.train_split or not val_name:
        return train, [], ["No validation split: AP is not measured, and the last weights count as the best."]
    return train, list(folder.split_images(val_name)), []


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
    known = [box for box in annotation.boxes if box.class_name in class_names and box.is_proper]
    return LabelledImage(
        file,
        np.array([(box.x1, box.y1, box.x2, box.y2) for box in known], np.float32).reshape(-1, 4),
        np.array([class_names.index(box.class_name) for box in known], np.int64),
    )
