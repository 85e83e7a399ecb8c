"""Thresholds and non-maximum suppression of candidates in numpy: fast enough to follow a slider in the window's thread.

Greedy suppression as in torchvision: a box goes if a better kept box of its class overlaps it by more IoU than the
threshold. Two ways lead to the same result. *Rounds* settle the best few boxes, then drop all that they cover: cheap
while boxes lie in piles. *Sweep* lists the pairs that are near enough in x: cheap once boxes lie apart. Piles are
worked off in rounds until few enough pairs are left.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.candidates import Candidates
from yolox_core.records import Detections

ROUND_SIZE = 64
CHUNK = 1024  # so many boxes against one round stay in the processor's cache
PAIR_COST = 8  # measured: a pair of a sweep costs as much as so many pairs of a round

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def suppress(
    candidates: Candidates, *, conf_threshold: float, nms_threshold: float, class_agnostic: bool = False
) -> Detections:
    """The candidates that score at least `conf_threshold` and that no better kept one covers, best first.

    "Covers" means an IoU above `nms_threshold` with a box of the same class, or of any class if `class_agnostic`.
    """
    chosen = np.flatnonzero(candidates.scores >= conf_threshold)
    chosen = chosen[np.argsort(-candidates.scores[chosen], kind="stable")]
    classes = candidates.class_ids[chosen] if not class_agnostic else np.zeros(len(chosen), np.int64)
    kept = chosen[keep_uncovered(candidates.boxes[chosen], classes, nms_threshold)]
    return Detections(candidates.boxes[kept], candidates.scores[kept], candidates.class_ids[kept])


def without_classes(detections: Detections, class_ids: frozenset[int]) -> Detections:
    """The detections of all other classes, in the same order."""
    if not class_ids:
        return detections
    stays = ~np.isin(detections.class_ids, list(class_ids))
    return Detections(detections.boxes[stays], detections.scores[stays], detections.class_ids[stays])


def keep_uncovered(boxes: Floats, classes: Ints, nms_threshold: float) -> Ints:
    """Ascending indices of the boxes [N, 4] xyxy that stay; boxes come best first, only equal `classes` [N] compete."""
    rest = _Ranked.of(boxes, classes)
    threshold = np.float64(nms_threshold)  # IoU is float32, the threshold is not rounded: as in torchvision
    kept: list[Ints] = []
    gone = 4 * ROUND_SIZE  # a guess for the first round
    while len(rest.ranks):
        order, pair_counts = _near_pairs(rest, threshold)
        if PAIR_COST * pair_counts.sum() < _cost_of_rounds(len(rest.ranks), gone):
            kept.append(_sweep(rest, threshold, order, pair_counts))
            break
        settled, others = _round(rest, threshold)
        kept.append(settled)
        gone = len(rest.ranks) - len(others.ranks)
        rest = others
    return np.concatenate(kept) if kept else np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Boxes as four contiguous rows [4, N], their areas and classes, and their ranks in the caller's order."""

    edges: Floats
    areas: Floats
    classes: Ints
    ranks: Ints

    @staticmethod
    def of(boxes: Floats, classes: Ints) -> "_Ranked":
        edges = np.ascontiguousarray(boxes.T)
        areas = (edges[2] - edges[0]) * (edges[3] - edges[1])
        return _Ranked(edges, areas, classes, np.arange(len(boxes)))

    def part(self, start: int, end: int) -> "_Ranked":
        part = slice(start, end)
        return _Ranked(self.edges[:, part], self.areas[part], self.classes[part], self.ranks[part])

    def take(self, places: Ints) -> "_Ranked":
        return _Ranked(self.edges[:, places], self.areas[places], self.classes[places], self.ranks[places])


def _cost_of_rounds(count: int, gone: int) -> float:
    """Pairs that rounds would compare to work off `count` boxes if each of them removes `gone`."""
    return ROUND_SIZE * count * max(count / gone, 1) / 2


def _round(rest: _Ranked, threshold: np.float64) -> tuple[Ints, _Ranked]:
    """The ranks kept of the best ROUND_SIZE boxes, and the other boxes that none of these covers."""
    best = rest.part(0, ROUND_SIZE)
    covers = _covers(best, best, threshold)
    is_kept = np.ones(len(best.ranks), np.bool_)
    for i in np.flatnonzero(covers.sum(axis=1) > 1).tolist():
        if is_kept[i]:
            is_kept[i + 1 :] &= ~covers[i, i + 1 :]
    kept = best.take(np.flatnonzero(is_kept))
    others = rest.part(ROUND_SIZE, len(rest.ranks))
    if not len(others.ranks):
        return kept.ranks, others
    is_covered = [
        _covers(kept, others.part(start, start + CHUNK), threshold).any(axis=0)
        for start in range(0, len(others.ranks), CHUNK)
    ]
    return kept.ranks, others.take(np.flatnonzero(~np.concatenate(is_covered)))


