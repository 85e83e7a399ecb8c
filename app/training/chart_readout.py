"""The values of all curves at one place of a plot, in a small card that keeps out of the mouse's way."""

from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from app.theme import SPACE
from app.training.chart_axis import AXIS_TEXTS, place_text, value_text
from app.training.curve_table import Curve
from app.training.steps import Trace

MOST_LINES = 12
DASH_TEXTS = ("╍╍", "┈┈", "╍┈", "┄&nbsp;┄")  # as chart_legend.dashes
MOST_LETTERS = 22


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

    def show_values(self, axis: str, x: float, curves: Sequence[Curve], colors: Mapping[str, str]) -> None:
        """Say where `x` is, and the value of each curve at its point nearest to it; a column for each run."""
        rows: dict[str, dict[int, str]] = {}
        for curve in curves:
            value = value_at(curve.trace, x)
            rows.setdefault(curve.key, {})[curve.dash] = "" if value is None else value_text(value, curve.digits)
        labels = {curve.key: curve.label for curve in curves}
        dashes = sorted({curve.dash for curve in curves})
        lines = [
            f'<tr><td style="color:{colors[key]}">■&nbsp;</td><td>{escape(_short(labels[key]))}</td>'
            f"{''.join(_cell(values.get(dash, '')) for dash in dashes)}</tr>"
            for key, values in rows.items()
        ]
        if len(lines) > MOST_LINES:
            lines[MOST_LINES:] = [
                f'<tr><td></td><td colspan="{1 + len(dashes)}">and {len(rows) - MOST_LINES} more</td>'
            ]
        if any(dashes):
            lines.insert(0, f"<tr><td></td><td></td>{''.join(_cell(_dash_text(dash)) for dash in dashes)}</tr>")
        title = f"<b>{AXIS_TEXTS[axis]} {place_text(axis, x)}</b>"
        self.setText(f'{title}<table cellspacing="0" cellpadding="0">{"".join(lines)}</table>')
        self.adjustSize()
        self.show()

    def place(self, *, is_left: bool, margin: int) -> None:
        """Keep to the left or right end of the plot, whose axis takes `margin` pixels."""
        right = self._plot.width() - self.width() - SPACE // 2
        self.move(margin + SPACE // 2 if is_left else max(right, 0), SPACE // 2)


def _dash_text(dash: int) -> str:
    return DASH_TEXTS[(dash - 1) % len(DASH_TEXTS)] if dash else "━━"


def _cell(text: str) -> str:
    return f'<td align="right">&nbsp;&nbsp;&nbsp;{text}</td>'


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
