"""Detector x labelled images -> AP figures: what other rooms use."""

from yolox_core.evaluate.run import ComparedImages, Evaluation, compare_images, evaluate, evaluate_images, measure
from yolox_core.evaluate.samples import Sample, Samples, read_samples

__all__ = [
    "ComparedImages",
    "Evaluation",
    "Sample",
    "Samples",
    "compare_images",
    "evaluate",
    "evaluate_images",
    "measure",
    "read_samples",
]
