"""AP against time per image, as the YOLOX article compares network sizes (arXiv 2107.08430, figure 1).

Imports pyqtgraph, so import it only when it is to be seen.
"""

from collections.abc import Sequence
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.theme import SPACE, current_colors
from app.widgets.elided_label import ElidedLabel
from yolox_core.train.config import SIZES
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.runs import RunSummary

SIDE_WIDTH = 260


class SizesView(QWidget):
    """Shows measured runs as points, the best of each size joined by a line; lists the others to be measured."""

    measure_requested = Signal(object)  # Path of a run

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: tuple[RunSummary, ...] = ()
        self.buttons: dict[Path, QPushButton] = {}
        self.plot = pg.PlotWidget()
        self.plot.showGrid(x=True, y=True, alpha=0.15)
        self.plot.setMinimumSize(160, 80)
        self._line = self.plot.plot()
        self._points = pg.ScatterPlotItem(size=10, pen=None, hoverable=True, tip=_tip)
        self.plot.addItem(self._points)
        self._names: list[pg.TextItem] = []
        self._side = QScrollArea(widgetResizable=True)
        self._side.setFrameShape(QFrame.Shape.NoFrame)
        self._side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._side.setFixedWidth(SIDE_WIDTH)
        self._lay_out()
        self._dress()

    @property
    def points(self) -> list[tuple[float, float]]:
        """Milliseconds and AP of the runs on show."""
        return [(run.speed.total_ms, run.ap) for run in _measured(self._runs) if run.speed]

    @property
    def joined(self) -> list[str]:
        """The sizes along the line."""
        return [run.size for run in _best_of_sizes(self._runs)]

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs."""
        if tuple(runs) != self._runs:
            self._runs = tuple(runs)
            self._draw()
            self._list_unmeasured()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_side"):
            self._dress()
            self._draw()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("look", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE // 2)
        title = QLabel("Best AP against time per image")
        title.setProperty("look", "heading")
        column.addWidget(title)
        column.addWidget(self.plot, 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(card, 1)
        layout.addWidget(self._side)

    def _dress(self) -> None:
        colors = current_colors(self)
        self.plot.setBackground(QColor(colors.base))
        for side, text in (("left", "AP"), ("bottom", "ms per image")):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.enableAutoSIPrefix(False)
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
            axis.setLabel(text)

    def _draw(self) -> None:
        colors = current_colors(self)
        measured, best = _measured(self._runs), _best_of_sizes(self._runs)
        self._points.setData(
            [
                {"pos": (run.speed.total_ms, run.ap), "data": run, "brush": pg.mkBrush(colors.accent)}
                for run in measured
                if run.speed
            ]
        )
        self._line.setData(
            [run.speed.total_ms for run in best if run.speed], [run.ap for run in best], pen=pg.mkPen(colors.accent)
        )
        for name in self._names:
            self.plot.removeItem(name)
        self._names = [_name(run, colors.text) for run in best]
        for name in self._names:
            self.plot.addItem(name)

    def _list_unmeasured(self) -> None:
        waiting = [run for run in self._runs if run.speed is None and RunFolder(run.path).best.exists()]
        self.buttons = {run.path: QPushButton("Measure") for run in waiting}
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, SPACE, 0)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(0, 1)
        heading = QLabel(_heading(waiting, self._runs), wordWrap=True)
        heading.setProperty("look", "muted")
        grid.addWidget(heading, 0, 0, 1, 2)
        for line, run in enumerate(waiting, start=1):
            label = ElidedLabel()
            label.set_text(f"{run.size} · {run.path.name}", tool_tip=str(run.path))
            button = self.buttons[run.path]
            button.setToolTip("Time this network on this device, image by image; it takes some seconds")
            button.clicked.connect(lambda _checked=False, path=run.path: self.measure_requested.emit(path))
            grid.addWidget(label, line, 0)
            grid.addWidget(button, line, 1)
        grid.setRowStretch(len(waiting) + 1, 1)
        self._side.setWidget(rows)
        rows.setAutoFillBackground(False)


def _measured(runs: Sequence[RunSummary]) -> list[RunSummary]:
    return [run for run in runs if run.speed is not None and run.is_measured]


def _best_of_sizes(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """The measured run with the highest AP of each size, from the smallest size to the largest."""
    best = {run.size: run for run in sorted(_measured(runs), key=lambda run: run.ap)}
    return [best[size] for size in SIZES if size in best]


def _heading(waiting: Sequence[RunSummary], runs: Sequence[RunSummary]) -> str:
    if waiting:
        return "The time of these has not been measured yet:"
    return "The time of all is measured." if _measured(runs) else "No run has figures yet."


def _name(run: RunSummary, color: str) -> pg.TextItem:
    name = pg.TextItem(run.size, color=color, anchor=(0.5, 1.2))
    name.setPos(run.speed.total_ms if run.speed else 0, run.ap)
    return name


def _tip(x: float, y: float, data: RunSummary) -> str:
    device = data.speed.device if data.speed else ""
    return f"{data.path.name}\nAP {y:.3f}, {x:.1f} ms on {device}"
