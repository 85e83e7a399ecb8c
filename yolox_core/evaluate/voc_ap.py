"""Average precision as Pascal VOC defines it (Everingham et al., IJCV 2010, section 4.2, and the 2012 devkit).

VOC counts pixels inclusively, so its sides are `xmax - xmin + 1`. On the engine's boxes (`x1 = xmin - 1`, `x2 = xmax`)
that is the plain IoU. A detection is right if its IoU with the box it overlaps most is above the threshold and no
better detection took that box; one that overlaps a difficult box most is neither right nor wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.evaluate.truth import Compared
from yolox_core.ops.edges import pairwise_iou

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RecallCurve:
    """Recall, precision and score, float64 [D] each, after each detection, best score first; `boxes` to be found."""

    recall: Floats
    precision: Floats
    scores: Floats
    boxes: int


def recall_curve(images: Sequence[Compared], *class_ids: int, iou_threshold: float = 0.5) -> RecallCurve:
    """How boxes of one class, or of several pooled, are found over all images."""
    scores: list[NDArray[np.float32]] = []
    verdicts: list[NDArray[np.int8]] = []
    boxes = 0
    for image in images:
        for class_id in class_ids:
            is_class = image.truth.class_ids == class_id
            is_difficult = image.truth.is_difficult[is_class]
            boxes += int((~is_difficult).sum())
            is_found = image.detections.class_ids == class_id
            scores.append(image.detections.scores[is_found])
            found = image.detections.boxes[is_found].astype(np.float64)
            verdicts.append(_verdicts(found, image.truth.boxes[is_class], is_difficult, iou_threshold))
    return _curve(np.concatenate([*scores, ()]), np.concatenate([*verdicts, ()]), boxes)


def area_ap(curve: RecallCurve) -> float:
    """The area, 0..1, under precision made falling (VOC 2010 and later)."""
    if not len(curve.recall):
        return 0.0
    recall = np.concatenate(([0.0], curve.recall, [1.0]))
    precision = np.concatenate(([0.0], curve.precision, [0.0]))
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(recall) * falling[1:]))


def eleven_point_ap(curve: RecallCurve) -> float:
    """The mean, 0..1, of the best precision at recall 0, 0.1 ... 1 or more (VOC 2007)."""
    best = [curve.precision[curve.recall >= level].max(initial=0.0) for level in np.arange(0.0, 1.1, 0.1)]
    return float(np.mean(best))


def voc_ap(images: Sequence[Compared], class_ids: Sequence[int], *, iou_threshold: float = 0.5) -> dict[int, float]:
    """AP by area of each of these classes that has a box to be found."""
    curves = {c: recall_curve(images, c, iou_threshold=iou_threshold) for c in class_ids}
    return {class_id: area_ap(curve) for class_id, curve in curves.items() if curve.boxes}


def _verdicts(found: Floats, boxes: Floats, is_difficult: NDArray[np.bool_], threshold: float) -> NDArray[np.int8]:
    """1 right, 0 wrong, -1 does not count, for each detection of one image and class, best first."""
    verdicts = np.zeros(len(found), np.int8)
    if not len(boxes) or not len(found):
        return verdicts
    overlaps = pairwise_iou(found, boxes)
    is_taken = np.zeros(len(boxes), np.bool_)
    for i, box in enumerate(overlaps.argmax(axis=1)):
        if overlaps[i, box] <= threshold:
            continue
        if is_difficult[box]:
            verdicts[i] = -1
        elif not is_taken[box]:
            verdicts[i] = 1
            is_taken[box] = True
    return verdicts


def _curve(scores: Floats, verdicts: Floats, boxes: int) -> RecallCurve:
    order = np.argsort(-scores, kind="stable")
    ordered = verdicts[order]
    right = np.cumsum(ordered == 1)
    wrong = np.cumsum(ordered == 0)
    recall = right / max(boxes, 1)
    precision = right / np.maximum(right + wrong, np.finfo(np.float64).eps)
    return RecallCurve(recall, precision, scores[order], boxes)
