"""The training loss of YOLOX (arXiv 2107.08430): IoU, objectness, class, and L1 in the last epochs.

B images, A anchor points, C classes, G boxes of one image (rows of zeros pad), P positives of the batch.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from yolox_core.model.head import AnchorPoints, decode_boxes
from yolox_core.model.simota import Assignment, assign
from yolox_core.ops.boxes import area, cxcywh_to_xyxy, intersection

BOX_WEIGHT = 5.0


@dataclass(frozen=True)
class Losses:
    """Scalars, each summed and divided by the number of positives; `iou` is already weighted.

    `positives` is P, `class_ids` [P] the classes of the boxes that they learn.
    """

    total: Tensor
    iou: Tensor
    obj: Tensor
    cls: Tensor
    l1: Tensor
    positives: int
    class_ids: Tensor


def detection_loss(raw: Tensor, points: AnchorPoints, targets: Tensor, *, use_l1: bool) -> Losses:
    """Loss of raw predictions [B, A, 5 + C] for targets [B, G, 5]: class id, cx, cy, w, h in input pixels.

    Computed in float32 whatever the precision of the network.
    """
    with torch.autocast(raw.device.type, enabled=False):
        raw, targets = raw.float(), targets.float()
        found = assign(raw, points, targets)
        positives = len(found.image)
        count = max(positives, 1)
        chosen = raw[found.image, found.anchor]
        wanted = targets[found.image, found.box]
        iou = BOX_WEIGHT * _iou_loss(chosen, wanted, points, found).sum() / count
        obj = _objectness_loss(raw[..., 4], found).sum() / count
        cls = _class_loss(chosen[:, 5:], wanted[:, 0], found.iou).sum() / count
        l1 = _l1_loss(chosen, wanted, points, found).sum() / count if use_l1 else raw.new_zeros(())
    return Losses(iou + obj + cls + l1, iou, obj, cls, l1, positives, wanted[:, 0].long())


def _iou_loss(chosen: Tensor, wanted: Tensor, points: AnchorPoints, found: Assignment) -> Tensor:
    """1 - IoU² [P]."""
    decoded = decode_boxes(chosen[:, :4], points.cells[found.anchor], points.strides[found.anchor])
    predicted, true = cxcywh_to_xyxy(decoded), cxcywh_to_xyxy(wanted[:, 1:])
    shared = intersection(predicted, true)
    iou = shared / (area(predicted) + area(true) - shared + 1e-16)
    return 1 - iou**2


def _objectness_loss(logits: Tensor, found: Assignment) -> Tensor:
    """Cross entropy [B, A]: 1 wanted at positives, 0 elsewhere."""
    target = torch.zeros_like(logits)
    target[found.image, found.anchor] = 1
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="none")


def _class_loss(logits: Tensor, class_ids: Tensor, iou: Tensor) -> Tensor:
    """Cross entropy [P, C]: the IoU of prediction and box is wanted at its class, 0 elsewhere."""
    target = torch.zeros_like(logits)
    target.scatter_(1, class_ids.long()[:, None], iou[:, None])
    return functional.binary_cross_entropy_with_logits(logits, target, reduction="none")


def _l1_loss(chosen: Tensor, wanted: Tensor, points: AnchorPoints, found: Assignment) -> Tensor:
    """|raw - wanted raw| [P, 4]."""
    strides = points.strides[found.anchor]
    centres = wanted[:, 1:3] / strides - points.cells[found.anchor]
    sides = (wanted[:, 3:5] / strides + 1e-8).log()
    return (chosen[:, :4] - torch.cat((centres, sides), dim=1)).abs()
