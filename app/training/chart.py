"""One plot in a card: title, legend, curves, the values under the mouse. Imports pyqtgraph, as all that imports it."""

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.ma  # percentiles import it: here that happens in a job, not while a run is drawn
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.theme import SPACE, current_colors
from app.training.chart_axis import RunAxis, ValueAxis, legible, value_text
from app.training.chart_box import SpanBox
from app.training.chart_legend import Legend, dashes
from app.training.chart_readout import Readout
from app.training.curve_table import Curve
from app.training.steps import Means, Trace

FAINT, MUTED = 45, 190  # opacity of 255 of what lies behind a curve, and of other runs
LEAST = (200, 120)
MOST_MARKS = 60  # points of a curve that are marked one by one
SPIKES = 2  # per cent of the values behind the curves that may lie outside the plot, at either end


class Chart(QFrame):
    """Curves over a stretch of an axis that is chosen from outside; it tells what the mouse wishes for."""

    span_wished = Signal(float, float)
    all_wished = Signal()
    hovered = Signal(object)  # place on the axis, None when the mouse left
    toggled = Signal(str)  # key of a curve
    menu_wished = Signal(object)  # QPoint on the screen

    def __init__(self, title: str, *, floor: float | None = None, is_percent: bool = False) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self.title = title
        self.is_log = False
        self._floor = floor
        self._curves: dict[str, Curve] = {}
        self._items: dict[str, _Strokes] = {}
        self.axis, self.box, self.legend = RunAxis(), SpanBox(), Legend()
        self.plot = pg.PlotWidget(viewBox=self.box, axisItems={"bottom": self.axis, "left": ValueAxis()})
        self.plot.setMinimumSize(*LEAST)
        self.plot.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.plot.hideButtons()
        self.plot.setMenuEnabled(False)
        self.plot.showGrid(x=False, y=True, alpha=0.15)
        self.plot.getPlotItem().getAxis("left").setScale(100 if is_percent else 1)
        self._cursor = pg.InfiniteLine(movable=False)
        self._cursor.hide()
        self.box.addItem(self._cursor, ignoreBounds=True)
        self.readout = Readout(self.plot)
        self._lay_out()
        self._connect()
        self._dress()

    @property
    def curves(self) -> tuple[Curve, ...]:
        """The curves on show, in the order of the legend."""
        return tuple(self._curves.values())

    def add_tool(self, widget: QWidget) -> None:
        """Put a widget beside the title."""
        self._head.addWidget(widget)

    def draw(self, curves: Sequence[Curve], *, hidden: Iterable[str] = ()) -> None:
        """Show these curves and no others; of those that are hidden only what the legend needs."""
        hidden = frozenset(hidden)
        shown = [curve for curve in curves if np.isfinite(curve.trace.y).any()]
        self._name(shown, hidden)
        before, self._curves = self._curves, {_identity(curve): curve for curve in shown if curve.key not in hidden}
        for gone in self._items.keys() - self._curves.keys():
            self._items.pop(gone).remove_from(self.box)
        for identity, curve in self._curves.items():
            if identity not in self._items:
                self._items[identity] = _Strokes(self.box, is_other=bool(curve.run))
            if identity not in before or _look(curve) != _look(before[identity]):
                self._dress_curve(identity)
            trace = curve.trace
            self._items[identity].set_points(trace, *map(self._on_scale, (trace.y, trace.raw_y)))
        self._fit_height()

    def show_span(self, axis: str, low: float, high: float) -> None:
        """Show this stretch of this axis."""
        if self.axis.kind != axis:
            self.axis.kind = axis
            self.axis.picture = None
            self.axis.update()
        self.box.setXRange(low, high, padding=0)

    def set_log(self, is_log: bool) -> None:  # noqa: FBT001
        """Choose the scale of the values; the next drawing follows it."""
        self.is_log = is_log
        self.plot.getPlotItem().getAxis("left").setLogMode(y=is_log)

    def show_cursor(self, x: float | None, *, is_here: bool) -> None:
        """Mark a place on the axis and, in the plot under the mouse, say the values there."""
        self._cursor.setVisible(x is not None)
        if x is not None:
            self._cursor.setPos(x)
        if x is None or not is_here:
            self.readout.hide()
            return
        colors = {curve.key: self._color(curve).name() for curve in self.curves}
        self.readout.show_values(self.axis.kind, x, self.curves, colors)
        low, high = self.box.viewRange()[0]
        self.readout.place(is_left=x > (low + high) / 2, margin=int(self.box.sceneBoundingRect().left()))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "readout"):
            self._dress()

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the place of the mouse."""
        super().leaveEvent(event)
        self.hovered.emit(None)

    def _lay_out(self) -> None:
        heading = QLabel(self.title)
        heading.setProperty("look", "heading")
        self._head = QHBoxLayout()
        self._head.setSpacing(SPACE)
        self._head.addWidget(heading)
        self._head.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(self._head)
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)

    def _connect(self) -> None:
        self.box.span_wished.connect(self.span_wished)
        self.box.all_wished.connect(self.all_wished)
        self.legend.toggled.connect(self.toggled)
        self.plot.scene().sigMouseMoved.connect(self._on_mouse_moved)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        for inside in (self.plot, self.plot.viewport()):
            inside.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.customContextMenuRequested.connect(lambda place: self.menu_wished.emit(self.mapToGlobal(place)))

    def _on_mouse_moved(self, place: QPointF) -> None:
        is_inside = self.box.sceneBoundingRect().contains(place)
        self.hovered.emit(self.box.mapSceneToView(place).x() if is_inside else None)

    def _name(self, curves: Sequence[Curve], hidden: frozenset[str]) -> None:
        """Name the quantities in the legend, with their latest value in the first run that has them."""
        first: dict[str, Curve] = {}
        for curve in curves:
            first.setdefault(curve.key, curve)
        if list(self.legend.entries) != list(first):
            for key in tuple(self.legend.entries):
                self.legend.remove(key)
        for key, curve in first.items():
            entry = self.legend.add(key, curve.label)
            entry.set_color(self._color(curve))
            entry.set_on(key not in hidden)
            entry.show_value(value_text(curve.trace.y[np.isfinite(curve.trace.y)][-1], curve.digits))

    def _color(self, curve: Curve) -> QColor:
        colors = current_colors(self)
        return legible(QColor(curve.color or colors.accent), QColor(colors.base))

    def _on_scale(self, values: Means) -> Means:
        if not self.is_log:
            return values
        return np.log10(values, out=np.full_like(values, np.nan), where=values > 0)

    def _fit_height(self) -> None:
        """Show all curves, and most of what lies behind them."""
        extremes = [strokes.extremes() for strokes in self._items.values()]
        values = np.concatenate([np.empty(0), *extremes])
        values = values[np.isfinite(values)]
        if not len(values):
            self.box.setYRange(0, 1, padding=0.05)
            return
        low, high = float(values.min()), float(values.max())
        if self._floor is not None and not self.is_log:
            low = min(self._floor, low)
        if high - low < 1e-9 * max(abs(high), 1e-9):
            low, high = low - abs(low) / 2 - 1e-9, high + abs(high) / 2 + 1e-9
        self.box.setYRange(low, high, padding=0.06)

    def _dress(self) -> None:
        colors = current_colors(self)
        self.plot.setBackground(QColor(colors.base))
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(colors.line))
            axis.setTextPen(pg.mkPen(colors.muted))
        self._cursor.setPen(pg.mkPen(colors.muted))
        for curve in self.curves:
            self._dress_curve(_identity(curve))
            self.legend.entries[curve.key].set_color(self._color(curve))

    def _dress_curve(self, identity: str) -> None:
        curve = self._curves[identity]
        color = self._color(curve)
        ratio = self.devicePixelRatioF()
        self._items[identity].dress(color, dash=curve.dash, has_marks=curve.has_marks, ratio=ratio)


class _Strokes:
    """A curve in a plot: its line, its marks, and the values behind it."""

    def __init__(self, box: SpanBox, *, is_other: bool) -> None:
        self._is_other, self._has_marks = is_other, False
        self._line, self._marks = pg.PlotCurveItem(antialias=not is_other), pg.ScatterPlotItem()
        self._behind = pg.PlotCurveItem(antialias=False)
        for item, depth in ((self._behind, 0), (self._line, 2), (self._marks, 3)):
            item.setZValue(depth - (1 if is_other else 0))
            box.addItem(item, ignoreBounds=True)

    def remove_from(self, box: SpanBox) -> None:
        """Take the curve out of the plot."""
        for item in (self._line, self._behind, self._marks):
            box.removeItem(item)

    def set_points(self, trace: Trace, y: Means, raw_y: Means) -> None:
        """Draw these points, the values behind only where they differ from the curve."""
        self._line.setData(trace.x, y, connect="finite", skipFiniteCheck=bool(np.isfinite(y).all()))
        is_bare = self._is_other or np.array_equal(raw_y, y, equal_nan=True)
        self._behind.setData(*((np.empty(0),) * 2 if is_bare else (trace.raw_x, raw_y)), connect="finite")
        self._marks.setVisible(self._has_marks and len(trace.x) <= MOST_MARKS)
        if self._marks.isVisible():
            self._marks.setData(trace.x, y)

    def extremes(self) -> Means:
        """The lowest and the highest of the curve, and of most of what lies behind."""
        _, y = self._line.getData()
        _, raw_y = self._behind.getData()
        raw_y = raw_y[np.isfinite(raw_y)] if raw_y is not None else np.empty(0)
        y = y[np.isfinite(y)]
        most = np.percentile(raw_y, (SPIKES, 100 - SPIKES)) if len(raw_y) else np.empty(0)
        return np.concatenate([[y.min(), y.max()] if len(y) else [], most])

    def dress(self, color: QColor, *, dash: int, has_marks: bool, ratio: float) -> None:
        """Draw in this colour, with strokes of so many pixels of the screen as `ratio` says."""
        faint, line = QColor(color), QColor(color)
        faint.setAlpha(FAINT)
        if self._is_other:
            line.setAlpha(MUTED)
        pen: QPen = pg.mkPen(line, width=(1 if self._is_other else 2) * ratio)
        if dash:
            pen.setDashPattern([2 * part for part in dashes(dash)])
        self._line.setPen(pen)
        self._behind.setPen(pg.mkPen(faint, width=1))
        self._has_marks = has_marks and not self._is_other
        self._marks.setSize(6)
        self._marks.setBrush(pg.mkBrush(line))
        self._marks.setPen(None)


def _identity(curve: Curve) -> str:
    return f"{curve.run}\n{curve.key}"


def _look(curve: Curve) -> tuple[str, int, bool]:
    return curve.color, curve.dash, curve.has_marks
