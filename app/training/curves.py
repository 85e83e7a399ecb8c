"""The plots of a run: losses, learning rate, AP. Imports pyqtgraph, so import it only when it is to be seen."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QGridLayout, QWidget

from app.theme import SPACE, current_colors
from app.training.series import Series, smoothed, thinned
from app.training.status import RunStatus

LOSS_CURVES = (
    ("total_loss", "total", "#0072b2"),
    ("iou_loss", "box (IoU)", "#e69f00"),
    ("obj_loss", "objectness", "#009e73"),
    ("cls_loss", "class", "#cc79a7"),
    ("l1_loss", "L1", "#56b4e9"),
)
FIGURE_CURVES = (
    ("ap", "AP .50:.95", "#0072b2"),
    ("ap50", "AP50", "#e69f00"),
    ("voc_ap50", "VOC AP50", "#009e73"),
)
RATE_COLOR = "#d55e00"
LOSS_WINDOW = 10  # steps of the running mean that is drawn


class Curves(QWidget):
    """Draws what a RunStatus holds whenever `show_status` is called; a call without news costs next to nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self._losses = _plot("Loss per step", "step")
        self._figures = _plot("Average precision", "epoch")
        self._figures.setYRange(0, 1)
        self._rate = _plot("Learning rate", "step")
        self._loss_lines = {name: _line(self._losses, label, color) for name, label, color in LOSS_CURVES}
        self._figure_lines = {
            name: _line(self._figures, label, color, has_marks=True) for name, label, color in FIGURE_CURVES
        }
        self._rate_line = self._rate.plot(pen=pg.mkPen(RATE_COLOR, width=2))
        self._drawn: tuple[int, ...] = ()
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self._losses, 0, 0, 1, 2)
        layout.addWidget(self._figures, 1, 0)
        layout.addWidget(self._rate, 1, 1)
        layout.setRowStretch(0, 5)
        layout.setRowStretch(1, 4)
        layout.setColumnStretch(0, 3)
        layout.setColumnStretch(1, 2)
        self._dress()

    @property
    def drawn_points(self) -> int:
        """Points on show in the loss plot's line of the total loss."""
        x, _ = self._loss_lines["total_loss"].getData()
        return 0 if x is None else len(x)

    def show_status(self, status: RunStatus) -> None:
        """Draw the run, if anything came since the last time."""
        counts = (id(status), len(status.learning_rate), *(len(series) for series in status.figures.values()))
        if counts == self._drawn:
            return
        self._drawn = counts
        for name, line in self._loss_lines.items():
            series = status.losses[name]
            is_used = len(series) > 0 and bool(series.y.any())
            _draw(line, series, LOSS_WINDOW) if is_used else line.setData([], [])
        for name, line in self._figure_lines.items():
            _draw(line, status.figures[name], 1)
        _draw(self._rate_line, status.learning_rate, 1)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_rate"):
            self._dress()

    def _dress(self) -> None:
        colors = current_colors(self)
        for plot in (self._losses, self._figures, self._rate):
            plot.setBackground(QColor(colors.base))
            item = plot.getPlotItem()
            item.setTitle(item.titleLabel.text, color=colors.text, size="10pt")
            for side in ("left", "bottom"):
                axis = item.getAxis(side)
                axis.setPen(pg.mkPen(colors.line))
                axis.setTextPen(pg.mkPen(colors.muted))
            if item.legend is not None:
                item.legend.setLabelTextColor(QColor(colors.text))
                item.legend.setBrush(pg.mkBrush(QColor(colors.base)))


def _plot(title: str, x_label: str) -> pg.PlotWidget:
    plot = pg.PlotWidget(title=title)
    plot.setMinimumSize(220, 140)
    plot.setLabel("bottom", x_label)
    plot.showGrid(x=True, y=True, alpha=0.15)
    plot.setMenuEnabled(True)
    plot.getPlotItem().getAxis("bottom").enableAutoSIPrefix(False)
    plot.getPlotItem().getAxis("left").enableAutoSIPrefix(False)
    return plot


def _line(plot: pg.PlotWidget, label: str, color: str, *, has_marks: bool = False) -> pg.PlotDataItem:
    if plot.getPlotItem().legend is None:
        plot.addLegend(offset=(-8, 8))
    marks = {"symbol": "o", "symbolSize": 5, "symbolBrush": color, "symbolPen": None} if has_marks else {}
    return plot.plot(pen=pg.mkPen(color, width=2), name=label, **marks)


def _draw(line: pg.PlotDataItem, series: Series, window: int) -> None:
    x, y = thinned(series.x, smoothed(series.y, window))
    line.setData(np.array(x), np.array(y))
