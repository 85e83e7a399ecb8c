"""The plots of a run: losses, AP, learning rate. Imports pyqtgraph, so import it only when it is to be seen."""

import pyqtgraph as pg
from PySide6.QtWidgets import QGridLayout, QWidget

from app.theme import SPACE
from app.training.chart import ACCENT, Chart, LineSpec
from app.training.status import RunStatus

LOSSES = (
    LineSpec("total_loss", "total", ACCENT),
    LineSpec("iou_loss", "box", "#e69f00"),
    LineSpec("obj_loss", "object", "#009e73"),
    LineSpec("cls_loss", "class", "#cc79a7"),
    LineSpec("l1_loss", "L1", "#56b4e9", hides_zeros=True),
)
FIGURES = (
    LineSpec("ap50", "AP50", "#e69f00", has_marks=True, number_format=".3f"),
    LineSpec("ap", "AP", ACCENT, has_marks=True, number_format=".3f"),
)
RATES = (LineSpec("rate", "now", "#d55e00"),)
LOSS_WINDOW = 10  # steps of the running mean that is drawn


class Curves(QWidget):
    """Draws what a RunStatus holds whenever `show_status` is called; a call without news costs next to nothing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg.setConfigOptions(antialias=True)
        self.losses = Chart("Loss by step", LOSSES)
        self.figures = Chart("AP by epoch", FIGURES)
        self.figures.plot.setYRange(0, 1)
        self.rate = Chart("Learning rate", RATES)
        self._drawn: tuple[int, ...] = ()
        self._epochs = 0
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.losses, 0, 0, 1, 2)
        layout.addWidget(self.figures, 1, 0)
        layout.addWidget(self.rate, 1, 1)
        layout.setRowStretch(0, 5)
        layout.setRowStretch(1, 4)
        layout.setColumnStretch(0, 3)
        layout.setColumnStretch(1, 2)

    @property
    def drawn_points(self) -> int:
        """Points on show in the loss plot's line of the total loss."""
        return self.losses.points("total_loss")

    def show_status(self, status: RunStatus) -> None:
        """Draw the run, if anything came since the last time."""
        counts = (id(status), len(status.learning_rate), *(len(series) for series in status.figures.values()))
        if counts == self._drawn:
            return
        self._drawn = counts
        if status.started is not None and status.started.epochs != self._epochs:
            self._epochs = status.started.epochs
            self.figures.plot.setXRange(1, max(self._epochs, 2), padding=0.04)
        for spec in LOSSES:
            self.losses.draw(spec.name, status.losses[spec.name], window=LOSS_WINDOW)
        for spec in FIGURES:
            self.figures.draw(spec.name, status.figures[spec.name])
        self.rate.draw("rate", status.learning_rate)
