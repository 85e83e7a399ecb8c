"""What suppression keeps at every IoU threshold at once: a slider then looks up bits instead of comparing boxes.

Greedy suppression and the score filter commute: a box is never covered by one that scores less. So whether it stays at
an IoU threshold does not hang on the score threshold, and 101 bits a box hold the answer for 0.00, 0.01, … 1.00. A box
may stay at .3, go at .4 and stay at .5 again, so no single number would do.
"""

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.suppress import touching_pairs

STEPS = 100
THRESHOLDS: NDArray[np.float64] = np.arange(STEPS + 1) / STEPS

Masks = NDArray[np.uint64]


def step_of(nms_threshold: float) -> int:
    """The place of a threshold of 0 to 1 among the hundredths."""
    return round(nms_threshold * STEPS)


def keep_masks(boxes: NDArray[np.float32], classes: NDArray[np.int64]) -> Masks:
    """Bits [N, 2] of boxes [N, 4] xyxy, best first: bit k says that the box stays at a threshold of k hundredths.

    Bits 0 to 63 stand in the first word. Only equal `classes` [N] compete.
    """
    kept = np.full((len(boxes), 2), ~np.uint64(0))
    if not len(boxes):
        return kept
    better, worse, overlaps = touching_pairs(boxes, classes)
    order = np.argsort(worse, kind="stable")
    better, worse = better[order], worse[order]
    covers = _COVERED[np.searchsorted(THRESHOLDS, overlaps[order].astype(np.float64))]
    places, starts = np.unique(worse, return_index=True)
    bounds = np.append(starts, len(worse)).tolist()
    for place, start, end in zip(places.tolist(), bounds, bounds[1:], strict=False):
        kept[place] = ~np.bitwise_or.reduce(kept[better[start:end]] & covers[start:end], axis=0)
    return kept


def is_kept(masks: Masks, nms_threshold: float) -> NDArray[np.bool_]:
    """Which boxes [...] of masks [..., 2] stay at an IoU threshold, taken to the nearest hundredth."""
    step = step_of(nms_threshold)
    return (masks[..., step // 64] >> np.uint64(step % 64) & np.uint64(1)).astype(np.bool_)


def _lowest_bits(count: int) -> tuple[int, int]:
    bits = (1 << count) - 1
    return bits & (1 << 64) - 1, bits >> 64


_COVERED: Masks = np.array([_lowest_bits(count) for count in range(STEPS + 2)], np.uint64)
"""Row n: the bits of the n lowest thresholds, at which a better box with an IoU above them covers this one."""
