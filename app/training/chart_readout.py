"""The values of all curves at one place of a plot, in a small card that keeps out of the mouse's way."""

from collections.abc import Sequence
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.theme import SPACE
from app.training.chart_axis import AXIS_TEXTS, place_text, value_text
from app.training.curve_table import Curve
from app.training.steps import Trace

MOST_LINES = 12
MOST_LETTERS = 28


class Readout(QLabel):
    """A card over a plot; the mouse passes through it."""

    def __init__(self, plot: QWidget) -> None:
        super().__init__(plot)
        self._plot = plot
        self.setProperty("look", "card")
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setContentsMargins(SPACE // 2, SPACE // 4, SPACE // 2, SPACE // 4)
        self.hide()

    def show_values(self, axis: str, x: float, curves: Sequence[Curve], *, accent: str) -> None:
        """Say where `x` is, and the value of each curve at its point nearest to it."""
        lines = [
            f'<tr><td style="color:{curve.color or accent}">■&nbsp;</td>'
            f"<td>{escape(_short(f'{curve.label}, {curve.run}' if curve.run else curve.label))}&nbsp;&nbsp;</td>"
            f'<td align="right">{value_text(value, curve.digits)}</td></tr>'
            for curve in curves
            if (value := value_at(curve.trace, x)) is not None
        ]
        if len(lines) > MOST_LINES:
            lines[MOST_LINES:] = [f'<tr><td></td><td colspan="2">and {len(lines) - MOST_LINES} more</td></tr>']
        head = f"<b>{AXIS_TEXTS[axis]} {place_text(axis, x)}</b>"
        self.setText(f'{head}<table cellspacing="0" cellpadding="0">{"".join(lines)}</table>')
        self.adjustSize()
        self.show()

    def place(self, *, is_left: bool, margin: int) -> None:
        """Keep to the left or right end of the plot, whose axis takes `margin` pixels."""
        right = self._plot.width() - self.width() - SPACE // 2
        self.move(margin + SPACE // 2 if is_left else right, SPACE // 2)


def value_at(trace: Trace, x: float) -> float | None:
    """The value of the point nearest to `x`; None beyond the curve's ends."""
    if not len(trace.x) or not trace.x[0] <= x <= trace.x[-1]:
        return None
    after = int(np.searchsorted(trace.x, x))
    before = max(after - 1, 0)
    nearest = before if x - trace.x[before] < trace.x[after] - x else after
    return float(trace.y[nearest])


def _short(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS // 2]}…{name[-MOST_LETTERS // 2 + 1 :]}"
