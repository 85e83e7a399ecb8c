"""Fit an image into the network's input without changing its shape: top-left, the rest grey."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import ValueOutOfRange

PADDING_GREY = 114  # what the published weights were trained with
LARGEST_STRIDE = 32


@dataclass(frozen=True, slots=True)
class Letterboxed:
    """An image in its input frame: uint8 [H, W, 3] BGR. Input pixels divided by `scale` are pixels of the original."""

    image: NDArray[np.uint8]
    scale: float


def input_shape(image_size: int | tuple[int, int]) -> tuple[int, int]:
    """Height and width in pixels of the network's input, given so or as one side. Raises ValueOutOfRange."""
    shape = (image_size, image_size) if isinstance(image_size, int) else image_size
    if any(side < LARGEST_STRIDE or side % LARGEST_STRIDE for side in shape):
        raise ValueOutOfRange(
            f"The image size must be a multiple of {LARGEST_STRIDE} px, not {shape[1]} x {shape[0]}.",
            field="image_size",
            action="Use 320, 416 or 640, for instance.",
        )
    return shape


def letterbox(image: NDArray[np.uint8], side: int | tuple[int, int]) -> Letterboxed:
    """The uint8 [h, w, 3] image, scaled to fit `side` (px, or height and width) and pasted top-left on grey 114.

    Scale min(H / h, W / w), bilinear, sides rounded down, at least one pixel each.
    """
    height, width = (side, side) if isinstance(side, int) else side
    scale = min(height / image.shape[0], width / image.shape[1])
    inner_height = max(int(image.shape[0] * scale), 1)
    inner_width = max(int(image.shape[1] * scale), 1)
    canvas = np.full((height, width, 3), PADDING_GREY, dtype=np.uint8)
    inner = canvas[:inner_height, :inner_width]
    inner[:] = cv2.resize(image, (inner_width, inner_height), interpolation=cv2.INTER_LINEAR)
    return Letterboxed(canvas, scale)
