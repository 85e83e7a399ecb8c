"""What an evaluation tells beside its AP: each class, the best score threshold, and what is taken for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.evaluate.truth import Compared
from yolox_core.evaluate.voc_ap import RecallCurve, area_ap, eleven_point_ap, recall_curve
from yolox_core.ops.edges import pairwise_iou

UNSURE = 0.25


@dataclass(frozen=True, slots=True)
class Threshold:
    """A lowest score, and precision, recall and F1 (0..1) of the detections that reach it."""

    score: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, eq=False)
class ClassFigures:
    """One class with a box to be found: COCO AP and AP50, VOC AP at IoU .5 by area and by 11 points, its PR curve."""

    name: str
    boxes: int
    ap: float
    ap50: float
    voc_ap50: float
    voc_ap50_11_point: float
    best: Threshold
    curve: RecallCurve


@dataclass(frozen=True, eq=False)
class Confusion:
    """What is taken for what, by detections of at least `score`: `counts` int64 [C + 1, C + 1].

    Rows are the classes of labels, columns those of detections, in the order of `names`; the last row counts detections
    without a label, the last column labels without a detection. Best score first, each detection takes the free label
    of its own class that it overlaps most, by an IoU above .5; what is left is matched likewise over all classes.
    Difficult labels count nowhere, nor do detections that overlap one by as much.
    """

    counts: NDArray[np.int64]
    names: tuple[str, ...]
    score: float

    def most_frequent(self, count: int) -> tuple[tuple[str, str, int], ...]:
        """Label's class, detection's class and how often, of labels that were taken for another class."""
        wrong = self.counts[:-1, :-1].copy()
        np.fill_diagonal(wrong, 0)
        order = np.argsort(-wrong, axis=None, kind="stable")[:count]
        places = [np.unravel_index(place, wrong.shape) for place in order]
        return tuple(
            (self.names[row], self.names[column], int(wrong[row, column]))
            for row, column in places
            if wrong[row, column]
        )


@dataclass(frozen=True, eq=False)
class Details:
    """All classes pooled (`best`, `curve`), each, and the confusion at the best score (.25 where nothing is right)."""

    classes: tuple[ClassFigures, ...]
    best: Threshold
    curve: RecallCurve
    confusion: Confusion

    @property
    def voc_ap50_11_point(self) -> float:
        """The mean of the classes, 0 without any."""
        return sum(figures.voc_ap50_11_point for figures in self.classes) / max(len(self.classes), 1)


def details_of(
    images: Sequence[Compared],
    class_names: Sequence[str],
    *,
    ap_per_class: Mapping[str, float],
    ap50_per_class: Mapping[str, float],
) -> Details:
    """The details of images already compared, with the COCO figures of their classes by name."""
    class_ids = sorted({int(class_id) for image in images for class_id in image.truth.class_ids})
    classes = []
    for class_id in class_ids:
        curve, name = recall_curve(images, class_id), class_names[class_id]
        if curve.boxes:
            ap, ap50 = ap_per_class.get(name, 0.0), ap50_per_class.get(name, 0.0)
            voc = (area_ap(curve), eleven_point_ap(curve))
            classes.append(ClassFigures(name, curve.boxes, ap, ap50, *voc, best_threshold(curve), curve))
    pooled = recall_curve(images, *range(len(class_names)))
    best = best_threshold(pooled)
    return Details(tuple(classes), best, pooled, confusion(images, class_names, score=best.score or UNSURE))


def best_threshold(curve: RecallCurve) -> Threshold:
    """The score with the highest F1 = 2 P R / (P + R); the highest such score; all 0 where nothing is right."""
    if not curve.boxes or not curve.recall.any():
        return Threshold(0.0, 0.0, 0.0, 0.0)
    is_last = np.append(curve.scores[1:] < curve.scores[:-1], True)  # detections of equal score come in together
    sums = np.maximum(curve.precision + curve.recall, np.finfo(np.float64).tiny)
    f1 = np.where(is_last, 2 * curve.precision * curve.recall / sums, -1)
    place = int(f1.argmax())
    figures = (curve.scores[place], curve.precision[place], curve.recall[place], f1[place])
    return Threshold(*(float(figure) for figure in figures))


def confusion(
    images: Sequence[Compared], class_names: Sequence[str], *, score: float, iou_threshold: float = 0.5
) -> Confusion:
    """The confusion matrix of detections of at least `score`."""
    counts = np.zeros((len(class_names) + 1, len(class_names) + 1), np.int64)
    for image in images:
        _count(image, counts, score, iou_threshold)
    return Confusion(counts, tuple(class_names), score)


def _count(image: Compared, counts: NDArray[np.int64], score: float, iou_threshold: float) -> None:
    truth, found = image.truth, image.detections
    chosen = np.flatnonzero(found.scores >= score)
    detected = found.class_ids[chosen]
    overlaps = pairwise_iou(found.boxes[chosen].astype(np.float64), truth.boxes)
    is_near = overlaps > iou_threshold
    taker = np.full(len(truth.class_ids), -1)
    for is_own_class in (True, False):
        for row, class_id in enumerate(detected):
            if row in taker:
                continue
            fits = is_near[row] & (taker < 0) & ~truth.is_difficult
            if is_own_class:
                fits &= truth.class_ids == class_id
            if fits.any():
                taker[np.where(fits, overlaps[row], -1).argmax()] = row
    nothing = len(counts) - 1
    for label, row in enumerate(taker):
        if not truth.is_difficult[label]:
            counts[truth.class_ids[label], detected[row] if row >= 0 else nothing] += 1
    for row, class_id in enumerate(detected):
        if row not in taker and not (is_near[row] & truth.is_difficult).any():
            counts[nothing, class_id] += 1
