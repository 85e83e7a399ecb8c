"""SimOTA: which anchor points learn which box (YOLOX, arXiv 2107.08430, section 2; OTA, arXiv 2103.14259).

All images of a batch at once, in tensors of fixed shape, with one host sync (the number of positives).
B images, A anchor points, C classes, G boxes of one image (rows of zeros pad), K = 27 G candidates of one image.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from yolox_core.model.head import STRIDES, AnchorPoints, decode_boxes
from yolox_core.ops.boxes import cxcywh_to_xyxy, pairwise_iou

CENTRE_RADIUS = 1.5  # in strides, to either side of a box's centre
TOP_IOUS = 10  # their sum is the number of anchor points that a box may claim
IOU_WEIGHT = 3.0
OUTSIDE_COST = 1e6
PAIRS_AT_ONCE = 4_000_000  # bound on B x G x K, some 200 MB of intermediates


@dataclass(frozen=True)
class Assignment:
    """The P positives of a batch: image, anchor point and box index [P] each, IoU [P] of prediction and box."""

    image: Tensor
    anchor: Tensor
    box: Tensor
    iou: Tensor


@dataclass(frozen=True)
class _Candidates:
    """Anchor points near a box: index [B, K]; `usable` [B, K] is off for padding and for repeats of the same point."""

    index: Tensor
    usable: Tensor


@torch.no_grad()
def assign(raw: Tensor, points: AnchorPoints, targets: Tensor) -> Assignment:
    """Positives of raw predictions [B, A, 5 + C] for targets [B, G, 5]: class id, cx, cy, w, h in input pixels."""
    raw, targets = raw.float(), targets.float()
    boxes = targets.shape[1]
    images_at_once = max(1, PAIRS_AT_ONCE // max(1, 27 * boxes * boxes))
    parts = [
        _assign_images(raw[start : start + images_at_once], points, targets[start : start + images_at_once], start)
        for start in range(0, len(raw), images_at_once)
    ]
    if len(parts) == 1:
        return parts[0]
    return Assignment(
        image=torch.cat([part.image for part in parts]),
        anchor=torch.cat([part.anchor for part in parts]),
        box=torch.cat([part.box for part in parts]),
        iou=torch.cat([part.iou for part in parts]),
    )


def _assign_images(raw: Tensor, points: AnchorPoints, targets: Tensor, first_image: int) -> Assignment:
    if targets.shape[1] == 0:
        nothing = torch.zeros(0, dtype=torch.long, device=raw.device)
        return Assignment(nothing, nothing, nothing, raw.new_zeros(0))
    is_box = targets.sum(dim=2) > 0
    candidates = _candidates(points, targets, is_box)
    predictions = raw.gather(1, candidates.index[..., None].expand(-1, -1, raw.shape[2]))
    cells, strides = points.cells[candidates.index], points.strides[candidates.index]
    decoded = cxcywh_to_xyxy(decode_boxes(predictions[..., :4], cells, strides))
    is_pair = candidates.usable[:, None, :] & is_box[:, :, None]
    iou = torch.where(is_pair, pairwise_iou(cxcywh_to_xyxy(targets[..., 1:]), decoded), 0.0)
    cost = _class_cost(predictions, targets) - IOU_WEIGHT * (iou + 1e-8).log()
    cost = cost + OUTSIDE_COST * ~_is_in_centre(targets, (cells + 0.5) * strides, strides)
    cost = torch.where(is_pair, cost, torch.inf)
    box, is_positive = _match(iou, cost)
    image, candidate = is_positive.nonzero(as_tuple=True)
    box = box[image, candidate]
    return Assignment(
        image=image + first_image,
        anchor=candidates.index[image, candidate],
        box=box,
        iou=iou[image, box, candidate],
    )


def _candidates(points: AnchorPoints, targets: Tensor, is_box: Tensor) -> _Candidates:
    """The 3 x 3 cells about each box's centre on each of the three maps; no other point can lie in a centre area."""
    steps = torch.arange(-1, 2, device=targets.device, dtype=targets.dtype)
    indexes, usables = [], []
    offset = 0
    for (rows, columns), stride in zip(points.shapes, STRIDES, strict=True):
        column = (targets[..., 1] / stride).floor()[..., None, None] + steps[None, :]
        row = (targets[..., 2] / stride).floor()[..., None, None] + steps[:, None]
        is_cell = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        centres = torch.broadcast_tensors((column + 0.5) * stride, (row + 0.5) * stride)  # type: ignore[no-untyped-call]
        near = _is_near(targets[..., None, None, 1:3], torch.stack(centres, dim=-1), CENTRE_RADIUS * stride)
        index = offset + row.clamp(0, rows - 1) * columns + column.clamp(0, columns - 1)
        indexes.append(index.long().flatten(2))
        usables.append((is_cell & near & is_box[..., None, None]).flatten(2))
        offset += rows * columns
    index = torch.cat(indexes, dim=2).flatten(1)
    return _Candidates(index, _first_of_each(index, torch.cat(usables, dim=2).flatten(1), offset))


def _first_of_each(index: Tensor, usable: Tensor, anchors: int) -> Tensor:
    """`usable` [B, K] without those candidates whose anchor point already stands further left."""
    place = torch.arange(index.shape[1], device=index.device).expand_as(index)
    first = torch.full((len(index), anchors + 1), index.shape[1], device=index.device)
    first.scatter_reduce_(1, torch.where(usable, index, anchors), place, "amin")
    return usable & (first.gather(1, index) == place)


def _is_near(a: Tensor, b: Tensor, distance: Tensor | float) -> Tensor:
    """Whether points `a` and `b` [..., 2] are closer than `distance` in x and in y."""
    return ((b - (a - distance) > 0) & (a + distance - b > 0)).all(dim=-1)


def _is_in_centre(targets: Tensor, centres: Tensor, strides: Tensor) -> Tensor:
    """Whether candidates with these centres [B, K, 2] lie in the centre area of each box: [B, G, K]."""
    return _is_near(targets[:, :, None, 1:3], centres[:, None], CENTRE_RADIUS * strides[:, None])


def _class_cost(predictions: Tensor, targets: Tensor) -> Tensor:
    """Binary cross entropy [B, G, K] of sqrt(class x objectness) against the one-hot class, summed over classes.

    The sum over all classes of -log(1 - p) is the same for every box; only the box's own class differs.
    """
    probability = (predictions[..., 5:].sigmoid() * predictions[..., 4:5].sigmoid()).sqrt()
    absent = -(1 - probability).log().clamp(min=-100)
    difference = -probability.log().clamp(min=-100) - absent
    classes = targets[..., 0].long()[:, None, :].expand(-1, predictions.shape[1], -1)
    return (absent.sum(dim=2, keepdim=True) + difference.gather(2, classes)).transpose(1, 2)


def _match(iou: Tensor, cost: Tensor) -> tuple[Tensor, Tensor]:
    """Box [B, K] that each candidate learns, and whether it learns any: dynamic k, then the cheapest of rivals."""
    top = min(TOP_IOUS, iou.shape[2])
    wanted = iou.topk(top, dim=2).values.sum(dim=2).int().clamp(min=1)
    cheapest = cost.topk(top, dim=2, largest=False)
    rank = torch.arange(top, device=iou.device)
    is_chosen = (rank < wanted[..., None]) & cheapest.values.isfinite()
    claims = torch.zeros_like(cost, dtype=torch.bool).scatter_(2, cheapest.indices, is_chosen)
    rivals = claims.sum(dim=1)
    box = torch.where(rivals > 1, cost.argmin(dim=1), claims.int().argmax(dim=1))
    return box, rivals > 0
