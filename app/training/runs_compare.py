"""Any number of runs in one plot, epoch by epoch. Imports pyqtgraph, so import it only when it is to be seen."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.jobs import Job
from app.session import Session
from app.theme import SPACE
from app.training.chart import Chart, LineSpec
from app.training.series import Series
from yolox_core.errors import UserError
from yolox_core.palette import COLORS
from yolox_core.train.runs import RunHistory, RunSummary, read_history

Points = Callable[[RunHistory], Iterator[tuple[float, float]]]
QUANTITIES: dict[str, Points] = {
    "AP": lambda run: ((one.epoch, one.ap) for one in run.evaluations),
    "AP50": lambda run: ((one.epoch, one.ap50) for one in run.evaluations),
    "VOC AP50": lambda run: ((one.epoch, one.voc_ap50) for one in run.evaluations),
    "Total loss": lambda run: ((one.epoch, one.total_loss) for one in run.epochs),
    "Seconds per epoch": lambda run: ((one.epoch, one.time_s) for one in run.epochs),
}
LEGEND_WIDTH = 260
HINT = "Select runs in the table to compare them here: Ctrl+click adds one, Shift+click all between."


class Comparison(QWidget):
    """Draws one quantity of the runs it is given; their histories are read once, in a job."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._runs: tuple[RunSummary, ...] = ()
        self._drawn: tuple[RunSummary, ...] = ()
        self._known: dict[Path, tuple[float, RunHistory]] = {}
        self._chart: Chart | None = None
        self.quantity = QComboBox()
        self.quantity.addItems(list(QUANTITIES))
        self.legend = QListWidget()
        self.legend.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.legend.setSpacing(2)
        self.legend.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.legend.setFixedWidth(LEGEND_WIDTH)
        self._plot = QVBoxLayout()
        self._stack = QStackedLayout(self)
        self._lay_out()
        self.quantity.currentTextChanged.connect(self._draw)

    @property
    def lines(self) -> dict[str, int]:
        """Number of points on show by name of the run."""
        return {run.path.name: self._chart.points(str(run.path)) for run in self._drawn} if self._chart else {}

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Compare these runs."""
        self._runs = tuple(runs)
        self._stack.setCurrentIndex(1 if runs else 0)
        missing = [run for run in runs if self._known.get(run.path, (0.0,))[0] != run.written_s]
        if missing:
            job = Job(lambda: _histories(missing), self)
            job.record_ready.connect(self._on_read)
            job.done.connect(self._draw)
            self._session.start(job)
        else:
            self._draw()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme in the colours of the lines."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._chart is not None:
            self._draw()

    def _lay_out(self) -> None:
        hint = QLabel(HINT, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        hint.setProperty("look", "muted")
        side = QVBoxLayout()
        side.setSpacing(SPACE)
        side.addWidget(self.quantity)
        side.addWidget(self.legend, 1)
        compared = QWidget()
        row = QHBoxLayout(compared)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        row.addLayout(self._plot, 1)
        row.addLayout(side)
        self._stack.addWidget(hint)
        self._stack.addWidget(compared)

    def _on_read(self, answer: tuple[RunSummary, RunHistory]) -> None:
        run, history = answer
        self._known[run.path] = (run.written_s, history)

    def _draw(self) -> None:
        if self._chart is not None:
            self._plot.removeWidget(self._chart)
            self._chart.deleteLater()
        self._drawn = self._runs
        name = self.quantity.currentText()
        colors = {run.path: QColor(*COLORS[place % len(COLORS)]) for place, run in enumerate(self._runs)}
        specs = [LineSpec(str(run.path), "", colors[run.path].name(), has_marks=True) for run in self._runs]
        self._chart = Chart(f"{name} by epoch", specs)
        self._plot.addWidget(self._chart)
        self.legend.clear()
        for run in self._runs:
            series = self._series(run, name)
            self._chart.draw(str(run.path), series)
            self._chart.legend[str(run.path)].hide()
            best = f"{_best(series, name):.4g}" if len(series) else "no figures"
            item = QListWidgetItem(_stroke(colors[run.path]), f"{best}  {run.path.name}")
            item.setToolTip(f"{run.path}\n{run.notes.note}".rstrip())
            self.legend.addItem(item)

    def _series(self, run: RunSummary, name: str) -> Series:
        series = Series()
        if run.path in self._known:
            for x, y in QUANTITIES[name](self._known[run.path][1]):
                series.append(x, y)
        return series


def _histories(runs: Sequence[RunSummary]) -> Iterator[tuple[RunSummary, RunHistory]]:
    for run in runs:
        try:
            yield run, read_history(run.path)
        except UserError:
            yield run, RunHistory(run.path, (), ())


def _best(series: Series, name: str) -> float:
    return float(series.y.max() if "AP" in name else series.y.min())


def _stroke(color: QColor) -> QPixmap:
    stroke = QPixmap(QSize(14, 4))
    stroke.fill(color)
    return stroke
