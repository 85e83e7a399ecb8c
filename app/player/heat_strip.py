"""How many boxes of each class every part of a video shows: a row a class above the timeline, as far as is known."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.player.reach import MARGIN, Reach
from app.theme import class_color

ROW_HEIGHT, GAP = 9, 2
MOST_ROWS = 5
FAINTEST = 70  # of 255: one box in many frames is still seen

Means = NDArray[np.float64]


class HeatStrip(QWidget):
    """Shows the classes with most boxes; hidden while nothing is known. A click asks for the frame under it."""

    frame_requested = Signal(int)
    resized = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._means: Means = np.zeros((0, 0))
        self._reach = Reach.whole(0)
        self._index = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Boxes of each class over the video")
        self.hide()

    @property
    def names(self) -> tuple[str, ...]:
        """The classes on show, from the top."""
        return self._names

    @property
    def bins(self) -> int:
        """In how many parts the strip can show a video."""
        return max(int((self.width() - 2 * MARGIN) * self.devicePixelRatioF()), 1)

    def sizeHint(self) -> QSize:
        """Room for the rows."""
        return QSize(400, max(len(self._names), 1) * (ROW_HEIGHT + GAP))

    def show_means(self, class_names: Sequence[str], means: Means, reach: Reach) -> None:
        """Show mean boxes a frame [C, bins] over the reach, nan where nothing is known; only classes that occur."""
        totals = np.nan_to_num(means).sum(axis=1)
        chosen = sorted(np.argsort(-totals, kind="stable")[:MOST_ROWS].tolist())
        chosen = [row for row in chosen if totals[row] > 0] or chosen[:1]
        rows_before = len(self._names)
        self._names, self._means, self._reach = tuple(class_names[row] for row in chosen), means[chosen], reach
        self.setVisible(bool(self._names))
        if len(self._names) != rows_before:
            self.updateGeometry()
        self.update()

    def clear(self) -> None:
        """Nothing is known."""
        self._names, self._means = (), np.zeros((0, 0))
        self.hide()

    def set_index(self, index: int) -> None:
        """Mark the playhead."""
        self._index = index
        self.update()

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Another number of parts fits."""
        self.resized.emit()

    def event(self, event: QEvent) -> bool:
        """Tell the class and number under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.text_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def text_at(self, place: QPointF) -> str:
        """What the strip says at a place: `drone: 2.4 a frame`."""
        row, x = int(place.y() // (ROW_HEIGHT + GAP)), place.x() - MARGIN
        if not 0 <= row < len(self._names) or not 0 <= x < self.width() - 2 * MARGIN:
            return ""
        mean = self._means[row, min(int(x / (self.width() - 2 * MARGIN) * self._means.shape[1]), self.bins - 1)]
        return f"{self._names[row]}: not looked at yet" if np.isnan(mean) else f"{self._names[row]}: {mean:.2g} a frame"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the frame under the pointer."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.frame_requested.emit(self._reach.index_at(event.position().x() - MARGIN, self.width() - 2 * MARGIN))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the rows and the playhead."""
        painter = QPainter(self)
        width = self.width() - 2 * MARGIN
        ground = self.palette().color(QPalette.ColorRole.Mid)
        for row, (name, means) in enumerate(zip(self._names, self._means, strict=True)):
            area = QRectF(MARGIN, row * (ROW_HEIGHT + GAP), width, ROW_HEIGHT)
            painter.drawImage(area, row_image(means, class_color(name), ground))
        if self._names and self._reach.first <= self._index <= self._reach.last:
            x = MARGIN + self._reach.place_of(self._index, width)
            painter.fillRect(QRectF(x - 0.5, 0, 1, self.height()), self.palette().color(QPalette.ColorRole.WindowText))


def row_image(means: Means, color: QColor, ground: QColor) -> QImage:
    """A line of pixels: the stronger the more boxes, bare where there are none, faint ground where nothing is known."""
    strongest = np.log1p(max(float(np.nanmax(means, initial=0.0)), 1.0))
    alpha = FAINTEST + (255 - FAINTEST) * np.log1p(np.nan_to_num(means)) / strongest
    pixels = np.zeros((1, len(means), 4), np.uint8)
    pixels[0, :, :3] = (color.blue(), color.green(), color.red())
    pixels[0, :, 3] = np.where(means > 0, alpha, 0)
    pixels[0, np.isnan(means)] = (ground.blue(), ground.green(), ground.red(), 90)
    return QImage(pixels.data, len(means), 1, pixels.strides[0], QImage.Format.Format_ARGB32).copy()
