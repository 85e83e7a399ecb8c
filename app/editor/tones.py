"""Brightness, contrast and gamma of the picture on screen; the file and the decoded pixels stay as they are."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from app.editor.pictures import Picture

LIMIT = 100
STEEPEST = 16.0  # a dark frame of 16 grey levels can fill the whole range
STRONGEST_GAMMA = 5.0
CUT = (1.0, 99.0)  # percentiles that become black and white


@dataclass(frozen=True)
class Tones:
    """How levels are changed: three positions in -100..100, all 0 for the picture as it is."""

    brightness: int = 0
    contrast: int = 0
    gamma: int = 0

    @property
    def is_neutral(self) -> bool:
        """Whether the picture is shown as it is."""
        return self == Tones()

    @property
    def slope(self) -> float:
        """The factor of contrast, 1/16 to 16."""
        return math.pow(STEEPEST, self.contrast / LIMIT)

    @property
    def gamma_value(self) -> float:
        """The gamma, 0.2 to 5; above 1 lifts the dark levels."""
        return math.pow(STRONGEST_GAMMA, self.gamma / LIMIT)

    @cached_property
    def table(self) -> NDArray[np.uint8]:
        """The new level [1, 256, 4] of each level of blue, green, red; the fourth channel stays."""
        levels = np.arange(256)
        stretched = np.clip((levels / 255 + self.brightness / LIMIT - 0.5) * self.slope + 0.5, 0, 1)
        shown = np.rint(255 * stretched ** (1 / self.gamma_value))
        return np.stack([shown, shown, shown, levels], axis=1)[None].astype(np.uint8)


def stretched(picture: Picture) -> Tones:
    """The tones that make nearly the darkest level of a picture black and nearly the brightest white."""
    if not picture.levels:
        return Tones()
    low, high = np.percentile(picture.levels[-1][::4, ::4, :3], CUT) / 255
    slope = min(1 / max(high - low, 1 / 255), STEEPEST)
    return Tones(round(LIMIT * (0.5 - (low + high) / 2)), round(LIMIT * math.log(slope, STEEPEST)))
