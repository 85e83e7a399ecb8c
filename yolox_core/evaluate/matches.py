"""Which detection takes which label on an image, and so what is right, missed, extra or taken for another class."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolox_core.evaluate.truth import Compared
from yolox_core.ops.edges import pairwise_iou

NONE, IGNORED = -1, -2


@dataclass(frozen=True, slots=True)
class Mark:
    """A label or a detection: class id, edges in pixels of the image, score (1 for labels).

    `partner` is the class id at its other side: of the detection that takes a label, of the label that a detection
    takes; NONE where there is none, IGNORED for what counts nowhere.
    """

    class_id: int
    x1: float
    y1: float
    x2: float
    y2: float
    score: float
    partner: int

    @property
    def is_right(self) -> bool:
        """Whether label and detection agree on the class."""
        return self.partner == self.class_id

    @property
    def is_wrong(self) -> bool:
        """Whether this is a mistake: nothing at the other side, or another class."""
        return self.partner not in (self.class_id, IGNORED)


@dataclass(frozen=True, slots=True)
class ImageMatches:
    """An image with its labels, and its detections of at least the score that they were matched at."""

    path: Path
    labels: tuple[Mark, ...]
    found: tuple[Mark, ...]

    @property
    def missed(self) -> int:
        """Labels without a detection."""
        return sum(mark.partner == NONE for mark in self.labels)

    @property
    def extra(self) -> int:
        """Detections without a label."""
        return sum(mark.partner == NONE for mark in self.found)

    @property
    def confused(self) -> int:
        """Labels that were taken for another class."""
        return sum(mark.partner >= 0 and not mark.is_right for mark in self.labels)

    @property
    def mistakes(self) -> int:
        """All of these."""
        return self.missed + self.extra + self.confused

    def cells(self, nothing: int) -> Iterator[tuple[int, int]]:
        """Row (label's class) and column (detection's class) of the confusion matrix, `nothing` for neither."""
        for label in self.labels:
            if label.partner != IGNORED:
                yield label.class_id, label.partner if label.partner >= 0 else nothing
        for mark in self.found:
            if mark.partner == NONE:
                yield nothing, mark.class_id


def matches_of(image: Compared, *, score: float, iou_threshold: float = 0.5) -> ImageMatches:
    """The labels of an image with its detections of at least `score`.

    Best score first, each detection takes the free label of its own class that it overlaps most, by an IoU above the
    threshold; what is left is matched likewise over all classes. Difficult labels count nowhere, nor do detections
    that overlap one by as much.
    """
    truth, found = image.truth, image.detections
    chosen = np.flatnonzero(found.scores >= score)
    detected = found.class_ids[chosen]
    overlaps = pairwise_iou(found.boxes[chosen].astype(np.float64), truth.boxes)
    is_near = overlaps > iou_threshold
    taker = _takers(detected, truth.class_ids, np.where(is_near & ~truth.is_difficult, overlaps, 0.0))
    on_difficult = (is_near & truth.is_difficult).any(axis=1)
    of_labels = np.where(truth.is_difficult, IGNORED, NONE)
    of_labels[taker >= 0] = detected[taker[taker >= 0]]
    of_found = np.where(on_difficult, IGNORED, NONE)
    of_found[taker[taker >= 0]] = truth.class_ids[taker >= 0]
    return ImageMatches(
        image.path,
        _marks(truth.class_ids, truth.boxes, np.ones(len(truth.boxes)), of_labels),
        _marks(detected, found.boxes[chosen], found.scores[chosen], of_found),
    )


def _takers(
    detected: NDArray[np.int64], labelled: NDArray[np.int64], overlaps: NDArray[np.float64]
) -> NDArray[np.int64]:
    """The detection that takes each label, NONE for none; overlaps [detections, labels] of 0 never match."""
    taker = np.full(len(labelled), NONE)
    for is_own_class in (True, False):
        for row, class_id in enumerate(detected):
            if row in taker:
                continue
            free = np.where(taker < 0, overlaps[row], 0.0)
            if is_own_class:
                free = np.where(labelled == class_id, free, 0.0)
            if free.any():
                taker[free.argmax()] = row
    return taker


def _marks(
    class_ids: NDArray[np.int64],
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    partners: NDArray[np.int64],
) -> tuple[Mark, ...]:
    rows = zip(class_ids.tolist(), boxes.tolist(), scores.tolist(), partners.tolist(), strict=True)
    return tuple(Mark(class_id, x1, y1, x2, y2, score, partner) for class_id, (x1, y1, x2, y2), score, partner in rows)
