"""A table of names, numbers and bars: boxes per class, images per split, images per state."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from app.theme import SPACE, current_colors

ROW_HEIGHT = 24
SWATCH = 10


@dataclass(frozen=True, slots=True)
class Count:
    """One row: name, number, a remark beside the number, and the colour of its swatch where it has one."""

    name: str
    number: int
    remark: str = ""
    color: QColor | None = None


class CountCard(QFrame):
    """A titled table of counts; the longest bar is the largest number. Scrolls where there are many rows."""

    def __init__(self, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        heading = QLabel(title)
        heading.setProperty("look", "heading")
        self.bars = CountBars(empty_text)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(self.bars)
        scroll.viewport().setAutoFillBackground(False)
        self.bars.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE * 3 // 2, SPACE, SPACE)
        layout.addWidget(heading)
        layout.addWidget(scroll, 1)

    def show_counts(self, counts: tuple[Count, ...]) -> None:
        """Show these rows."""
        self.bars.show_counts(counts)


class CountBars(QWidget):
    """The rows of a CountCard."""

    def __init__(self, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: tuple[Count, ...] = ()
        self._empty_text = empty_text
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def show_counts(self, counts: tuple[Count, ...]) -> None:
        """Show these rows."""
        self.counts = counts
        self.setMinimumHeight(self.sizeHint().height())
        self.setToolTip("\n".join(f"{c.name}: {c.number:,} {c.remark}".rstrip() for c in counts[:60]))
        self.update()

    def sizeHint(self) -> QSize:
        """Tall enough for all rows."""
        return QSize(220, ROW_HEIGHT * max(len(self.counts), 1))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw name, bar and number of each row in view."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = current_colors(self)
        if not self.counts:
            painter.setPen(QColor(colors.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, self._empty_text)
            return
        columns = self._columns()
        first, last = event.rect().top() // ROW_HEIGHT, event.rect().bottom() // ROW_HEIGHT
        for row in range(max(first, 0), min(last + 1, len(self.counts))):
            self._paint_row(painter, row, columns)

    def _columns(self) -> "Columns":
        """Where names, bars and numbers stand, measured once for all rows."""
        metrics = self.fontMetrics()
        name_width = min(max(metrics.horizontalAdvance(c.name) for c in self.counts) + 2, self.width() * 2 // 5)
        text_width = max(metrics.horizontalAdvance(_text(count)) for count in self.counts) + 2
        names = SWATCH + SPACE if any(count.color is not None for count in self.counts) else 0
        bars = names + name_width + SPACE
        texts = self.width() - text_width - SPACE
        return Columns(names, bars, texts, max(texts - SPACE - bars, 0), max(c.number for c in self.counts) or 1)

    def _paint_row(self, painter: QPainter, row: int, columns: "Columns") -> None:
        count, colors, top = self.counts[row], current_colors(self), row * ROW_HEIGHT
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(count.color or QColor(colors.accent))
        if count.color is not None:
            painter.drawRoundedRect(QRectF(0, top + (ROW_HEIGHT - SWATCH) / 2, SWATCH, SWATCH), 2, 2)
        if count.number:
            length = max(columns.bar_room * count.number / columns.largest, 3)
            painter.drawRoundedRect(QRectF(columns.bars, top + ROW_HEIGHT / 2 - 3, length, 6), 3, 3)
        room = columns.bars - SPACE - columns.names
        name = self.fontMetrics().elidedText(count.name, Qt.TextElideMode.ElideRight, room)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(colors.text))
        painter.drawText(QRectF(columns.names, top, room, ROW_HEIGHT), middle | Qt.AlignmentFlag.AlignLeft, name)
        painter.setPen(QColor(colors.muted))
        box = QRectF(columns.texts, top, self.width() - columns.texts - SPACE, ROW_HEIGHT)
        painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, _text(count))


@dataclass(frozen=True, slots=True)
class Columns:
    """Left edges of names, bars and numbers, the room for a bar (pixels), and the number that fills it."""

    names: int
    bars: int
    texts: int
    bar_room: int
    largest: int


def _text(count: Count) -> str:
    return f"{count.number:,}  {count.remark}".rstrip()
