"""The inside of a plot under the mouse: the wheel and a drag choose a stretch of the axis, a double click all of it."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt, Signal

WHEEL_FACTOR = 1.25
LEAST_DRAG = 6  # pixels; less is a click with an unsteady hand


class SpanBox(pg.ViewBox):  # type: ignore[misc]
    """Asks for a stretch of the x axis and never changes itself: all plots of a run show the same stretch."""

    span_wished = Signal(float, float)
    all_wished = Signal()

    def __init__(self) -> None:
        super().__init__(enableMenu=False)
        self.disableAutoRange()
        self.setDefaultPadding(0)

    def wheelEvent(self, ev: Any, axis: int | None = None) -> None:
        """Zoom about the mouse."""
        ev.accept()
        if axis == 1:
            return
        factor = WHEEL_FACTOR ** (-ev.delta() / 120)
        middle = self.mapSceneToView(ev.scenePos()).x()
        low, high = self.viewRange()[0]
        self.span_wished.emit(middle - (middle - low) * factor, middle + (high - middle) * factor)

    def mouseDragEvent(self, ev: Any, axis: int | None = None) -> None:
        """Choose a stretch with the left button, push it along with the middle one."""
        if axis == 1 or ev.button() == Qt.MouseButton.RightButton:
            ev.ignore()
            return
        ev.accept()
        if ev.button() == Qt.MouseButton.MiddleButton:
            shift = self.mapToView(ev.lastPos()).x() - self.mapToView(ev.pos()).x()
            low, high = self.viewRange()[0]
            self.span_wished.emit(low + shift, high + shift)
        elif not ev.isFinish():
            self._mark(ev)
        else:
            self.rbScaleBox.hide()
            if abs(ev.pos().x() - ev.buttonDownPos().x()) >= LEAST_DRAG:
                self.span_wished.emit(*sorted(self.mapToView(pos).x() for pos in (ev.buttonDownPos(), ev.pos())))

    def mouseClickEvent(self, ev: Any) -> None:
        """A double click shows all."""
        if ev.button() == Qt.MouseButton.LeftButton and ev.double():
            ev.accept()
            self.all_wished.emit()

    def _mark(self, ev: Any) -> None:
        """Shade the stretch that is being dragged, over the whole height."""
        self.updateScaleBox(QPointF(ev.buttonDownPos().x(), 0), QPointF(ev.pos().x(), self.height()))
