"""Frames worth a look, ranked from what is kept of a whole video: where two networks disagree, where one is unsure.

*Disagreement* is the share of boxes that have no partner: boxes of the two networks in a frame pair one to one, of the
same class name, best overlap first, from an IoU of a half up. Classes that only one of them knows are left out, as the
other could never agree.

*Doubt* is the sum of 4 p (1 - p) over the boxes that suppression keeps: 1 for a score of a half, 0 for a sure one.
Scores below half the threshold do not count: every frame has many of them, and together they would outweigh the boxes
in question.

Neighbouring frames look alike, so a ranked frame hides those within `gap` frames of it that rank lower.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.predictions import FLOOR, FoundBoxes, VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress

MATCH_IOU = 0.5
MOST_RANKED = 200
CHUNK_FRAMES = 2000


@dataclass(frozen=True, slots=True)
class RankedFrame:
    """A frame, how much it deserves a look, and the `odd` of its `boxes` that make it so."""

    frame: int
    score: float
    odd: int
    boxes: int


@dataclass(frozen=True)
class Ranking:
    """Ranked frames, best first, and the class names that only one of two networks knows."""

    frames: tuple[RankedFrame, ...]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class _Scores:
    """Per frame [F]: the score, the boxes that make it, and all boxes."""

    scores: NDArray[np.float64]
    odd: NDArray[np.int64]
    boxes: NDArray[np.int64]


def rank_disagreement(
    a: VideoPredictions, b: VideoPredictions, thresholds: Thresholds, *, gap: int
) -> Iterator[Progress | Ranking]:
    """Frames that both networks have looked at, most disagreement first; of equal ones, more boxes first."""
    shared = [name for name in a.key.class_names if name in b.key.class_names]
    shared_a, shared_b = _shared_ids(a.key.class_names, shared), _shared_ids(b.key.class_names, shared)

    of_b = thresholds.renumbered(a.key.class_names, b.key.class_names)

    def score(first: int, last: int) -> _Scores:
        return _disagreement(
            _of_classes(a.found(first, last, thresholds), shared_a),
            _of_classes(b.found(first, last, of_b), shared_b),
            first=first,
            frames=last - first + 1,
        )

    scores = yield from _in_chunks(a.key.frames, score, "comparing frames")
    scores.scores[~(a.looked_at() & b.looked_at())] = 0
    left_out = sorted(set(a.key.class_names) ^ set(b.key.class_names))
    yield Ranking(_ranked(scores, gap), tuple(left_out))


def rank_doubt(known: VideoPredictions, thresholds: Thresholds, *, gap: int) -> Iterator[Progress | Ranking]:
    """Frames that the network has looked at, least sure first."""
    lowest = thresholds.scaled(0.5, least=FLOOR)

    def score(first: int, last: int) -> _Scores:
        found = known.found(first, last, lowest)
        places, count = found.frames - first, last - first + 1
        scores = found.scores.astype(np.float64)
        is_odd = 4 * scores * (1 - scores) > 0.5
        return _Scores(
            np.bincount(places, 4 * scores * (1 - scores), count).astype(np.float64),
            np.bincount(places[is_odd], minlength=count),
            np.bincount(places, minlength=count),
        )

    yield Ranking(_ranked((yield from _in_chunks(known.key.frames, score, "looking for unsure frames")), gap))


def _in_chunks(frames: int, score: Callable[[int, int], _Scores], text: str) -> Generator[Progress, None, _Scores]:
    parts: list[_Scores] = []
    for first in range(0, frames, CHUNK_FRAMES):
        last = min(first + CHUNK_FRAMES, frames) - 1
        parts.append(score(first, last))
        yield Progress(last + 1, frames, text)
    return _Scores(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("scores", "odd", "boxes")))


def _shared_ids(names: tuple[str, ...], shared: list[str]) -> NDArray[np.int64]:
    """The place of each class name among the shared ones; -1 where it is none of them."""
    return np.array([shared.index(name) if name in shared else -1 for name in names], np.int64)


def _of_classes(found: FoundBoxes, new_ids: NDArray[np.int64]) -> FoundBoxes:
    """The boxes of classes that have a new number, under that number."""
    class_ids = new_ids[found.class_ids]
    stays = class_ids >= 0
    return FoundBoxes(found.frames[stays], found.boxes[stays], found.scores[stays], class_ids[stays])


def _disagreement(a: FoundBoxes, b: FoundBoxes, *, first: int, frames: int) -> _Scores:
    boxes = np.bincount(a.frames - first, minlength=frames) + np.bincount(b.frames - first, minlength=frames)
    paired = np.bincount(a.frames[matched(a, b)] - first, minlength=frames)
    odd = boxes - 2 * paired
    return _Scores(odd / np.maximum(boxes, 1), odd, boxes)


def matched(a: FoundBoxes, b: FoundBoxes) -> NDArray[np.int64]:
    """Rows of `a` that have a partner in `b`: pairs of one frame and class, best IoU first, each box once.

    Pairs that are the best of both their boxes are settled together, round after round: the result is that of going
    through all pairs in order.
    """
    of_a, of_b = _pairs(_groups(a), _groups(b))
    overlaps = _iou(a.boxes[of_a], b.boxes[of_b])
    order = np.flatnonzero(overlaps >= MATCH_IOU)
    order = order[np.argsort(-overlaps[order], kind="stable")]
    of_a, of_b = of_a[order], of_b[order]
    is_settled_a, is_settled_b = np.zeros(len(a.frames), np.bool_), np.zeros(len(b.frames), np.bool_)
    while len(of_a):
        is_best = _is_first(of_a, len(a.frames)) & _is_first(of_b, len(b.frames))
        is_settled_a[of_a[is_best]] = is_settled_b[of_b[is_best]] = True
        rest = ~(is_settled_a[of_a] | is_settled_b[of_b])
        of_a, of_b = of_a[rest], of_b[rest]
    return np.flatnonzero(is_settled_a)


def _groups(found: FoundBoxes) -> NDArray[np.int64]:
    """One number for each frame and class."""
    return found.frames * np.int64(2**16) + found.class_ids


def _pairs(a: NDArray[np.int64], b: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows of `a` and of `b` for every pair of equal values."""
    order = np.argsort(b, kind="stable")
    starts, ends = np.searchsorted(b[order], a, "left"), np.searchsorted(b[order], a, "right")
    counts = ends - starts
    of_a = np.repeat(np.arange(len(a)), counts)
    offsets = np.arange(len(of_a)) - np.repeat(np.cumsum(counts) - counts, counts)
    return of_a, order[starts[of_a] + offsets]


