"""Evaluations of drawn sets, as they are kept with runs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from tests.core.evaluate_sets import random_images
from yolox_core.evaluate.details import details_of
from yolox_core.evaluate.result_file import KeptEvaluation
from yolox_core.evaluate.run import measure
from yolox_core.records import Fault


def kept_evaluation(
    names: Sequence[str], *, paths: Sequence[Path] = (), seed: int = 3, faults: tuple[Fault, ...] = ()
) -> KeptEvaluation:
    """An evaluation of random boxes on these images, or on 20 that are no files."""
    compared = random_images(len(paths) or 20, classes=len(names), boxes=5, detections=25, seed=seed)
    if paths:
        compared = [replace(image, path=path) for image, path in zip(compared, paths, strict=True)]
    figures = measure(compared, names)
    details = details_of(
        compared,
        names,
        ap_per_class=figures.ap_per_class,
        ap50_per_class=figures.ap50_per_class,
        ap_per_size=figures.ap_per_size,
    )
    return KeptEvaluation(replace(figures, details=details, faults=faults), "best.pth 1 2", "val", "cpu")
