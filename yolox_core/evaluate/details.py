"""What an evaluation tells beside its AP: each class, the best score threshold, and what is taken for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from yolox_core.evaluate.matches import ImageMatches, matches_of
from yolox_core.evaluate.truth import Compared
from yolox_core.evaluate.voc_ap import RecallCurve, area_ap, eleven_point_ap, recall_curve

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
    """One class with a box to be found: COCO AP and AP50, VOC AP at IoU .5 by area and by 11 points, its PR curve.

    `ap_by_size` is the AP of small, medium and large boxes, -1 where there are none.
    """

    name: str
    boxes: int
    ap: float
    ap50: float
    voc_ap50: float
    voc_ap50_11_point: float
    best: Threshold
    curve: RecallCurve
    ap_by_size: tuple[float, float, float] = (-1.0, -1.0, -1.0)


@dataclass(frozen=True, eq=False)
class Confusion:
    """What is taken for what, by detections of at least `score`: `counts` int64 [C + 1, C + 1].

    Rows are the classes of labels, columns those of detections, in the order of `names`; the last row counts detections
    without a label, the last column labels without a detection, as `matches_of` finds them. `images` has the places of
    the images that are counted in a cell, for cells above 0.
    """

    counts: NDArray[np.int64]
    names: tuple[str, ...]
    score: float
    images: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

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
    """All classes pooled (`best`, `curve`), each, and the confusion at the best score (.25 where nothing is right).

    `images` are what was evaluated, with right and wrong at that score.
    """

    classes: tuple[ClassFigures, ...]
    best: Threshold
    curve: RecallCurve
    confusion: Confusion
    images: tuple[ImageMatches, ...] = ()

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
    ap_per_size: Mapping[str, tuple[float, float, float]] = MappingProxyType({}),
) -> Details:
    """The details of images already compared, with the COCO figures of their classes by name."""
    class_ids = sorted({int(class_id) for image in images for class_id in image.truth.class_ids})
    classes = []
    for class_id in class_ids:
        curve, name = recall_curve(images, class_id), class_names[class_id]
        if curve.boxes:
            ap, ap50 = ap_per_class.get(name, 0.0), ap50_per_class.get(name, 0.0)
            voc = (area_ap(curve), eleven_point_ap(curve))
            sizes = ap_per_size.get(name, (-1.0, -1.0, -1.0))
            classes.append(ClassFigures(name, curve.boxes, ap, ap50, *voc, best_threshold(curve), curve, sizes))
    pooled = recall_curve(images, *range(len(class_names)))
    best = best_threshold(pooled)
    matches = [matches_of(image, score=best.score or UNSURE) for image in images]
    found = confusion(matches, class_names, score=best.score or UNSURE)
    return Details(tuple(classes), best, pooled, found, tuple(matches))


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


def threshold_at(curve: RecallCurve, score: float) -> Threshold:
    """Precision, recall and F1 of the detections of at least `score`; all 0 where there are none."""
    place = int((curve.scores >= score).sum()) - 1
    if place < 0:
        return Threshold(score, 0.0, 0.0, 0.0)
    precision, recall = float(curve.precision[place]), float(curve.recall[place])
    return Threshold(score, precision, recall, 2 * precision * recall / max(precision + recall, 1e-12))


def confusion(images: Sequence[ImageMatches], class_names: Sequence[str], *, score: float) -> Confusion:
    """The confusion matrix of images that were matched at `score`."""
    nothing = len(class_names)
    counts = np.zeros((nothing + 1, nothing + 1), np.int64)
    places: dict[tuple[int, int], list[int]] = {}
    for place, image in enumerate(images):
        for cell in image.cells(nothing):
            counts[cell] += 1
            seen = places.setdefault(cell, [])
            if not seen or seen[-1] != place:
                seen.append(place)
    return Confusion(counts, tuple(class_names), score, {cell: tuple(seen) for cell, seen in places.items()})