def _is_first(values: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """Whether a value of 0 to `count` - 1 stands here for the first time."""
    first = np.empty(count, np.int64)
    first[values[::-1]] = np.arange(len(values))[::-1]
    is_first: NDArray[np.bool_] = first[values] == np.arange(len(values))
    return is_first


def _iou(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
    """IoU [N] of boxes [N, 4], row by row."""
    sides = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None)
    shared = sides.prod(axis=1)
    areas = (a[:, 2:] - a[:, :2]).prod(axis=1) + (b[:, 2:] - b[:, :2]).prod(axis=1)
    result: NDArray[np.float32] = shared / np.maximum(areas - shared, np.float32(1e-9))
    return result


def _ranked(scores: _Scores, gap: int) -> tuple[RankedFrame, ...]:
    """The best MOST_RANKED frames with a score, none within `gap` frames of a better one."""
    order = np.lexsort((-scores.odd, -scores.scores))
    order = order[scores.scores[order] > 0]
    is_hidden = np.zeros(len(scores.scores), np.bool_)
    ranked: list[RankedFrame] = []
    for frame in order.tolist():
        if is_hidden[frame]:
            continue
        is_hidden[max(frame - gap, 0) : frame + gap + 1] = True
        ranked.append(RankedFrame(frame, float(scores.scores[frame]), int(scores.odd[frame]), int(scores.boxes[frame])))
        if len(ranked) == MOST_RANKED:
            break
    return tuple(ranked)
