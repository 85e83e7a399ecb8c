"""Any number of runs in one plot, epoch by epoch. Imports pyqtgraph, so import it only when it is to be seen."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QLabel, QStackedLayout, QWidget

from app.jobs import Job
from app.session import Session
from app.training.chart import Chart
from app.training.curve_table import Curve
from app.training.steps import Trace
from yolox_core.errors import UserError
from yolox_core.palette import COLORS
from yolox_core.train.runs import RunHistory, RunSummary, read_history

Points = Callable[[RunHistory], list[tuple[float, float]]]
QUANTITIES: dict[str, Points] = {
    "AP": lambda run: [(one.epoch, one.ap) for one in run.evaluations],
    "AP50": lambda run: [(one.epoch, one.ap50) for one in run.evaluations],
    "VOC AP50": lambda run: [(one.epoch, one.voc_ap50) for one in run.evaluations],
    "Total loss": lambda run: [(one.epoch, one.total_loss) for one in run.epochs],
    "Seconds per epoch": lambda run: [(one.epoch, one.time_s) for one in run.epochs],
}
HINT = "Select runs in the table to compare them here: Ctrl+click adds one, Shift+click all between."


class Comparison(QWidget):
    """Draws one quantity of the runs it is given; their histories are read once, in a job."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runs: tuple[RunSummary, ...] = ()
        self._known: dict[Path, tuple[float, RunHistory]] = {}
        self._hidden: set[str] = set()
        self.quantity = QComboBox()
        self.quantity.addItems(list(QUANTITIES))
        self.chart = Chart("Runs by epoch")
        self.chart.add_tool(self.quantity)
        hint = QLabel(HINT, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        hint.setProperty("look", "muted")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(hint)
        self._stack.addWidget(self.chart)
        self.quantity.currentTextChanged.connect(self._draw)
        self.chart.toggled.connect(self._toggle)
        self.chart.hovered.connect(self._show_cursor)
        self.chart.span_wished.connect(self._show_span)
        self.chart.all_wished.connect(self._show_all)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Compare these runs."""
        are_others = [run.path for run in runs] != [run.path for run in self._runs]
        self._runs = tuple(runs)
        if are_others:
            self._show_all()
        self._stack.setCurrentIndex(1 if runs else 0)
        missing = [run for run in runs if self._known.get(run.path, (0.0,))[0] != run.written_s]
        if missing:
            job = Job(lambda: _histories(missing), self)
            job.record_ready.connect(self._on_read)
            job.done.connect(self._draw)
            self._session.start(job)
        else:
            self._draw()

    def _on_read(self, answer: tuple[RunSummary, RunHistory]) -> None:
        run, history = answer
        self._known[run.path] = (run.written_s, history)

    def _draw(self) -> None:
        curves = [self._curve(place, run) for place, run in enumerate(self._runs) if run.path in self._known]
        self.chart.draw(curves, hidden=self._hidden)

    def _curve(self, place: int, run: RunSummary) -> Curve:
        color = QColor(*COLORS[place % len(COLORS)]).name()
        points = QUANTITIES[self.quantity.currentText()](self._known[run.path][1])
        x, y = np.array(points, float).reshape(-1, 2).T
        return Curve(str(run.path), run.path.name, color, Trace(x, y, x, y), has_marks=True, digits=".4g")

    def _toggle(self, key: str) -> None:
        self._hidden ^= {key}
        self._draw()

    def _show_cursor(self, x: float | None) -> None:
        self.chart.show_cursor(x, is_here=True)

    def _show_all(self) -> None:
        self._show_span(1, max([2, *(run.epochs for run in self._runs)]))

    def _show_span(self, low: float, high: float) -> None:
        self.chart.show_span("epoch", low, high)


def _histories(runs: Sequence[RunSummary]) -> Iterator[tuple[RunSummary, RunHistory]]:
    for run in runs:
        try:
            yield run, read_history(run.path)
        except UserError:
            yield run, RunHistory(run.path, (), ())
