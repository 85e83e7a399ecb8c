"""The array types of the sample's drawing code, and the noise that its textures grow from."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Floats = NDArray[np.float32]
Color = tuple[float, float, float]


def color_array(color: Sequence[float]) -> Floats:
    """A BGR colour as float32 [3], to be broadcast over an image."""
    return np.asarray(color, np.float32)


def mixed(a: Sequence[float], b: Sequence[float], share: float) -> Color:
    """The colour `share` (0..1) of the way from `a` to `b`."""
    blue, green, red = (one + (other - one) * share for one, other in zip(a, b, strict=True))
    return blue, green, red


def jittered(rng: np.random.Generator, color: Sequence[float], amount: float) -> Color:
    """The colour with brightness and tint moved by up to `amount` steps of 255."""
    brightness = rng.uniform(-amount, amount)
    blue, green, red = (float(np.clip(c + brightness + rng.uniform(-amount, amount) / 3, 0, 255)) for c in color)
    return blue, green, red


def smooth_step(values: Floats, low: float, high: float) -> Floats:
    """Values mapped to 0 at `low` and 1 at `high`, with a soft start and end."""
    t = np.clip((values - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def fractal_noise(
    rng: np.random.Generator, height: int, width: int, *, cell: tuple[float, float], octaves: int = 4
) -> Floats:
    """Cloudy noise [height, width] in 0..1; `cell` is the (height, width) in pixels of its largest lumps."""
    total = np.zeros((height, width), np.float32)
    for octave in range(octaves):
        rows = max(2, round(height / cell[0] * 2**octave) + 1)
        columns = max(2, round(width / cell[1] * 2**octave) + 1)
        grid = rng.random((rows, columns), dtype=np.float32)
        total += cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC) * 0.55**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / max(high - low, 1e-6), np.float32)


def profile(rng: np.random.Generator, width: int, *, cell: float, octaves: int = 5) -> Floats:
    """A ridge line [width] in 0..1 whose largest hills are `cell` pixels wide."""
    return np.asarray(fractal_noise(rng, 2, width, cell=(4.0, cell), octaves=octaves)[0], np.float32)
