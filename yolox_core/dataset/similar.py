"""Pictures that show almost the same: copies saved anew, neighbouring frames of a video, the same photo in grey.

A look is a picture's 16 x 16 grey cells, less their mean, at length 1: float32 [256]. Two looks are alike where their
product is near 1. Of BCCD's 364 images one pair is (two photos of one spot), of 128 images of COCO none.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.images import read_small

SIDE = 16
SMALL = 4 * SIDE
ALIKE = 0.98
FAINTEST = 2.0  # standard deviation in grey levels below which a picture shows too little to compare
ROWS = 512

Look = NDArray[np.float32]


def look_of(path: Path) -> Look:
    """The look of an image; zeros, which are like nothing, where it cannot be read or shows next to nothing."""
    try:
        return look_of_pixels(read_small(path, SMALL))
    except FileError:
        return np.zeros(SIDE * SIDE, np.float32)


def look_of_pixels(image: NDArray[np.uint8]) -> Look:
    """The look of uint8 [H, W, 3] BGR."""
    import cv2

    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    cells = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
    cells -= cells.mean()
    length = float(np.linalg.norm(cells))
    return (cells / length if length >= FAINTEST * SIDE else cells * 0).astype(np.float32)


def alike_pairs(first: Look, second: Look) -> Iterator[tuple[int, int]]:
    """Rows of `first` [N, 256] that have an alike row in `second` [M, 256], each with the most alike one."""
    for start in range(0, len(first), ROWS):
        likeness = first[start : start + ROWS] @ second.T
        nearest = likeness.argmax(axis=1)
        for row in np.flatnonzero(likeness[np.arange(len(nearest)), nearest] >= ALIKE):
            yield start + int(row), int(nearest[row])
