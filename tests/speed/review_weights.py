"""Fits the models that data sets too small to learn from are judged by: `python -m tests.speed.review_weights`.

The lessons come from coco-val128 (network of COCO), drones and BCCD (out of fold, first seed of the benchmark).
"""

from pathlib import Path

import numpy as np

from tests.speed.findings_sets import YARDSTICKS, Yardstick, case
from yolox_core.review.calibration import Lessons, fit, lessons
from yolox_core.review.fallback import FILE_NAME, plain_models

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


def lessons_of(yardstick: Yardstick) -> list[Lessons]:
    """What one data set teaches."""
    pairs = [(image.labels, seen) for image, seen in case(yardstick, 0).pairs]
    return list(lessons(pairs, np.random.default_rng(0)))


def main() -> None:
    parts = [part for yardstick in YARDSTICKS for part in lessons_of(yardstick)]
    np.savez(RESOURCES / FILE_NAME, **plain_models(fit(parts)))
    print(sum(len(part.errors) for part in parts), "labels with and without planted errors")


if __name__ == "__main__":
    main()
