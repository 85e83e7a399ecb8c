"""What stands under a plot: steps, epochs or hours; and how a number reads in a legend."""

import math
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QColor

TIMES_S = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800)
TICK_HEIGHT = 24
LEAST_CONTRAST, MOST_SHADES = 2.2, 12
AXIS_TEXTS = {"step": "Step", "epoch": "Epoch", "clock": "Time"}


class RunAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of steps or epochs, with no ticks between them, or of time."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.kind = "step"
        self.enableAutoSIPrefix(False)
        self.setStyle(maxTickLevel=0)

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803
        """Pyqtgraph's spacings without those below 1; of times, those that a clock has."""
        if self.kind == "clock":
            wanted = (maxVal - minVal) / max(size / 90, 1)
            return [(next((float(time) for time in TIMES_S if time >= wanted), float(TIMES_S[-1])), 0.0)]
        spacings = [(step, offset) for step, offset in super().tickSpacing(minVal, maxVal, size) if step >= 1]
        return spacings or [(1.0, 0.0)]

    def tickStrings(self, values: list[float], *_spacings: float) -> list[str]:
        """The numbers at the ticks."""
        return [place_text(self.kind, value) for value in values]


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of values; a logarithmic one has as many of 1, 2, 5, 10, 20 … as there is room for."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        self.setStyle(maxTickLevel=0)

    def logTickValues(self, minVal: float, maxVal: float, size: float, _levels: object) -> list[Any]:  # noqa: N803
        """The logarithms of the values at the ticks."""
        for digits in ((1, 2, 5), (1, 3), (1,)):
            values = [
                exponent + math.log10(digit)
                for exponent in range(math.floor(minVal), math.ceil(maxVal) + 1)
                for digit in digits
            ]
            inside = [value for value in values if minVal <= value <= maxVal]
            if len(inside) <= max(size / TICK_HEIGHT, 1):
                break
        return [(None, inside)]

    def logTickStrings(self, values: list[float], *_spacings: float) -> list[str]:
        """The values at the ticks."""
        return [f"{10**value:.3g}" for value in values]


def legible(color: QColor, base: QColor) -> QColor:
    """The colour, darker or lighter until it is seen on `base`."""
    for _ in range(MOST_SHADES):
        bright, dark = sorted((_luminance(color), _luminance(base)), reverse=True)
        if (bright + 0.05) / (dark + 0.05) >= LEAST_CONTRAST:
            break
        color = color.darker(110) if base.lightness() > 127 else color.lighter(110)
    return color


def _luminance(color: QColor) -> float:
    """Relative luminance (WCAG 2.1), with 2.2 for the curve of sRGB."""
    weights = (0.2126, 0.7152, 0.0722)
    parts = (color.redF(), color.greenF(), color.blueF())
    return sum(weight * math.pow(part, 2.2) for weight, part in zip(weights, parts, strict=True))


def place_text(axis: str, value: float) -> str:
    """A place on an axis for a person: `12,000`, `2.5`, `1 h 05`."""
    if axis == "epoch":
        return f"{value:.2f}".rstrip("0").rstrip(".")
    if axis == "step":
        return f"{value:,.0f}"
    minutes, seconds = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {minutes:02d}" if minutes else f"{hours:,} h"
    return f"{minutes} min {seconds:02d}" if minutes and seconds else f"{minutes} min" if minutes else f"{seconds} s"


def value_text(value: float, digits: str = ".3g") -> str:
    """A value for a person, short also where it is large or tiny."""
    if not math.isfinite(value):
        return "–"
    return f"{value:,.0f}" if abs(value) >= 1000 and digits.endswith("g") else format(value, digits)
