"""What a network sees in an image, in the data set's classes: dense boxes, candidates, and the box each proposes.

Letters: `K` dense boxes, `M` candidates, `C` classes of the data set.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.suppress import keep_uncovered
from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.dense import Dense

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_SCORE, NMS_THRESHOLD = 0.05, 0.65
MOST_CANDIDATES = 300
AGREEING = 0.6  # IoU from which on dense boxes of the same class have a say in the proposed box


@dataclass(frozen=True, eq=False)
class Seen:
    """Dense boxes [K, 4] in pixels of the image, `objectness` [K], class probabilities `probs` [K, C]; candidates.

    `scores` [M] descending, `class_ids` [M]; `proposals` [M, 4] are the boxes that the agreeing dense boxes propose,
    `spreads` [M] their mean deviation as a share of the side, `support` [M] the sum of their scores.
    """

    boxes: Floats
    objectness: Floats
    probs: Floats
    proposals: Floats
    scores: Floats
    class_ids: Ints
    margins: Floats
    spreads: Floats
    support: Floats

    @property
    def candidates(self) -> "Seen":
        """The same without the dense boxes, which are most of it."""
        none = np.zeros((0, self.probs.shape[1]))
        return replace(self, boxes=np.zeros((0, 4)), objectness=np.zeros(0), probs=none)


def seen_in(dense: Dense, class_of: Ints, classes: int, size: tuple[int, int]) -> Seen:
    """What is seen in an image of `size` (width, height) px.

    `class_of` is the class id of each class of the network, `classes` for those that the data set does not have.
    """
    boxes = np.clip(dense.pixel_boxes, 0, np.array(size * 2, float))
    probs = np.zeros((len(dense), classes + 1))
    ids = class_of[dense.class_ids.astype(np.int64)]
    np.maximum.at(probs, (np.arange(len(dense))[:, None], ids), dense.class_probs.astype(np.float64))
    probs = probs[:, :classes]
    objectness = dense.objectness.astype(np.float64)
    scores, best = objectness * probs.max(axis=1, initial=0.0), probs.argmax(axis=1) if classes else ids[:, 0]
    chosen = np.flatnonzero((scores >= LEAST_SCORE) & (boxes[:, 2:] > boxes[:, :2]).all(axis=1))
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    kept = chosen[keep_uncovered(boxes[chosen].astype(np.float32), best[chosen], NMS_THRESHOLD)][:MOST_CANDIDATES]
    proposals, spreads, support = _proposals(boxes, scores, best, kept)
    second = np.partition(probs[kept], -2, axis=1)[:, -2] if classes > 1 else np.zeros(len(kept))
    margins = np.log((probs[kept, best[kept]] + 0.01) / (second + 0.01))
    return Seen(boxes, objectness, probs, proposals, scores[kept], best[kept], margins, spreads, support)


def nothing_seen(classes: int) -> Seen:
    """For an image without predictions."""
    none = np.zeros(0)
    return Seen(
        np.zeros((0, 4)), none, np.zeros((0, classes)), np.zeros((0, 4)), none, np.zeros(0, np.int64), none, none, none
    )


def _proposals(boxes: Floats, scores: Floats, best: Ints, kept: Ints) -> tuple[Floats, Floats, Floats]:
    """Box [M, 4], spread [M] and support [M] of each candidate: score²-weighted means over the agreeing boxes."""
    agrees = (pairwise_iou(boxes[kept], boxes) > AGREEING) & (best[kept][:, None] == best)
    weights = agrees * scores**2
    weights /= np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    proposals = weights @ boxes
    variance = np.maximum(weights @ boxes**2 - proposals**2, 0)
    sides = np.maximum(np.tile(proposals[:, 2:] - proposals[:, :2], 2), 1)
    return proposals, (np.sqrt(variance) / sides).mean(axis=1), agrees @ scores
