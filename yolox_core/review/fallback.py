"""Models for data sets too small to learn from: made by `python -m tests.speed.review_weights`."""

from functools import cache
from importlib.resources import files

import numpy as np

from yolox_core.review.calibration import Models
from yolox_core.review.fitting import Softmax

FILE_NAME = "review_models.npz"
PARTS = ("mean", "deviation", "weights")


@cache
def fallback_models() -> Models:
    """The models that ship with the program: of three data sets, with errors planted into 25,000 copies of labels."""
    with (files("resources") / FILE_NAME).open("rb") as file, np.load(file, allow_pickle=False) as kept:
        labels, missing = (Softmax(*(kept[f"{name}_{part}"] for part in PARTS)) for name in ("labels", "missing"))
    return Models(labels, missing)


def plain_models(models: Models) -> dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"]:
    """The arrays of models, as the file holds them."""
    return {
        f"{name}_{part}": getattr(getattr(models, name), part).astype(np.float32)
        for name in ("labels", "missing")
        for part in PARTS
    }
