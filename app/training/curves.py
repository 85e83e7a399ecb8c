"""The plots of a run, side by side over the same stretch of the same axis. Imports pyqtgraph: import it when seen."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QVBoxLayout, QWidget

from app.session import Session
from app.theme import SPACE
from app.training.chart import Chart
from app.training.chart_export import show_chart_menu
from app.training.chart_legend import Legend
from app.training.curve_bar import CurveBar
from app.training.curve_settings import CurveSettings
from app.training.curve_table import CHARTS, ChartSpec, LineSpec, class_lines, curves_of
from app.training.pick_button import PickButton
from app.training.status import RunStatus
from app.training.steps import MOST_POINTS, View
from yolox_core.errors import UserError
from yolox_core.train.events import Evaluated

WEAKEST = 5  # classes on show until the user picks others
END_ROOM = 1.015  # so that the last point is seen whole
WIDE, NARROW = 900, 460  # pixels for three columns, and for two
PAUSE_MS = 12  # between two plots, for whatever else the window has to do


class Curves(QWidget):
    """Draws what a RunStatus holds whenever `show_status` is called; a call without news costs next to nothing.

    The plots are made one after the other, each in a turn of the event loop: one takes 10 ms.
    """

    failed = Signal(UserError)

    def __init__(self, session: Session | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = CurveSettings.from_texts(session.settings.get("curves") if session else {})
        self._status = RunStatus()
        self._others: dict[str, RunStatus] = {}
        self._hidden_runs: frozenset[str] = frozenset()
        self._span: tuple[float, float] | None = None
        self._picked: tuple[str, ...] | None = None
        self._drawn: tuple[object, ...] = ()
        self._waiting: list[ChartSpec] = []
        self._turns = QTimer(self, interval=PAUSE_MS)
        self._turns.timeout.connect(self._draw_next)
        pg.setConfigOptions(antialias=True)
        self.bar = CurveBar()
        self.runs = Legend()
        self.runs.hide()
        self.classes = PickButton("Classes", reset_text=f"The {WEAKEST} weakest")
        self.classes.setProperty("look", "link")
        self.charts: dict[str, Chart] = {}
        self._unmade = sorted(CHARTS, key=lambda spec: spec.key not in self._settings.charts)
        self._making = QTimer(self, interval=PAUSE_MS)
        self._making.timeout.connect(self._make_next)
        self._making.start()
        self._grid = QGridLayout()
        self._lay_out()
        self._connect()
        self._apply(self._settings)

    @property
    def settings(self) -> CurveSettings:
        """How the plots are shown."""
        return self._settings

    @property
    def drawn_points(self) -> int:
        """Points of the curve that has the most, the values behind it included."""
        curves = [curve for chart in self.charts.values() for curve in chart.curves]
        return max((len(places) for curve in curves for places in (curve.trace.x, curve.trace.raw_x)), default=0)

    def make_all(self) -> None:
        """Make the plots that are still to be made, now."""
        while self._unmade:
            self._make_next()

    def show_status(self, status: RunStatus) -> None:
        """Draw the run, if anything came since the last time; of another run all is shown.

        Of the same run one plot is drawn after the other, so that the window answers in between.
        """
        counts = (id(status), len(status.steps), len(status.evaluations))
        if status is not self._status:
            self._status, self._span, self._picked = status, None, None
            self._draw()
        elif counts != self._drawn and not self._turns.isActive():
            self._waiting = self._made(self._wished_specs())
            self._turns.start()
        else:
            return
        self._drawn = counts

    def overlay(self, runs: Mapping[str, RunStatus]) -> None:
        """Draw other runs, by the name that the legend gives them, in dashes behind the run on show.

        The same quantities as of that run are drawn; without any run on show (an empty RunStatus) only the others are.
        """
        self._others = dict(runs)
        self._hidden_runs = frozenset()
        for gone in tuple(self.runs.entries):
            self.runs.remove(gone)
        for dash, name in enumerate(runs, start=1):
            self.runs.add(name, name, dash=dash).set_color(self.palette().text().color())
        self.runs.setVisible(bool(runs))
        self._draw()

    def show_span(self, low: float, high: float) -> None:
        """Show a stretch of the axis in all plots."""
        first, last = self._extent()
        low, high = max(low, first), min(high, last)
        self._span = (low, high) if (low, high) != (first, last) and low < high else None
        self._draw()

    def show_all(self) -> None:
        """Show the whole run, and follow its end."""
        self._span = None
        self._draw()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the width."""
        super().resizeEvent(event)
        self._arrange()

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setLayout(self._grid)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inside)
        scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.bar)
        layout.addWidget(self.runs)
        layout.addWidget(scroll, 1)

    def _connect(self) -> None:
        self.bar.settings_wished.connect(self._apply)
        self.bar.all_wished.connect(self.show_all)
        self.runs.toggled.connect(self._on_run_toggled)
        self.classes.opened.connect(self._list_classes)
        self.classes.picked.connect(self._on_classes_picked)
        self.classes.reset.connect(lambda: self._on_classes_picked(None))

    def _make_next(self) -> None:
        spec = self._unmade.pop(0)
        chart = self.charts[spec.key] = Chart(spec.title, floor=spec.floor, is_percent=spec.is_percent)
        chart.set_log(spec.has_log and self._settings.is_log)
        chart.span_wished.connect(self.show_span)
        chart.all_wished.connect(self.show_all)
        chart.hovered.connect(lambda x: self._on_hovered(x, spec.key))
        chart.toggled.connect(lambda name: self._on_toggled(f"{spec.key}/{name}"))
        chart.menu_wished.connect(lambda place: show_chart_menu(chart, place, self.failed.emit))
        if spec.key == "classes":
            chart.add_tool(self.classes)
        if spec.key in self._settings.charts:
            self._arrange()
            self._draw_chart(spec)
        if not self._unmade:
            self._making.stop()

    def _apply(self, settings: CurveSettings) -> None:
        if settings.axis != self._settings.axis:
            self._span = None
        self._settings = settings
        if self._session is not None:
            self._session.remember(curves=settings.as_texts())
        self.bar.show_settings(settings)
        for spec in self._made(CHARTS):
            self.charts[spec.key].set_log(spec.has_log and settings.is_log)
        self._arrange()
        self._draw()

    def _arrange(self) -> None:
        """Put the plots on show into as many columns as the width has room for; the first takes what is left over."""
        shown = self._wished_specs()
        columns = 1 if self.width() < NARROW else 2 if self.width() < WIDE or len(shown) in (2, 4) else 3
        columns = min(columns, len(shown))
        wider = -len(shown) % columns
        for key, chart in self.charts.items():
            self._grid.removeWidget(chart)
            if key not in self._settings.charts:
                chart.hide()
        for place, spec in enumerate(shown):
            row, column = divmod(place + (wider if place else 0), columns)
            if spec.key in self.charts:
                self._grid.addWidget(self.charts[spec.key], row, column, 1, 1 if place else 1 + wider)
                self.charts[spec.key].show()
        for column in range(self._grid.columnCount()):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 1 if row * columns < len(shown) + wider else 0)

    def _wished_specs(self) -> list[ChartSpec]:
        return [spec for spec in CHARTS if spec.key in self._settings.charts]

    def _made(self, specs: Iterable[ChartSpec]) -> list[ChartSpec]:
        return [spec for spec in specs if spec.key in self.charts]

    def _draw(self) -> None:
        self._turns.stop()
        for spec in self._made(self._wished_specs()):
            self._draw_chart(spec)
        self.bar.all.setVisible(self._span is not None)

    def _draw_next(self) -> None:
        if self._waiting:
            self._draw_chart(self._waiting.pop(0))
        else:
            self._turns.stop()

    def _draw_chart(self, spec: ChartSpec) -> None:
        settings, chart = self._settings, self.charts[spec.key]
        low, high = self._span or self._extent()
        others = {name: run for name, run in self._others.items() if name not in self._hidden_runs}
        points = min(MOST_POINTS, 2 * max(chart.plot.width(), 200))
        view = View(settings.axis, low, high, settings.window, points)
        hidden = [key.partition("/")[2] for key in settings.hidden if key.startswith(f"{spec.key}/")]
        lines = spec.lines or self._class_lines()
        chart.show_span(settings.axis, low, high)
        chart.draw(curves_of(lines, self._status, others, view), hidden=hidden)
        if chart.isAncestorOf(self.classes):
            self.classes.setVisible(self._latest is not None)

    def _extent(self) -> tuple[float, float]:
        """From the beginning to the end of the longest run on show, and a little further."""
        axis = self._settings.axis
        ends = [float(run.steps.column(axis)[-1]) for run in (self._status, *self._others.values()) if len(run.steps)]
        return 0.0, max((end for end in ends if np.isfinite(end)), default=1.0) * END_ROOM

    @property
    def _latest(self) -> Evaluated | None:
        """The latest evaluation of the run on show, or else of one behind it."""
        return next((run.latest for run in (self._status, *self._others.values()) if run.latest is not None), None)

    def _weakest_first(self) -> list[tuple[str, float]]:
        latest = self._latest
        return sorted(latest.ap50_per_class.items(), key=lambda item: item[1]) if latest else []

    def _class_lines(self) -> Iterable[LineSpec]:
        names = [name for name, _ in self._weakest_first()]
        return class_lines(names[:WEAKEST] if self._picked is None else [n for n in names if n in self._picked])

    def _list_classes(self) -> None:
        ranked = self._weakest_first()
        picked = [line.key for line in self._class_lines()]
        self.classes.set_rows([(name, f"{name}   {value:.3f}") for name, value in ranked], picked)

    def _on_classes_picked(self, names: tuple[str, ...] | None) -> None:
        self._picked = names
        if names is None:
            self._list_classes()
        self._draw()

    def _on_toggled(self, key: str) -> None:
        hidden = self._settings.hidden
        is_hidden = key in hidden
        self._apply(
            replace(
                self._settings, hidden=tuple(name for name in hidden if name != key) if is_hidden else (*hidden, key)
            )
        )

    def _on_run_toggled(self, name: str) -> None:
        self._hidden_runs ^= {name}
        self._draw()

    def _on_hovered(self, x: float | None, here: str) -> None:
        for key, chart in self.charts.items():
            chart.show_cursor(x, is_here=key == here)
