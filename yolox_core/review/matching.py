"""Which label belongs to which candidate: one to one, the surest pairs first."""

import numpy as np
from numpy.typing import NDArray

from yolox_core.review.planting import Labels
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_IOU = 0.1
OTHER_CLASS = 0.6  # how much less a pair of different classes counts


def match(labels: Labels, seen: Seen, iou: Floats) -> Ints:
    """The candidate of each label [G], -1 for none, by their IoU [G, M]: greedy by IoU x root of the score."""
    same = labels.class_ids[:, None] == seen.class_ids
    worth = iou * np.sqrt(seen.scores) * np.where(same, 1.0, OTHER_CLASS)
    rows, columns = np.nonzero(iou >= LEAST_IOU)
    order = np.argsort(-worth[rows, columns], kind="stable")
    matched = np.full(len(labels), -1, np.int64)
    is_taken = np.zeros(len(seen.scores), np.bool_)
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if matched[row] < 0 and not is_taken[column]:
            matched[row], is_taken[column] = column, True
    return matched
