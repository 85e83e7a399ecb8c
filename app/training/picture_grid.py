"""Pictures with boxes in a grid that fills the space; a click enlarges one, another brings the grid back."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.theme import SPACE, current_colors
from app.training.picture_marks import Dot, Mark, draw_dots, draw_marks

GAP = SPACE
TITLE = 20


@dataclass(frozen=True, eq=False)
class Picture:
    """An image with what is drawn over it; where there is no image, `remark` says why. `title` stands below it.

    `width` and `height` are the pixels that marks and dots count in.
    """

    image: QImage
    width: int
    height: int
    marks: tuple[Mark, ...] = ()
    dots: tuple[Dot, ...] = ()
    title: str = ""
    remark: str = ""


def grid_columns(count: int, area: QSizeF, ratio: float) -> int:
    """The columns in which `count` pictures of this width over height become largest in an area."""

    def width_in(columns: int) -> float:
        rows = -(-count // columns)
        room = (area.height() - GAP * (rows - 1)) / rows - TITLE
        return min((area.width() - GAP * (columns - 1)) / columns, room * ratio)

    return max(range(1, max(count, 1) + 1), key=width_in)


def cells(count: int, area: QRectF, ratio: float) -> list[QRectF]:
    """The places of `count` pictures, with room for their titles, row by row."""
    if count == 0:
        return []
    columns = grid_columns(count, area.size(), ratio)
    rows = -(-count // columns)
    width = (area.width() - GAP * (columns - 1)) / columns
    height = min((area.height() - GAP * (rows - 1)) / rows, width / ratio + TITLE)
    return [
        QRectF(
            area.left() + number % columns * (width + GAP),
            area.top() + number // columns * (height + GAP),
            width,
            height,
        )
        for number in range(count)
    ]


def fitted(picture: Picture, cell: QRectF) -> QRectF:
    """Where a picture lies in the middle of its cell, above its title."""
    room = cell.adjusted(0, 0, 0, -TITLE)
    scale = min(room.width() / max(picture.width, 1), room.height() / max(picture.height, 1))
    place = QRectF(0, 0, picture.width * scale, picture.height * scale)
    place.moveCenter(room.center())
    return place


class PictureGrid(QWidget):
    """Shows pictures. `enlarged_changed` tells the number of the picture that fills the space, -1 for the grid."""

    enlarged_changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures: tuple[Picture, ...] = ()
        self._enlarged = -1
        self._hint = ""
        self._drawn = QPixmap()
        self._coming = QPixmap()
        self._waiting: list[tuple[int, QRectF]] = []
        self._turns = QTimer(self, interval=0)
        self._turns.timeout.connect(self._draw_next)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """What is on show."""
        return self._pictures

    @property
    def hint(self) -> str:
        """What is said where there are no pictures."""
        return "" if self._pictures else self._hint

    @property
    def enlarged(self) -> int:
        """The number of the picture that fills the space; -1 for the grid."""
        return self._enlarged

    def show_pictures(self, pictures: Sequence[Picture], *, hint: str = "") -> None:
        """Show these; where there are none, `hint` says what to do."""
        self._pictures, self._hint = tuple(pictures), hint
        if self._enlarged >= len(self._pictures):
            self.enlarge(-1)
        self.redraw()

    def enlarge(self, number: int) -> None:
        """Show one picture as large as it can be, or, for -1, all of them."""
        if number != self._enlarged:
            self._enlarged = number
            self.setToolTip("Click to see all of them" if number >= 0 else "")
            self.redraw()
            self.enlarged_changed.emit(number)

    @property
    def is_drawn(self) -> bool:
        """Whether all that is to be seen is drawn."""
        return not self._waiting

    def redraw(self) -> None:
        """Draw anew, a picture in each turn of the event loop; until all are there, what was drawn before stays."""
        ratio = self.devicePixelRatioF()
        self._coming = QPixmap(math.ceil(self.width() * ratio), math.ceil(self.height() * ratio))
        self._coming.setDevicePixelRatio(ratio)
        self._coming.fill(self.palette().window().color())
        self._waiting = self.places()
        if self._waiting:
            self._turns.start()
        else:
            self._draw_hint()

    def places(self) -> list[tuple[int, QRectF]]:
        """Numbers of the pictures on show with their cells."""
        area = QRectF(self.rect()).adjusted(GAP, GAP, -GAP, -GAP)
        if self._enlarged >= 0:
            return [(self._enlarged, area)]
        ratios = sorted(picture.width / max(picture.height, 1) for picture in self._pictures)
        ratio = ratios[len(ratios) // 2] if ratios else 1.0
        return list(enumerate(cells(len(self._pictures), area, ratio)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Enlarge the picture under the pointer, or show all again."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus()
            self.enlarge(-1 if self._enlarged >= 0 else self._picture_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape shows all again, arrows go to the picture beside an enlarged one."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if self._enlarged < 0 or not (step or event.key() == Qt.Key.Key_Escape):
            super().keyPressEvent(event)
        elif step:
            self.enlarge((self._enlarged + step) % len(self._pictures))
        else:
            self.enlarge(-1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the new space."""
        super().resizeEvent(event)
        self.redraw()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Show what was drawn."""
        QPainter(self).drawPixmap(0, 0, self._drawn)

    def _picture_at(self, point: QPointF) -> int:
        return next((number for number, cell in self.places() if cell.contains(point)), -1)

    def _draw_next(self) -> None:
        number, cell = self._waiting.pop(0)
        painter = QPainter(self._coming)
        painter.setFont(self.font())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_picture(painter, self._pictures[number], cell)
        painter.end()
        if not self._waiting:
            self._show_drawn()

    def _draw_hint(self) -> None:
        painter = QPainter(self._coming)
        painter.setFont(self.font())
        painter.setPen(QColor(current_colors(self).muted))
        wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(QRectF(self.rect()).adjusted(GAP * 3, GAP, -GAP * 3, -GAP), wrapped, self._hint)
        painter.end()
        self._show_drawn()

    def _show_drawn(self) -> None:
        self._turns.stop()
        self._drawn = self._coming
        self.update()

    def _draw_picture(self, painter: QPainter, picture: Picture, cell: QRectF) -> None:
        colors, place = current_colors(self), fitted(picture, cell)
        if picture.image.isNull():
            painter.fillRect(place, QColor(colors.base))
            painter.setPen(QColor(colors.muted))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(place.adjusted(GAP, 0, -GAP, 0), wrapped, picture.remark)
        else:
            painter.drawImage(place, picture.image)
        painter.save()
        painter.setClipRect(place)
        scale = place.width() / max(picture.width, 1)
        draw_dots(painter, picture.dots, place.topLeft(), scale)
        draw_marks(painter, picture.marks, place, scale)
        painter.restore()
        painter.setPen(QColor(colors.muted))
        below = QRectF(cell.left(), place.bottom(), cell.width(), TITLE)
        title = painter.fontMetrics().elidedText(picture.title, Qt.TextElideMode.ElideMiddle, int(cell.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, title)
