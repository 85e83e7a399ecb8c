"""The bar under the frame: where we are in the video, and a way to go elsewhere."""

from collections.abc import Collection, Mapping
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.player.reach import MARGIN, Reach
from app.player.timeline_marks import paint_markers, paint_runs, stretches
from app.theme import current_colors

WHEEL_ZOOM = 1.5
BAR_TOP, BAR_HEIGHT = 10.0, 8.0
LOOP_RISE = 5.0  # px of its line over the bar
CATCH = 6.0  # px beside a marker that still mean it
MOST_NOTE = 60  # characters of a note under the pointer
TICK_DISTANCE = 90.0  # px between labels, at least
TICK_STEPS_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)


def time_text(time_s: float, *, decimals: int = 0) -> str:
    """A time as `m:ss` or `h:mm:ss`, with so many digits of a second."""
    rounded = round(time_s, decimals)
    minutes, seconds = divmod(rounded, 60)
    hours, minutes = divmod(int(minutes), 60)
    width = 3 + decimals if decimals else 2
    tail = f"{seconds:0{width}.{decimals}f}"
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def tick_step_s(duration_s: float, width: float) -> float:
    """Seconds between the labels of a bar of some width in px, so that they do not touch."""
    least_s = duration_s * TICK_DISTANCE / max(width, 1)
    return next((step for step in TICK_STEPS_S if step >= least_s), TICK_STEPS_S[-1])


