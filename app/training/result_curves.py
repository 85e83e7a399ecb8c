"""Precision against recall of all classes and each. Imports pyqtgraph, so import it only when it is to be seen."""

import pyqtgraph as pg
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from app.theme import SPACE, class_color, current_colors
from yolox_core.evaluate.details import Details, Threshold
from yolox_core.evaluate.voc_ap import RecallCurve

MANY_CLASSES = 12  # above, the curves of classes that are not chosen stay in the background
FAINT = 70


class RecallPlot(QFrame):
    """Draws the curve of the chosen class, or of all pooled, above those of the other classes; a dot marks a score."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self.setProperty("look", "card")
        self._details: Details | None = None
        self._chosen = ""
        self.title = QLabel()
        self.title.setProperty("look", "heading")
        self.plot = pg.PlotWidget()
        self.plot.setMinimumSize(200, 140)
        self.plot.showGrid(x=True, y=True, alpha=0.15)
        self.plot.setRange(xRange=(0, 1), yRange=(0, 1), padding=0.02)
        self.dot = pg.ScatterPlotItem(size=11)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE // 2)
        layout.addWidget(self.title)
        layout.addWidget(self.plot, 1)

    @property
    def curve(self) -> RecallCurve | None:
        """The curve in front."""
        if self._details is None:
            return None
        own = (one.curve for one in self._details.classes if one.name == self._chosen)
        return next(own, self._details.curve)

    def show_details(self, details: Details) -> None:
        """Show another evaluation, all classes in front."""
        self._details, self._chosen = details, ""
        self._draw()

    def choose(self, class_name: str) -> None:
        """Put a class in front; an empty name stands for all."""
        self._chosen = class_name
        self._draw()

    def mark(self, threshold: Threshold) -> None:
        """Put the dot where the detections of at least this score stand."""
        self.dot.setData([threshold.recall], [threshold.precision])

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "dot"):
            self._draw()

    def _draw(self) -> None:
        colors = current_colors(self)
        self.title.setText(f"Precision by recall: {self._chosen or 'all classes'}")
        self.plot.setBackground(QColor(colors.base))
        for side, text in (("left", "precision"), ("bottom", "recall")):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
            axis.setLabel(text)
        self.plot.clear()
        if self._details is None or self.curve is None:
            return
        width = self.devicePixelRatioF()
        are_faint = bool(self._chosen) or len(self._details.classes) > MANY_CLASSES
        for one in self._details.classes:
            color = class_color(one.name)
            color.setAlpha(FAINT if are_faint else 255)
            self._add_line(one.curve, color, width)
        front = class_color(self._chosen) if self._chosen else QColor(colors.text)
        self._add_line(self.curve, front, 2.5 * width)
        self.dot.setBrush(front)
        self.dot.setPen(pg.mkPen(colors.base, width=2 * width))
        self.plot.addItem(self.dot)

    def _add_line(self, curve: RecallCurve, color: QColor, width: float) -> None:
        self.plot.plot(curve.recall, curve.precision, pen=pg.mkPen(color, width=width))
