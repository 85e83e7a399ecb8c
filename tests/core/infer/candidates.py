"""Candidates made up for tests and benchmarks."""

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.candidates import Candidates


def piled(count: int, *, piles: int, classes: int, seed: int) -> Candidates:
    """Candidates in `piles` heaps of slightly different boxes, as a network gives them, one class a heap."""
    rng = np.random.default_rng(seed)
    centres, sizes = rng.uniform(0, 640, (piles, 2)), rng.uniform(20, 120, (piles, 2))
    pile = rng.integers(0, piles, count)
    centre = centres[pile] + rng.normal(0, 0.06, (count, 2)) * sizes[pile]
    size = sizes[pile] * np.exp(rng.normal(0, 0.1, (count, 2)))
    return _ranked(centre, size, rng.integers(0, classes, piles)[pile], rng)


def scattered(count: int, *, classes: int, seed: int) -> Candidates:
    """Candidates all over the image, of any class: nearly all survive."""
    rng = np.random.default_rng(seed)
    centre, size = rng.uniform(0, 640, (count, 2)), rng.uniform(8, 60, (count, 2))
    return _ranked(centre, size, rng.integers(0, classes, count), rng)


def _ranked(
    centre: NDArray[np.float64], size: NDArray[np.float64], class_ids: NDArray[np.int64], rng: np.random.Generator
) -> Candidates:
    boxes = np.concatenate((centre - size / 2, centre + size / 2), axis=1).astype(np.float32)
    scores = np.sort(rng.permutation(np.linspace(0.01, 0.99, len(boxes))).astype(np.float32))[::-1]
    return Candidates(boxes, np.ascontiguousarray(scores), class_ids)
