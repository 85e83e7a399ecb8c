"""Known errors put into labels: what self-calibration learns from, and what benchmarks look for.

Letters: `G` labels of one image. Boxes are float64 xyxy pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import repeat

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.records import FindingKind

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FREE_IOU = 0.1  # a spurious box overlaps no label more than this
TRIES = 30


class Error(IntEnum):
    """What was done to a label; MISSING ones are gone and stand in `Planted.dropped`."""

    NONE = 0
    POOR = 1
    WRONG_CLASS = 2
    SPURIOUS = 3
    DUPLICATE = 4


KINDS = {
    Error.POOR: FindingKind.POOR,
    Error.WRONG_CLASS: FindingKind.WRONG_CLASS,
    Error.SPURIOUS: FindingKind.SPURIOUS,
    Error.DUPLICATE: FindingKind.DUPLICATE,
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of labels that get each error, at most one each; the IoU that poor boxes and copies keep.

    `unlabelled` is the share of images that lose all labels, or all those of one class.
    """

    drop: float = 0.1
    poor: float = 0.1
    swap: float = 0.05
    spurious: float = 0.05
    duplicate: float = 0.02
    poor_iou: tuple[float, float] = (0.4, 0.75)
    duplicate_iou: tuple[float, float] = (0.65, 0.95)
    unlabelled: float = 0.0

    def scaled(self, share: float) -> "Rates":
        """The same mixture at another error rate."""
        drop, poor, swap = self.drop * share, self.poor * share, self.swap * share
        return replace(
            self, drop=drop, poor=poor, swap=swap, spurious=self.spurious * share, duplicate=self.duplicate * share
        )


@dataclass(frozen=True, eq=False)
class Labels:
    """The labels of one image of `width` x `height` px: boxes [G, 4] and class ids [G]."""

    width: int
    height: int
    boxes: Floats
    class_ids: Ints

    def __len__(self) -> int:
        return len(self.class_ids)

    def take(self, places: Ints) -> "Labels":
        """Some of the labels."""
        return Labels(self.width, self.height, self.boxes[places], self.class_ids[places])


@dataclass(frozen=True, eq=False)
class Planted:
    """Labels with known errors: `errors` int64 [G] of Error, `origins` int64 [G] places in the labels before or -1.

    `dropped` are the places before of the labels that are gone.
    """

    labels: Labels
    errors: Ints
    origins: Ints
    dropped: Ints


def plant(
    images: Sequence[Labels], rates: Rates, rng: np.random.Generator, *, draws_apart: bool = False
) -> list[Planted]:
    """A copy of each image's labels with errors drawn at these rates; classes are swapped among those that occur.

    With `draws_apart` each image has draws of its own: other labels in one change little in the others.
    """
    class_ids = np.concatenate([labels.class_ids for labels in images]) if images else np.zeros(0, np.int64)
    classes = np.unique(class_ids)
    sides = _relative_sides(images)
    rngs = rng.spawn(len(images)) if draws_apart else repeat(rng, len(images))
    return [_planted(labels, rates, classes, class_ids, sides, own) for labels, own in zip(images, rngs, strict=True)]


