"""Fits the models that data sets too small to learn from are judged by: `python -m tests.speed.review_weights`.

The lessons come from coco-val128 (network of COCO), drones and BCCD (out of fold, first seed of the benchmark).
"""

from pathlib import Path

import numpy as np

from tests.speed.findings_sets import YARDSTICKS, Yardstick, case
from yolox_core.review.calibration import Lesson, fit, lesson_of, plantings
from yolox_core.review.fallback import FILE_NAME, plain_models

RESOURCES = Path(__file__).resolve().parents[2] / "resources"


def lessons_of(yardstick: Yardstick) -> list[list[Lesson]]:
    """What one data set teaches."""
    pairs = [(image.labels, seen) for image, seen in case(yardstick, 0).pairs]
    rounds = plantings([labels for labels, _ in pairs], np.random.default_rng(0))
    return [[lesson_of(pairs[place][0], one, pairs[place][1]) for place, one in planted.items()] for planted in rounds]


def main() -> None:
    rounds = [one for yardstick in YARDSTICKS for one in lessons_of(yardstick)]
    np.savez(RESOURCES / FILE_NAME, **plain_models(fit(rounds)))
    print(sum(len(lesson.errors) for one in rounds for lesson in one), "labels with and without planted errors")


if __name__ == "__main__":
    main()
