"""Labels beside what is seen: features by name, for every label and for every candidate that no label was matched to.

Letters: `G` labels, `M` candidates, `U` candidates without a label, `K` dense boxes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.columns import Columns
from yolox_core.review.label_features import (
    at_border,
    candidate_columns,
    dense_columns,
    log,
    log_area,
    match_columns,
    neighbour_columns,
)
from yolox_core.review.matching import match
from yolox_core.review.planting import Labels
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Compared:
    """Features of labels [G] and of free candidates [U], each by name, and what was matched.

    `class_ids` [G] and `free_class_ids` [U] are those of labels and candidates, `matched` [G] is the candidate of each
    label or -1, `free` [U] the candidates without a label, `rival` [G] the label of the same class that overlaps a
    label most, or -1, with the IoU `rival_iou` [G].
    """

    of_labels: Columns
    of_free: Columns
    class_ids: Ints
    free_class_ids: Ints
    matched: Ints
    free: Ints
    rival: Ints
    rival_iou: Floats


def compare(labels: Labels, seen: Seen) -> Compared:
    """Match the labels of an image to its candidates and compute the features of both."""
    iou = pairwise_iou(labels.boxes, seen.proposals)
    matched = match(labels, seen, iou)
    free = np.setdiff1d(np.arange(len(seen.scores)), matched)
    among = pairwise_iou(labels.boxes, labels.boxes)
    np.fill_diagonal(among, 0)
    same = among * (labels.class_ids[:, None] == labels.class_ids)
    rival = same.argmax(axis=1) if len(labels) else np.zeros(0, np.int64)
    rival_iou = same.max(axis=1, initial=0.0)
    matches = match_columns(labels, seen, iou, matched)
    of_labels = {
        **dense_columns(labels, seen),
        **matches,
        **neighbour_columns(labels, among, rival, rival_iou, matches["overlap"]),
        **candidate_columns(labels, seen, iou),
    }
    return Compared(
        Columns.of(of_labels),
        Columns.of(_free_columns(labels, seen, iou, free)),
        labels.class_ids,
        seen.class_ids[free],
        matched,
        free,
        np.where(rival_iou > 0, rival, -1),
        rival_iou,
    )


def _free_columns(labels: Labels, seen: Seen, iou: Floats, free: Ints) -> dict[str, Floats]:
    """How sure a candidate is, how it lies among labels and better candidates, how many of its kind there are."""
    boxes, scores = seen.proposals[free], seen.scores[free]
    overlap = iou[:, free]
    nearest = overlap.max(axis=0, initial=0.0)
    same = labels.class_ids[:, None] == seen.class_ids[free]
    shared = _shared(labels.boxes, boxes)
    better = pairwise_iou(boxes, seen.proposals) * (seen.scores > scores[:, None])
    return {
        "score log": log(scores),
        "score": scores,
        "margin": seen.margins[free],
        "spread": np.log(seen.spreads[free] + 0.01),
        "support": np.log1p(seen.support[free]),
        "label IoU": nearest,
        "label IoU, same class": (overlap * same).max(axis=0, initial=0.0),
        "on a label": (nearest > 0.5).astype(float),
        "inside a label": (shared / _areas(boxes)).max(axis=0, initial=0.0),
        "around a label": (shared / _areas(labels.boxes)[:, None]).max(axis=0, initial=0.0),
        "better candidate": better.max(axis=1, initial=0.0),
        "area": log_area(boxes, labels),
        "at border": at_border(boxes, labels),
        "free candidates": np.full(len(free), np.log1p(len(free))),
        "labels": np.full(len(free), np.log1p(len(labels))),
    }


def _areas(boxes: Floats) -> Floats:
    areas: Floats = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1)
    return areas


def _shared(a: Floats, b: Floats) -> Floats:
    """Area shared by boxes [Na, Nb]."""
    sides = np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(a[:, None, :2], b[:, :2])
    shared: Floats = np.clip(sides, 0, None).prod(axis=2)
    return shared