def _relative_sides(images: Sequence[Labels]) -> Floats:
    """Width and height of every label as shares of its image [N, 2], in the order of the labels."""
    parts = [
        (labels.boxes[:, 2:] - labels.boxes[:, :2]) / (labels.width, labels.height) for labels in images if len(labels)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def _planted(
    labels: Labels, rates: Rates, classes: Ints, class_ids: Ints, sides: Floats, rng: np.random.Generator
) -> Planted:
    edges = np.cumsum((rates.drop, rates.poor, rates.swap if len(classes) > 1 else 0.0, rates.duplicate))
    drawn = np.searchsorted(edges, rng.random(len(labels)), side="right")  # 0 drop, 1 poor, 2 swap, 3 copy, 4 nothing
    if len(labels) and rng.random() < rates.unlabelled:
        is_whole_image = rng.random() < 0.5
        drawn[is_whole_image | (labels.class_ids == rng.choice(labels.class_ids))] = 0
    boxes, ids = labels.boxes.copy(), labels.class_ids.copy()
    errors = np.zeros(len(labels), np.int64)
    for place in np.flatnonzero(drawn == 1):
        moved = jittered(boxes[place], rates.poor_iou, labels, rng)
        if moved is not None:
            boxes[place], errors[place] = moved, Error.POOR
    for place in np.flatnonzero(drawn == 2):
        ids[place], errors[place] = rng.choice(classes[classes != ids[place]]), Error.WRONG_CLASS
    stays = np.flatnonzero(drawn != 0)
    added = [*_copies(labels, np.flatnonzero(drawn == 3), rates, rng)]
    added += _strangers(labels, rng.binomial(len(labels), rates.spurious), class_ids, sides, rng)
    extra = np.array([box for box, *_ in added]).reshape(-1, 4)
    extra_ids, extra_errors, extra_origins = (np.array([row[n] for row in added], np.int64) for n in (1, 2, 3))
    planted = Labels(
        labels.width, labels.height, np.concatenate((boxes[stays], extra)), np.concatenate((ids[stays], extra_ids))
    )
    return Planted(
        planted,
        np.concatenate((errors[stays], extra_errors)),
        np.concatenate((stays, extra_origins)),
        np.flatnonzero(drawn == 0),
    )


Added = tuple[Floats, int, int, int]  # box, class id, error, origin


def _copies(labels: Labels, places: Ints, rates: Rates, rng: np.random.Generator) -> list[Added]:
    moved = ((place, jittered(labels.boxes[place], rates.duplicate_iou, labels, rng)) for place in places.tolist())
    return [(box, int(labels.class_ids[n]), int(Error.DUPLICATE), n) for n, box in moved if box is not None]


def _strangers(labels: Labels, count: int, class_ids: Ints, sides: Floats, rng: np.random.Generator) -> list[Added]:
    """Boxes of the size and class of some label of the data set where this image has none."""
    frame = np.array((labels.width, labels.height))
    found: list[Added] = []
    for _ in range(count * TRIES):
        model = int(rng.integers(len(sides)))
        side = np.minimum(sides[model] * frame, frame)
        corner = rng.random(2) * (frame - side)
        box = np.concatenate((corner, corner + side))
        others = np.concatenate((labels.boxes, *(np.array(row[0])[None] for row in found)))
        if (side >= 2).all() and not (pairwise_iou(box[None], others) > FREE_IOU).any():
            found.append((box, int(class_ids[model]), int(Error.SPURIOUS), -1))
        if len(found) == count:
            break
    return found


def jittered(box: Floats, iou: tuple[float, float], labels: Labels, rng: np.random.Generator) -> Floats | None:
    """The box [4] with its edges moved so that it keeps an IoU in this range; None where that cannot be."""
    if not (box[2:] - box[:2] >= 2).all():
        return None
    frame = np.array((labels.width, labels.height) * 2, float)
    for _ in range(TRIES):
        wanted = rng.uniform(*iou)
        direction = rng.normal(size=4) * np.tile(box[2:] - box[:2], 2)
        low, high = 0.0, 2.0
        for _ in range(12):  # IoU falls with the length of the move
            middle = (low + high) / 2
            overlap = pairwise_iou(box[None], np.clip(box + middle * direction, 0, frame)[None])[0, 0]
            low, high = (middle, high) if overlap > wanted else (low, middle)
        moved: Floats = np.clip(box + low * direction, 0, frame)
        overlap = pairwise_iou(box[None], moved[None])[0, 0]
        if (moved[2:] - moved[:2] >= 2).all() and iou[0] - 0.02 <= overlap <= iou[1] + 0.02:
            return moved
    return None
