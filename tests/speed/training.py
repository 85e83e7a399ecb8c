"""Rows of the Train page: drawing the curves of a long run."""

import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from app.training.curves import Curves
from app.training.status import LOSSES, RunStatus
from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.train.events import StepDone

STEPS = 100_000


def rows() -> list[Row]:
    """One redraw after a new step, against pyqtgraph drawing every point."""
    app = QApplication.instance() or QApplication([])
    status = RunStatus()
    for step in range(1, STEPS + 1):
        status.take(_step(step))
    curves = Curves()
    plot = pg.PlotWidget()
    lines = [plot.plot() for _ in range(len(LOSSES) + 1)]
    for widget in (curves, plot):
        widget.resize(1000, 600)
        widget.show()

    def ours() -> None:
        status.take(_step(status.step + 1))
        curves.show_status(status)
        curves.grab()

    def peer() -> None:
        for line, series in zip(lines, (*status.losses.values(), status.learning_rate), strict=True):
            line.setData(series.x, series.y)
        plot.grab()

    mine, theirs = in_turns(ours, peer, repeats=5)
    app.processEvents()
    what = f"redraw of 6 curves of {STEPS:,} steps after a step"
    return [Row(what, mine, theirs, "ms", theirs / mine, "<= 30 ms", mine <= 30)]


def _step(step: int) -> StepDone:
    loss = 10 / (1 + step / 1000) + (step * 7919 % 101) / 100
    return StepDone(1, step, loss, loss / 3, loss / 4, loss / 5, loss / 6, 0.01, 320, 8, 0.5, 0.01)
