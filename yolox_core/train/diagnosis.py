"""Why an evaluation found nothing, told from the labels, the detections and the course of the losses. No torch here."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.formats import read_annotation
from yolox_core.errors import FileError
from yolox_core.evaluate.truth import Compared
from yolox_core.images import read_size
from yolox_core.ops.edges import pairwise_iou
from yolox_core.train.samples import TrainingData

LOOKED_AT = 20  # validation images whose size is compared with that in their labels
MATCH_IOU = 0.5
FALLEN = 0.8  # of the first epoch's loss: above this, hardly anything was learned


@dataclass(frozen=True, slots=True)
class Learning:
    """How far a run is: steps done, steps until the learning rate is full, mean losses of the first and last epoch."""

    steps: int
    warmup_steps: int
    first_loss: float
    latest_loss: float


def why_nothing_was_found(
    compared: Sequence[Compared], data: TrainingData, folder: DataFolder, learning: Learning
) -> str:
    """The likeliest reason for an AP50 of 0, in a sentence or two."""
    return _of_labels(compared, data) or _of_sizes(data, folder) or _of_detections(compared, data, learning)


def _of_labels(compared: Sequence[Compared], data: TrainingData) -> str:
    wanted = Counter(int(number) for image in compared for number in image.truth.class_ids)
    if not wanted:
        return f"The {len(compared)} images to measure on have no boxes, so AP cannot rise above 0."
    learned = {int(number) for image in data.train for number in image.class_ids}
    if learned.isdisjoint(wanted):
        return (
            f"The images to measure on show only {_names(wanted, data)}; the training images show only "
            f"{_names(learned, data)}."
        )
    return ""


def _of_sizes(data: TrainingData, folder: DataFolder) -> str:
    """Where labels were made for images of another size."""
    looked_at = data.val[:: max(1, len(data.val) // LOOKED_AT)][:LOOKED_AT]
    wrong = []
    for image in looked_at:
        try:
            annotation, size = read_annotation(folder, image), read_size(image.path)
        except FileError:
            continue
        if annotation.width and sorted(size) != sorted((annotation.width, annotation.height)):
            wrong.append((image, annotation, size))
    if len(wrong) * 2 <= len(looked_at):
        return ""
    image, annotation, size = wrong[0]
    return (
        f"The labels are for images of another size: those of {image.name} say {annotation.width} × "
        f"{annotation.height} pixels, the image has {size[0]} × {size[1]}."
    )


def _of_detections(compared: Sequence[Compared], data: TrainingData, learning: Learning) -> str:
    if not any(len(image.detections) for image in compared):
        return f"The network is not sure of anything yet. {_course(learning)}"
    confusions = Counter(pair for image in compared for pair in _confusions(image))
    if confusions:
        (wanted, found), count = confusions.most_common(1)[0]
        names = data.class_names
        return (
            f"Boxes are found, but under other class names: “{names[wanted]}” as “{names[found]}” {count} times. "
            f"{_course(learning)}"
        )
    return f"No detection fits a labelled box yet. {_course(learning)}"


def _confusions(image: Compared) -> list[tuple[int, int]]:
    """Labelled and detected class of each labelled box that a detection fits."""
    truth, found = image.truth, image.detections
    if not len(truth.boxes) or not len(found):
        return []
    iou = pairwise_iou(truth.boxes, found.boxes.astype(np.float64))
    best = iou.argmax(axis=1)
    fits = iou[np.arange(len(best)), best] >= MATCH_IOU
    return [(int(truth.class_ids[box]), int(found.class_ids[best[box]])) for box in np.flatnonzero(fits)]


def _course(learning: Learning) -> str:
    """What the course of the run says about it."""
    if learning.steps <= learning.warmup_steps:
        return f"The learning rate still rises, until step {learning.warmup_steps}; this is usual so early."
    if learning.first_loss and learning.latest_loss > FALLEN * learning.first_loss:
        return (
            f"The loss has hardly fallen (from {learning.first_loss:.1f} in the first epoch to "
            f"{learning.latest_loss:.1f}): try published start weights or another learning rate."
        )
    return f"The loss falls (from {learning.first_loss:.1f} to {learning.latest_loss:.1f}): more epochs should help."


def _names(class_ids: Sequence[int] | set[int] | Counter[int], data: TrainingData) -> str:
    return ", ".join(f"“{data.class_names[number]}”" for number in sorted(class_ids)[:10])
