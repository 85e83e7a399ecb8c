"""How many frames at a time a network looks at fastest, found by trying."""

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector

MOST = 32
GAIN = 1.05  # a batch twice as large must be so much faster an image: larger ones delay a cancel
PASSES = 3


def fastest_batch(detector: "Detector", image: NDArray[np.uint8]) -> int:
    """1, 2, 4 … up to MOST: doubled while that makes each image (uint8 [H, W, 3] BGR) faster and the memory is enough.

    1 on a CPU, where a batch is no faster (measured with ONNX Runtime and torch).
    """
    if detector.device.type == "cpu":
        return 1
    return fastest_of(lambda size: _image_s(detector, image, size))


def fastest_of(image_s: Callable[[int], float]) -> int:
    """The batch size found with `image_s`, seconds an image for a batch size, which may run out of memory."""
    best, best_s = 1, image_s(1)
    while best < MOST:
        try:
            larger_s = image_s(2 * best)
        except torch.OutOfMemoryError:
            break
        if larger_s * GAIN > best_s:
            break
        best, best_s = 2 * best, larger_s
    return best


def _image_s(detector: "Detector", image: NDArray[np.uint8], size: int) -> float:
    """Seconds an image in a batch of `size`: the best of a few passes after one to warm up."""
    images = [image] * size
    detector.predict(images)
    passes = []
    for _ in range(PASSES):
        start_s = perf_counter()
        detector.predict(images)
        passes.append(perf_counter() - start_s)
    return min(passes) / size
