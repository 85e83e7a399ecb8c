"""One plot in a card: title, a legend with the latest values, lines. Imports pyqtgraph, as all that imports it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.theme import SPACE, current_colors
from app.training.series import Series, smoothed, thinned

ACCENT = ""  # the colour of a line that takes the theme's accent
STROKE = 14


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A line of a chart; `color` is `#rrggbb`, or ACCENT. `hides_zeros`: a series of zeroes counts as no data."""

    name: str
    label: str
    color: str
    has_marks: bool = False
    hides_zeros: bool = False
    number_format: str = ".3g"


class Chart(QFrame):
    """Lines over a whole-numbered axis; lines without data stay out of the legend."""

    def __init__(self, title: str, lines: Sequence[LineSpec], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.plot = pg.PlotWidget(axisItems={"bottom": _WholeNumbers("bottom")})
        self.plot.setMinimumSize(160, 80)
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        for side in ("bottom", "left"):
            self.plot.getPlotItem().getAxis(side).enableAutoSIPrefix(False)
        self._specs = {spec.name: spec for spec in lines}
        self._lines = {spec.name: self.plot.plot() for spec in lines}
        self.legend = {spec.name: _LegendEntry(spec.label) for spec in lines}
        heading = QLabel(title)
        heading.setProperty("look", "heading")
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(heading)
        head.addStretch(1)
        for entry in self.legend.values():
            head.addWidget(entry)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        self._dress()

    def draw(self, name: str, series: Series, *, window: int = 1) -> None:
        """Draw a line as the running mean of `window` values, with its latest value in the legend."""
        is_empty = len(series) == 0 or (self._specs[name].hides_zeros and not series.y.any())
        if is_empty:
            self._lines[name].setData([], [])
            self.legend[name].show_value("")
            return
        x, y = thinned(series.x, smoothed(series.y, window))
        self._lines[name].setData(x, y)
        self.legend[name].show_value(format(y[-1], self._specs[name].number_format))

    def points(self, name: str) -> int:
        """Points on show in a line."""
        x, _ = self._lines[name].getData()
        return 0 if x is None else len(x)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "legend"):
            self._dress()

    def _dress(self) -> None:
        colors = current_colors(self)
        self.plot.setBackground(QColor(colors.base))
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
        for name, spec in self._specs.items():
            color = spec.color or colors.accent
            line = self._lines[name]
            line.setPen(pg.mkPen(color, width=2 * self.devicePixelRatioF()))
            if spec.has_marks:
                line.setSymbol("o")
                line.setSymbolSize(6)
                line.setSymbolBrush(color)
                line.setSymbolPen(None)
            self.legend[name].set_color(color)


class _LegendEntry(QWidget):
    """A stroke in the line's colour, its label and its latest value; hidden while there is none."""

    def __init__(self, label: str) -> None:
        super().__init__()
        self._label = label
        self._color = QColor()
        self.text = QLabel()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(STROKE + SPACE // 2, 0, 0, 0)
        layout.addWidget(self.text)
        self.hide()

    def show_value(self, value: str) -> None:
        """Show the latest value; nothing hides the entry."""
        self.setVisible(bool(value))
        self.text.setText(f"{self._label}  {value}")

    def set_color(self, color: str) -> None:
        """Paint the stroke in this colour."""
        self._color = QColor(color)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the stroke, which a palette could not hold: style sheets take it back when they change."""
        QPainter(self).fillRect(0, self.height() // 2 - 1, STROKE, 3, self._color)


class _WholeNumbers(pg.AxisItem):  # type: ignore[misc]
    """An axis of steps or epochs: no ticks between them."""

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N803
        """Pyqtgraph's spacings, without those below 1."""
        spacings = [(step, offset) for step, offset in super().tickSpacing(minVal, maxVal, size) if step >= 1]
        return spacings or [(1.0, 0.0)]
