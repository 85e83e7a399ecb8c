"""What stands under a plot: steps, epochs or hours; and how a number reads in a legend."""

import math

import pyqtgraph as pg

TIMES_S = (1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800)
AXIS_TEXTS = {"step": "Step", "epoch": "Epoch", "clock": "Time"}


class RunAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of steps or epochs, with no ticks between them, or of time."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.kind = "step"
        self.enableAutoSIPrefix(False)

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
