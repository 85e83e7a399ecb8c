"""Numbers that tell good labels from bad ones, each [G] with a name.

Letters: `G` labels, `M` candidates, `K` dense boxes, `C` classes.
"""

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.planting import Labels
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST = 0.003  # so that logarithms stay finite
NEAR_IOU = 0.3
BORDER = 2  # px


def log(values: Floats) -> Floats:
    """Logarithm of numbers from 0 up."""
    logs: Floats = np.log(values + LEAST)
    return logs


def log_area(boxes: Floats, labels: Labels) -> Floats:
    """Logarithm of the share of the image that each box covers."""
    areas = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1)
    logs: Floats = np.log(areas / (labels.width * labels.height))
    return logs


def at_border(boxes: Floats, labels: Labels) -> Floats:
    """1 for boxes that touch the border of the image."""
    touches = (boxes[:, :2] <= BORDER) | (boxes[:, 2:] >= (labels.width - BORDER, labels.height - BORDER))
    return touches.any(axis=1).astype(float)


def dense_columns(labels: Labels, seen: Seen) -> dict[str, Floats]:
    """What the dense boxes around a label say: is there an object, is it of this class, of another one."""
    iou = pairwise_iou(labels.boxes, seen.boxes)  # [G, K]
    own, other = seen.probs[:, labels.class_ids].T, _best_other(labels, seen)
    near = seen.objectness * iou
    weights = near * iou * (iou > NEAR_IOU)
    total = weights.sum(axis=1) + 1e-6
    own_mean, other_mean = (weights * own).sum(axis=1) / total, (weights * other).sum(axis=1) / total
    object_, best_own, best_other, sharp = (
        part.max(axis=1, initial=0.0) for part in (near, near * own, near * other, near * own * iou**2)
    )
    return {
        "object log": log(object_),
        "object": object_,
        "own class log": log(best_own),
        "own class": best_own,
        "other class log": log(best_other),
        "other class": best_other,
        "mean class ratio": np.log((own_mean + 0.01) / (other_mean + 0.01)),
        "mean own class": own_mean,
        "best class ratio": np.log((best_own + 0.01) / (best_other + 0.01)),
        "well placed log": log(sharp),
        "support": np.log(total + 0.01),
        "nearest dense": iou.max(axis=1, initial=0.0),
    }


def match_columns(labels: Labels, seen: Seen, iou: Floats, matched: Ints) -> dict[str, Floats]:
    """How well the matched candidate and the box that it proposes agree with the label; 0 without one."""
    has = matched >= 0
    rows, at = np.flatnonzero(has), matched[has]
    overlap, score, same = (np.zeros(len(labels)) for _ in range(3))
    overlap[rows], score[rows] = iou[rows, at], seen.scores[at]
    same[rows] = labels.class_ids[rows] == seen.class_ids[at]
    other = has - same
    residual, bias, spread, support = (np.zeros(len(labels)) for _ in range(4))
    residual[rows], bias[rows] = _deviations(labels.boxes[rows], seen.proposals[at])
    spread[rows], support[rows] = np.log(seen.spreads[at] + 0.01) - np.log(0.01), np.log1p(seen.support[at])
    return {
        "matched": has.astype(float),
        "overlap": overlap,
        "overlap log": np.log(1.02 - overlap),
        "score": score,
        "score log": log(score),
        "same class": same,
        "same class score": same * score,
        "other class matched": other,
        "residual": residual,
        "area ratio": bias,
        "spread": spread,
        "match support": support,
        "residual beyond spread": residual - spread,
        "surely misplaced": (1 - overlap) * score,
        "other class score": other * score,
    }


def neighbour_columns(
    labels: Labels, among: Floats, rival: Ints, rival_iou: Floats, overlap: Floats
) -> dict[str, Floats]:
    """How a label lies among the other labels of its image [G, G], and how large it is."""
    excess = np.maximum(rival_iou - 0.5, 0)
    behind = overlap[rival] - overlap
    return {
        "rival": rival_iou,
        "covering rival": excess,
        "behind rival": rival_iou * behind,
        "behind covering rival": excess * (behind > 0),
        "other label": among.max(axis=1, initial=0.0),
        "area": log_area(labels.boxes, labels),
        "at border": at_border(labels.boxes, labels),
        "labels": np.full(len(labels), np.log1p(len(labels))),
    }


def candidate_columns(labels: Labels, seen: Seen, iou: Floats) -> dict[str, Floats]:
    """The best candidates for each label, whether others have taken them or not."""
    alike = iou * (labels.class_ids[:, None] == seen.class_ids)
    return {
        "nearest candidate": iou.max(axis=1, initial=0.0),
        "nearest candidate, same class": alike.max(axis=1, initial=0.0),
    }


def _best_other(labels: Labels, seen: Seen) -> Floats:
    """The largest probability [G, K] of a class other than that of the label."""
    if seen.probs.shape[1] < 2:
        return np.zeros((len(labels), len(seen.probs)))
    top = np.argpartition(-seen.probs, 1, axis=1)[:, :2]
    pair = np.take_along_axis(seen.probs, top, axis=1)
    is_swapped = pair[:, 1] > pair[:, 0]
    first = np.where(is_swapped, top[:, 1], top[:, 0])
    other: Floats = np.where(first == labels.class_ids[:, None], pair.min(axis=1), pair.max(axis=1))
    return other


def _deviations(given: Floats, proposed: Floats) -> tuple[Floats, Floats]:
    """Logarithms of the farthest edge's distance in sides of the proposal, and of the ratio of areas."""
    sides = np.maximum(np.tile(proposed[:, 2:] - proposed[:, :2], 2), 1)
    farthest = (np.abs(given - proposed) / sides).max(axis=1, initial=0.0)
    areas = [np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1) for boxes in (given, proposed)]
    return np.log(farthest / 0.02 + 1), np.abs(np.log(areas[0] / areas[1]))