def _covers(a: _Ranked, b: _Ranked, threshold: np.float64) -> Flags:
    """[Na, Nb]: whether IoU is above the threshold and the class is the same."""
    shared = np.minimum(a.edges[2][:, None], b.edges[2])
    shared -= np.maximum(a.edges[0][:, None], b.edges[0])
    np.maximum(shared, 0, out=shared)
    height = np.minimum(a.edges[3][:, None], b.edges[3])
    height -= np.maximum(a.edges[1][:, None], b.edges[1])
    np.maximum(height, 0, out=height)
    shared *= height
    union = a.areas[:, None] + b.areas
    union -= shared
    with np.errstate(invalid="ignore", divide="ignore"):  # two boxes without area overlap by 0 / 0: never covered
        np.divide(shared, union, out=shared)
    covers: Flags = shared > threshold
    covers &= a.classes[:, None] == b.classes
    return covers


def _near_pairs(rest: _Ranked, threshold: np.float64) -> tuple[Ints, Ints]:
    """An order of the boxes by class and left edge, and how many of the next boxes in it each could overlap enough.

    With IoU above t, the left edges of two boxes lie less than (1 - t) x the width of the left one apart. The width is
    taken a little larger so that rounding never loses a pair.
    """
    left = rest.edges[0].astype(np.float64)
    right = rest.edges[2].astype(np.float64)
    band = 2 * (right.max() - left.min()) + 1
    place = left - left.min() + rest.classes * band
    order = np.argsort(place)
    place = place[order]
    reach = (right - left)[order] * (1 - threshold) * 1.001 + 1e-3
    ends = np.searchsorted(place, place + reach)
    return order, np.maximum(ends - np.arange(len(place)) - 1, 0)


def _sweep(rest: _Ranked, threshold: np.float64, order: Ints, pair_counts: Ints) -> Ints:
    """The ranks kept of all boxes, by looking at near pairs only."""
    first, second, overlaps = _overlaps(rest.take(order), pair_counts)
    covers = overlaps > threshold
    return rest.ranks[_settle(len(order), order[first[covers]], order[second[covers]])]


def touching_pairs(boxes: Floats, classes: Ints) -> tuple[Ints, Ints, Floats]:
    """All pairs of boxes [N, 4] of one class that share area: the better's place, the worse's, their IoU, each [P]."""
    ranked = _Ranked.of(boxes, classes)
    order, pair_counts = _near_pairs(ranked, np.float64(0))
    first, second, overlaps = _overlaps(ranked.take(order), pair_counts)
    touches = overlaps > 0
    one, other = order[first[touches]], order[second[touches]]
    return np.minimum(one, other), np.maximum(one, other), overlaps[touches]


def _overlaps(boxes: _Ranked, pair_counts: Ints) -> tuple[Ints, Ints, Floats]:
    """Places of the near pairs of one class that touch in y, and their IoU, each [P]."""
    left, top, right, bottom = boxes.edges
    first = np.repeat(np.arange(len(boxes.ranks)), pair_counts)
    starts = np.cumsum(pair_counts) - pair_counts
    second = np.arange(len(first)) - np.repeat(starts, pair_counts) + first + 1
    height = np.minimum(bottom[first], bottom[second]) - np.maximum(top[first], top[second])
    touches = (height > 0) & (boxes.classes[first] == boxes.classes[second])
    first, second, height = first[touches], second[touches], height[touches]
    width = np.minimum(right[first], right[second]) - np.maximum(left[first], left[second])
    shared = np.maximum(width, 0) * height
    with np.errstate(invalid="ignore", divide="ignore"):
        return first, second, shared / (boxes.areas[first] + boxes.areas[second] - shared)


def _settle(count: int, one: Ints, other: Ints) -> Ints:
    """Ascending indices that greedy suppression keeps of 0..count-1 when `one[i]` and `other[i]` cover each other."""
    better, worse = np.minimum(one, other), np.maximum(one, other)
    is_gone = np.zeros(count, np.bool_)
    while len(better):  # whatever nothing better covers stays, and all that it covers goes
        is_covered = np.zeros(count, np.bool_)
        is_covered[worse] = True
        is_gone[worse[~is_covered[better]]] = True
        is_open = ~(is_gone[better] | is_gone[worse])
        better, worse = better[is_open], worse[is_open]
    return np.flatnonzero(~is_gone)
