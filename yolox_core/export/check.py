"""Whether an exported network says what torch says, on letterboxed pictures."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yolox_core.errors import UserError
from yolox_core.ops.letterbox import letterbox
from yolox_core.sample.shot import random_shot

TOLERANCE, HALF_TOLERANCE = 1e-3, 3e-2
HALF_FLOOR = 0.01  # the box of what scores less is noise in float16, and never shown


def drawn_picture() -> NDArray[np.uint8]:
    """A drawn sky with drones and birds, uint8 [360, 480, 3] BGR, the same at each call: to check with."""
    rng = np.random.default_rng(7)
    return random_shot(rng, width=480, height=360).frame(0.0, rng).image


def check_batches(pictures: Sequence[NDArray[np.uint8]], shape: tuple[int, int], sizes: Sequence[int]) -> list[Tensor]:
    """One batch [size, 3, H, W] float32 of each size: the letterboxed pictures and their mirror images, in turn."""
    both = [side for picture in pictures for side in (picture, np.ascontiguousarray(picture[:, ::-1]))]
    fitted = [torch.from_numpy(letterbox(image, shape).image).permute(2, 0, 1).float() for image in both]
    return [torch.stack([fitted[place % len(fitted)] for place in range(size)]) for size in sizes]


def largest_difference(ours: Tensor, theirs: Tensor, *, box_unit: float, floor: float = 0.0) -> float:
    """The largest difference of two networks' outputs [B, A, 5 + C]; infinite where shapes differ.

    Scores (objectness x class probability) count as they are, the four box numbers relative to `box_unit`, or to the
    number itself where that is larger: an untrained network can overflow. Boxes that score less than `floor` in both
    outputs do not count.
    """
    if ours.shape != theirs.shape:
        return float("inf")
    scores, true_scores = _scores(ours), _scores(theirs)
    boxes, true_boxes = ours[..., :4], theirs[..., :4]
    shift = (boxes - true_boxes).abs() / true_boxes.abs().clamp(min=box_unit)
    shift = torch.where(boxes == true_boxes, 0.0, shift)  # equal infinities
    is_seen = torch.maximum(scores, true_scores).amax(dim=-1, keepdim=True) >= floor
    differences = torch.cat((torch.where(is_seen, shift, 0.0), (scores - true_scores).abs()), dim=-1)
    return float(differences.nan_to_num(nan=float("inf"), posinf=float("inf")).max())


def _scores(outputs: Tensor) -> Tensor:
    """Score [B, A, C] of each class."""
    return outputs[..., 4:5] * outputs[..., 5:]


def check_difference(difference: float, *, tolerance: float) -> None:
    """Raise UserError where an exported network differs too much from torch's."""
    if not difference <= tolerance:
        raise UserError(
            f"The exported network differs from torch by {difference:.2g}, more than {tolerance:g}; nothing was kept.",
            where="export",
            action="Export without --half, or as another format.",
        )


def check_suppressed(rows: Tensor, expected: Tensor) -> None:
    """Raise UserError where suppression inside the file gives other detections [N, 7] than torch does."""
    same = rows.shape == expected.shape and torch.allclose(rows, expected, rtol=1e-4, atol=1e-3)
    if not same:
        raise UserError(
            f"Suppression inside the file gives other boxes than torch ({len(rows)}, not {len(expected)}).",
            where="export",
            action="Export without --nms.",
        )
