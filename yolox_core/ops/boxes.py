"""Arithmetic on boxes as tensors: [..., 4] in pixels, xyxy unless a name says cxcywh."""

import torch
from torch import Tensor


def cxcywh_to_xyxy(boxes_cxcywh: Tensor) -> Tensor:
    """Corners [..., 4] of boxes given by centre and size [..., 4]."""
    half = boxes_cxcywh[..., 2:4] / 2
    return torch.cat((boxes_cxcywh[..., :2] - half, boxes_cxcywh[..., :2] + half), dim=-1)


def area(boxes: Tensor) -> Tensor:
    """Area [...] in square pixels of boxes [..., 4]."""
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def intersection(a: Tensor, b: Tensor) -> Tensor:
    """Shared area [...] of boxes `a` and `b` [..., 4], which broadcast; 0 where they are apart."""
    low = torch.maximum(a[..., :2], b[..., :2])
    high = torch.minimum(a[..., 2:], b[..., 2:])
    return (high - low).clamp(min=0).prod(dim=-1)


def pairwise_iou(a: Tensor, b: Tensor) -> Tensor:
    """IoU [..., N, M] of boxes `a` [..., N, 4] and `b` [..., M, 4]."""
    shared = intersection(a[..., :, None, :], b[..., None, :, :])
    return shared / (area(a)[..., :, None] + area(b)[..., None, :] - shared)
