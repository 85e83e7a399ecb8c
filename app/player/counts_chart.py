"""Boxes of each class over the frames of a video, as a chart. Imports pyqtgraph, so import it only when it is seen."""

import csv
import io

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget

from app.theme import class_color, current_colors

Counts = NDArray[np.float64]  # [C, F] boxes of each class in each frame, nan where it has not been looked at

MOST_POINTS = 2000
WIDTH = 2
PLATE_ALPHA = 210


class CountsChart(pg.PlotWidget):  # type: ignore[misc]
    """One line for each class that occurs; a click asks for the frame under the mouse, counted from 0."""

    frame_requested = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        colors = current_colors(self)
        self.setBackground(QColor(colors.base))
        self._frames = 0
        plate = QColor(colors.base)
        plate.setAlpha(PLATE_ALPHA)
        self.legend = self.addLegend(offset=(-10, 10), labelTextColor=colors.text, brush=plate)
        self.setLabel("bottom", "frame", color=colors.text)
        self.setLabel("left", "boxes", color=colors.text)
        self.setMouseEnabled(x=True, y=False)
        for side in ("left", "bottom"):
            self.getAxis(side).setTextPen(colors.text)
        self.scene().sigMouseClicked.connect(self._on_clicked)

    def show_counts(self, class_names: tuple[str, ...], counts: Counts) -> None:
        """Draw other counts; over many frames each point is the mean of neighbouring ones."""
        self._frames = counts.shape[1]
        self.plotItem.clear()
        frames, means = _thinned(counts)
        for class_id in np.flatnonzero(np.nansum(counts, axis=1)):
            name = class_names[class_id]
            pen = pg.mkPen(class_color(name), width=WIDTH)
            self.plot(frames, means[class_id], pen=pen, name=name, connect="finite")

    def image(self) -> QImage:
        """The chart as it is on screen."""
        image: QImage = self.grab().toImage()
        return image

    def _on_clicked(self, event: object) -> None:
        place = self.plotItem.vb.mapSceneToView(event.scenePos())  # type: ignore[attr-defined]
        frame = round(place.x()) - 1
        if 0 <= frame < self._frames:
            self.frame_requested.emit(frame)


def counts_csv(class_names: tuple[str, ...], counts: Counts) -> bytes:
    """A row for each frame looked at, counted from 1, and a column for each class."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("frame", *class_names))
    for frame in np.flatnonzero(~np.isnan(counts).any(axis=0)):
        writer.writerow((frame + 1, *counts[:, frame].astype(int)))
    return text.getvalue().encode()


def _thinned(counts: Counts) -> tuple[NDArray[np.float64], Counts]:
    """Frames counted from 1, and counts, in at most MOST_POINTS points."""
    step = -(-counts.shape[1] // MOST_POINTS)
    padded = np.pad(counts, ((0, 0), (0, -counts.shape[1] % step)), constant_values=np.nan)
    parts = padded.reshape(len(counts), padded.shape[1] // step, step)
    known = (~np.isnan(parts)).sum(axis=2)
    means = np.where(known > 0, np.nansum(parts, axis=2) / np.maximum(known, 1), np.nan)
    return np.arange(means.shape[1]) * step + 1.0 + (step - 1) / 2, means
