"""Arithmetic on boxes as numpy arrays [N, 4], xyxy pixels, where no torch is wanted."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def pairwise_iou(a: Floats, b: Floats) -> Floats:
    """IoU [N, M] of boxes `a` [N, 4] and `b` [M, 4]; 0 where they share nothing."""
    low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
    sides = np.clip(high - low, 0, None)
    shared = sides[..., 0] * sides[..., 1]
    areas = [(edges[:, 2] - edges[:, 0]) * (edges[:, 3] - edges[:, 1]) for edges in (a, b)]
    union = areas[0][:, None] + areas[1] - shared
    overlap: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=shared > 0)
    return overlap