class Timeline(QWidget):
    """Shows the position and asks for others: a click jumps, a drag scrubs, the wheel zooms, with Shift it moves on."""

    scrub_began = Signal()
    frame_requested = Signal(int)
    scrub_ended = Signal()
    hovered = Signal(int)  # the frame under the pointer; -1 when it leaves
    reach_changed = Signal(object)  # Reach

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frames = 0
        self._reach = Reach.whole(0)
        self._duration_s = 0.0
        self._index = 0
        self._hover_x: float | None = None
        self._is_held = False
        self._loop: tuple[int, int] | None = None
        self._markers: dict[int, str] = {}
        self._damaged: list[tuple[int, int]] = []
        self._labelled: list[tuple[int, int]] = []
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Timeline")

    def sizeHint(self) -> QSize:
        """Room for the bar and a line of times."""
        return QSize(400, int(BAR_TOP + BAR_HEIGHT) + self.fontMetrics().height() + 8)

    def set_video(self, frames: int, duration_s: float) -> None:
        """Show another video, from its start."""
        self._frames, self._duration_s, self._index = frames, duration_s, 0
        self.set_reach(Reach.whole(frames))

    @property
    def reach(self) -> Reach:
        """The part of the video on the bar."""
        return self._reach

    def set_reach(self, reach: Reach) -> None:
        """Show another part of the video."""
        self._reach = reach
        self.reach_changed.emit(reach)
        self.update()

    def set_index(self, index: int) -> None:
        """Move the playhead."""
        self._index = index
        if not self._is_held and self._reach.holding(index) != self._reach:
            self.set_reach(self._reach.holding(index))
        self.update()

    def set_loop(self, frames: tuple[int, int] | None) -> None:
        """Mark the stretch that is played over and over, or none."""
        self._loop = frames
        self.update()

    def set_markers(self, notes: Mapping[int, str]) -> None:
        """Mark these frames; the note on one is shown when the pointer is there."""
        self._markers = dict(notes)
        self.update()

    def set_damaged(self, frames: Collection[int]) -> None:
        """Mark the frames that the file has lost or broken."""
        self._damaged = stretches(frames)
        self.update()

    def set_labelled(self, frames: Collection[int]) -> None:
        """Mark the frames that are images of the data set."""
        self._labelled = stretches(frames)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom where the pointer is; with Shift, or sideways, move on."""
        turn = event.angleDelta()
        sideways = turn.x() or (turn.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self.set_reach(self._reach.moved(-sideways / 1200))
        else:
            self.set_reach(self._reach.zoomed(WHEEL_ZOOM ** (turn.y() / 120), self._index_at(event.position().x())))
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show the whole video again."""
        self.set_reach(Reach.whole(self._frames))
        self.mousePressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Hold the playhead and bring it here."""
        if event.button() == Qt.MouseButton.LeftButton and self._frames:
            self._is_held = True
            self.scrub_began.emit()
            self._request(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead, or show the time under the mouse."""
        self._hover_x = event.position().x()
        if self._is_held:
            self._request(event.position())
        else:
            self._tell_hovered()
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the playhead go."""
        if event.button() == Qt.MouseButton.LeftButton and self._is_held:
            self._is_held = False
            self.scrub_ended.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the time under the mouse."""
        self._hover_x = event.position().x()
        self._tell_hovered()
        self.update()

    def leaveEvent(self, _event: QEvent) -> None:
        """Show no time under the mouse."""
        self._hover_x = None
        self._tell_hovered()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw bar, times and playhead."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self._bar()
        self._paint_bar(painter, bar)
        if self._frames:
            colors = current_colors(self)
            paint_runs(painter, bar, self._labelled, self.x_of, QColor(colors.good))
            paint_runs(painter, bar, self._damaged, self.x_of, QColor(colors.danger))
            paint_markers(painter, bar, self._markers, self.x_of, QColor(colors.warning))
            self._paint_loop(painter, bar)
            self._paint_times(painter, bar)
            self._paint_playhead(painter, bar)

    def x_of(self, index: float) -> float:
        """Where a frame lies, in px from the left of the widget."""
        bar = self._bar()
        return bar.left() + self._reach.place_of(index, bar.width())

    def _tell_hovered(self) -> None:
        self.hovered.emit(-1 if self._hover_x is None or not self._frames else self._index_at(self._hover_x))

    def _bar(self) -> QRectF:
        return QRectF(MARGIN, BAR_TOP, self.width() - 2 * MARGIN, BAR_HEIGHT)

    def _request(self, place: QPointF) -> None:
        marker = self._marker_at(place.x()) if place.y() < BAR_TOP else None
        index = self._index_at(place.x()) if marker is None else marker
        if index != self._index:
            self.frame_requested.emit(index)

    def _marker_at(self, x: float) -> int | None:
        nearest = min(self._markers, key=lambda frame: abs(self.x_of(frame) - x), default=None)
        return nearest if nearest is not None and abs(self.x_of(nearest) - x) <= CATCH else None

    def _index_at(self, x: float) -> int:
        bar = self._bar()
        return self._reach.index_at(x - bar.left(), bar.width())

    def _paint_bar(self, painter: QPainter, bar: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.palette().color(QPalette.ColorRole.Mid))
        painter.drawRoundedRect(bar, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        if self._frames:
            painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight))
            done = QRectF(bar.topLeft(), QPointF(self.x_of(self._index), bar.bottom()))
            painter.drawRoundedRect(done, BAR_HEIGHT / 2, BAR_HEIGHT / 2)

    def _paint_loop(self, painter: QPainter, bar: QRectF) -> None:
        """A bracket at either end of the stretch, and a line over it."""
        if self._loop is None:
            return
        left, right = (min(max(self.x_of(index), bar.left()), bar.right()) for index in self._loop)
        top = bar.top() - LOOP_RISE
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 2))
        painter.drawLine(QPointF(left, top), QPointF(right, top))
        for x in (left, right):
            painter.drawLine(QPointF(x, top), QPointF(x, bar.bottom() + 2))

    def _paint_times(self, painter: QPainter, bar: QRectF) -> None:
        color = self.palette().color(QPalette.ColorRole.WindowText)
        color.setAlpha(160)
        painter.setPen(color)
        frame_s = self._duration_s / max(self._frames, 1)
        step_s = tick_step_s((self._reach.last - self._reach.first) * frame_s, bar.width())
        decimals = 1 if step_s < 1 else 0
        line = painter.fontMetrics().height()
        top = bar.bottom() + 6
        shown_hover = self._hover_text(painter, top, line)
        first, last = ceil(self._reach.first * frame_s / step_s), int(self._reach.last * frame_s / step_s + 1e-6)
        for number in range(first, last + 1):
            x = self.x_of(number * step_s / frame_s)
            text = time_text(number * step_s, decimals=decimals)
            width = painter.fontMetrics().horizontalAdvance(text)
            left = min(max(x - width / 2, bar.left()), bar.right() - width)
            area = QRectF(left, top, width, line)
            if not shown_hover.intersects(area.adjusted(-6, 0, 6, 0)):
                painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def _hover_text(self, painter: QPainter, top: float, line: float) -> QRectF:
        """Write the time and frame under the mouse; the area it takes."""
        if self._hover_x is None:
            return QRectF()
        bar = self._bar()
        index = self._index_at(self._hover_x)
        time_s = self._duration_s * index / max(self._frames, 1)
        text = f"{time_text(time_s, decimals=2)} · frame {index + 1}{self._mark_text(index)}"
        width = painter.fontMetrics().horizontalAdvance(text)
        x = self.x_of(index)
        area = QRectF(min(max(x - width / 2, bar.left()), bar.right() - width), top, width, line)
        pen = painter.pen()
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.WindowText), 1))
        painter.drawLine(QPointF(x, bar.top() - 4), QPointF(x, bar.bottom() + 4))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        painter.setPen(pen)
        return area

    def _mark_text(self, index: int) -> str:
        """What there is to say of the place under the pointer."""
        marker = None if self._hover_x is None else self._marker_at(self._hover_x)
        note = "" if marker is None else self._markers[marker]
        is_damaged = any(first <= index <= last for first, last in self._damaged)
        short = note if len(note) <= MOST_NOTE else f"{note[: MOST_NOTE - 1]}…"
        return (" · damaged in the file" if is_damaged else "") + (f" · {short}" if short else "")

    def _paint_playhead(self, painter: QPainter, bar: QRectF) -> None:
        painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Window), 2))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Highlight))
        painter.drawEllipse(QPointF(self.x_of(self._index), bar.center().y()), 8, 8)
