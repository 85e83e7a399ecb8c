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
        metrics = self.fontMetrics()
        largest = max(count.number for count in self.counts) or 1
        name_width = min(max(metrics.horizontalAdvance(c.name) for c in self.counts) + 2, self.width() * 2 // 5)
        texts = [f"{count.number:,}  {count.remark}".rstrip() for count in self.counts]
        text_width = max(metrics.horizontalAdvance(text) for text in texts) + 2
        has_swatch = any(count.color is not None for count in self.counts)
        left = SWATCH + SPACE if has_swatch else 0
        bar_left = left + name_width + SPACE
        bar_room = max(self.width() - bar_left - text_width - 2 * SPACE, 0)
        first, last = event.rect().top() // ROW_HEIGHT, event.rect().bottom() // ROW_HEIGHT
        for row, (count, text) in enumerate(zip(self.counts, texts, strict=True)):
            if not first <= row <= last:
                continue
            top = row * ROW_HEIGHT
            accent = count.color or QColor(colors.accent)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            if count.color is not None:
                painter.drawRoundedRect(QRectF(0, top + (ROW_HEIGHT - SWATCH) / 2, SWATCH, SWATCH), 2, 2)
            length = bar_room * count.number / largest
            painter.drawRoundedRect(QRectF(bar_left, top + ROW_HEIGHT / 2 - 3, max(length, 1), 6), 3, 3)
            painter.setPen(QColor(colors.text))
            name = metrics.elidedText(count.name, Qt.TextElideMode.ElideRight, name_width)
            middle = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(left, top, name_width, ROW_HEIGHT), middle | Qt.AlignmentFlag.AlignLeft, name)
            painter.setPen(QColor(colors.muted))
            box = QRectF(self.width() - text_width - SPACE, top, text_width, ROW_HEIGHT)
            painter.drawText(box, middle | Qt.AlignmentFlag.AlignRight, text)
