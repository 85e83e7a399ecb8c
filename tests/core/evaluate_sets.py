"""Random labels and detections for tests and benchmarks of evaluation."""

import numpy as np

from yolox_core.evaluate.truth import Compared, Truth
from yolox_core.records import Detections


def random_images(
    images: int, *, classes: int, boxes: float, detections: int, seed: int, difficult: float = 0.1
) -> list[Compared]:
    """Images with some `boxes` labels and `detections` detections each: labels that were moved, and noise.

    Scores are rounded, so that there are ties; some images are empty, some have no detections.
    """
    rng = np.random.default_rng(seed)
    return [_image(rng, classes, boxes, detections, difficult) for _ in range(images)]


def _image(rng: np.random.Generator, classes: int, boxes: float, detections: int, difficult: float) -> Compared:
    count = int(rng.poisson(boxes)) if rng.random() > 0.05 else 0
    corners = rng.uniform(0, 500, (count, 2))
    sides = np.exp(rng.uniform(np.log(4), np.log(300), (count, 2)))
    labels = np.concatenate((corners, corners + sides), axis=1)
    class_ids = rng.integers(0, classes, count)
    found = detections if rng.random() > 0.05 else 0
    sources = rng.integers(0, max(count, 1), found)
    noise = rng.uniform(0, 500, (found, 2))
    drawn = np.concatenate((noise, noise + rng.uniform(5, 100, (found, 2))), axis=1)
    is_near = (rng.random(found) < 0.6) & (count > 0)
    near = labels[sources] + rng.normal(0, 6, (found, 4)) if count else drawn
    edges = np.where(is_near[:, None], near, drawn)
    edges[:, 2:] = np.maximum(edges[:, 2:], edges[:, :2] + 1)
    named = np.where(is_near & (rng.random(found) < 0.9) & (count > 0), class_ids[sources] if count else 0, 0)
    named = np.where(is_near, named, rng.integers(0, classes, found))
    scores = -np.sort(-np.round(rng.random(found), 2))
    truth = Truth(labels, class_ids.astype(np.int64), rng.random(count) < difficult)
    return Compared(truth, Detections(edges.astype(np.float32), scores.astype(np.float32), named.astype(np.int64)))
