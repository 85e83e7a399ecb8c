"""Numbers that tell good labels from bad ones, and real objects from false candidates.

Letters: `G` labels, `M` candidates, `U` candidates that no label was matched to, `K` dense boxes, `F` features.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.matching import match
from yolox_core.review.planting import Labels
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Compared:
    """Labels beside what is seen: features of labels [G, F] and of free candidates [U, F'].

    `matched` [G] is the candidate of each label or -1, `free` [U] the candidates without a label, `rival` [G] the
    label of the same class that overlaps a label most, or -1, with the IoU `rival_iou` [G].
    """

    label_features: Floats
    free_features: Floats
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
    columns = (
        *_dense_columns(labels, seen),
        *_match_columns(labels, seen, iou, matched),
        *_neighbour_columns(labels, seen, iou, among, same, matched),
    )
    return Compared(
        np.stack(columns, axis=1),
        _free_features(labels, seen, iou, free),
        matched,
        free,
        np.where(rival_iou > 0, rival, -1),
        rival_iou,
    )


def _log(values: Floats) -> Floats:
    logs: Floats = np.log(values + 0.003)
    return logs


def _dense_columns(labels: Labels, seen: Seen) -> tuple[Floats, ...]:
    """What the dense boxes around a label say: is there an object, is it of this class, of another one."""
    iou = pairwise_iou(labels.boxes, seen.boxes)  # [G, K]
    own = seen.probs[:, labels.class_ids].T
    others = seen.probs.copy()
    order = np.argsort(-others, axis=1)[:, :2]
    places = np.arange(len(others))
    first = others[places, order[:, 0]] if others.shape[1] else np.zeros(0)
    second = others[places, order[:, 1]] if others.shape[1] > 1 else np.zeros(len(others))
    other = np.where(order[:, 0] == labels.class_ids[:, None], second, first)  # [G, K]
    near = seen.objectness * iou
    weights = seen.objectness * iou**2 * (iou > 0.3)
    total = weights.sum(axis=1) + 1e-6
    own_mean, other_mean = (weights * own).sum(axis=1) / total, (weights * other).sum(axis=1) / total
    best, best_own, best_other = (part.max(axis=1, initial=0.0) for part in (near, near * own, near * other))
    sharp = (seen.objectness * own * iou**3).max(axis=1, initial=0.0)
    return (
        _log(best), best, _log(best_own), best_own, _log(best_other), best_other,
        np.log((own_mean + 0.01) / (other_mean + 0.01)), own_mean,
        np.log((best_own + 0.01) / (best_other + 0.01)), _log(sharp), np.log(total + 0.01),
        iou.max(axis=1, initial=0.0),
    )  # fmt: skip


def _match_columns(labels: Labels, seen: Seen, iou: Floats, matched: Ints) -> tuple[Floats, ...]:
    """How well the matched candidate and the box that it proposes agree with the label; 0 without one."""
    has = matched >= 0
    rows, at = np.flatnonzero(has), matched[has]
    overlap, score, same, residual, bias, spread, support = (np.zeros(len(labels)) for _ in range(7))
    score_log = np.full(len(labels), np.log(0.003))
    if len(rows):
        overlap[rows], score[rows] = iou[rows, at], seen.scores[at]
        score_log[rows] = _log(seen.scores[at])
        same[rows] = labels.class_ids[rows] == seen.class_ids[at]
        given, proposed = labels.boxes[rows], seen.proposals[at]
        sides = np.maximum(np.tile(proposed[:, 2:] - proposed[:, :2], 2), 1)
        shares = np.abs(given - proposed) / sides
        residual[rows] = np.log(shares.max(axis=1) + 0.02) - np.log(0.02)
        area = np.maximum((given[:, 2:] - given[:, :2]).prod(axis=1), 1)
        bias[rows] = np.abs(np.log(area / np.maximum((proposed[:, 2:] - proposed[:, :2]).prod(axis=1), 1)))
        spread[rows], support[rows] = np.log(seen.spreads[at] + 0.01) - np.log(0.01), np.log1p(seen.support[at])
    excess = residual - spread
    return (
        has.astype(float), overlap, np.log(1.02 - overlap), score, score_log, same, same * score, has - same,
        residual, bias, spread, support, np.where(has, excess, 0.0), (1 - overlap) * score, (has - same) * score,
    )  # fmt: skip


def _neighbour_columns(
    labels: Labels, seen: Seen, iou: Floats, among: Floats, same: Floats, matched: Ints
) -> tuple[Floats, ...]:
    """How a label lies among the other labels and all candidates, and how large it is."""
    count = len(labels)
    alike = iou * (labels.class_ids[:, None] == seen.class_ids)
    area = np.maximum((labels.boxes[:, 2:] - labels.boxes[:, :2]).prod(axis=1), 1)
    rival = same.argmax(axis=1) if count else np.zeros(0, np.int64)
    rival_iou = same.max(axis=1, initial=0.0)
    overlap = np.where(matched >= 0, iou[np.arange(count), matched], 0.0) if iou.shape[1] else np.zeros(count)
    is_worse = overlap[rival] > overlap if count else np.zeros(0, np.bool_)
    loses = rival_iou * np.clip(overlap[rival] - overlap, -1, 1) if count else np.zeros(0)
    at_border = ((labels.boxes[:, :2] <= 2) | (labels.boxes[:, 2:] >= (labels.width - 2, labels.height - 2))).any(
        axis=1
    )
    return (
        rival_iou, np.maximum(rival_iou - 0.5, 0), loses, np.maximum(rival_iou - 0.5, 0) * is_worse,
        among.max(axis=1, initial=0.0), iou.max(axis=1, initial=0.0), alike.max(axis=1, initial=0.0),
        np.log(area / (labels.width * labels.height)), at_border.astype(float), np.full(count, np.log1p(count)),
    )  # fmt: skip


def _free_features(labels: Labels, seen: Seen, iou: Floats, free: Ints) -> Floats:
    """Features [U, F'] of the candidates that no label was matched to."""
    boxes, scores = seen.proposals[free], seen.scores[free]
    same = labels.class_ids[:, None] == seen.class_ids[free]
    overlap = iou[:, free]
    area = np.maximum((boxes[:, 2:] - boxes[:, :2]).prod(axis=1), 1)
    shared = _shared(labels.boxes, boxes)
    label_area = np.maximum((labels.boxes[:, 2:] - labels.boxes[:, :2]).prod(axis=1), 1)
    better = pairwise_iou(boxes, seen.proposals) * (seen.scores > scores[:, None])
    at_border = ((boxes[:, :2] <= 2) | (boxes[:, 2:] >= (labels.width - 2, labels.height - 2))).any(axis=1)
    columns = (
        _log(scores), scores, seen.margins[free], np.log(seen.spreads[free] + 0.01), np.log1p(seen.support[free]),
        overlap.max(axis=0, initial=0.0), (overlap * same).max(axis=0, initial=0.0),
        (overlap.max(axis=0, initial=0.0) > 0.5).astype(float),
        (shared / area).max(axis=0, initial=0.0), (shared / label_area[:, None]).max(axis=0, initial=0.0),
        better.max(axis=1, initial=0.0), np.log(area / (labels.width * labels.height)), at_border.astype(float),
        np.full(len(free), np.log1p(len(free))), np.full(len(free), np.log1p(len(labels))),
    )  # fmt: skip
    return np.stack(columns, axis=1)


def _shared(a: Floats, b: Floats) -> Floats:
    """Area shared by boxes [Na, Nb]."""
    sides = np.minimum(a[:, None, 2:], b[:, 2:]) - np.maximum(a[:, None, :2], b[:, :2])
    shared: Floats = np.clip(sides, 0, None).prod(axis=2)
    return shared
