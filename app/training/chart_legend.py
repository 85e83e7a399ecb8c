"""A legend that wraps into as many rows as its chart's width needs; an entry hides or shows its curve."""

from PySide6.QtCore import QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from app.theme import SPACE, current_colors
from app.widgets.wrapped_rows import WrappedRows

STROKE, DASHED_STROKE = 14, 28
MOST_WIDTH, MOST_RUN_WIDTH = 150, 300  # of a label
_DASHES = ((4.0, 2.0), (1.0, 1.5), (5.0, 1.5, 1.0, 1.5), (2.0, 3.0))


def dashes(number: int) -> list[float]:
    """Strokes and gaps, in widths of the pen, by which the run of this number from 1 on is told from the others."""
    return list(_DASHES[(number - 1) % len(_DASHES)])


class LegendEntry(QToolButton):
    """A stroke in the curve's colour and dashes, its label and its latest value; checked while the curve is shown."""

    def __init__(self, label: str, *, dash: int = 0) -> None:
        super().__init__()
        self._label = label
        self._dash = dash
        self._stroke = DASHED_STROKE if dash else STROKE
        self._value = ""
        self._color = QColor()
        self.setCheckable(True)
        self.setChecked(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip(f"{label}: click to hide or show")
        self.setAccessibleName(label)

    def text(self) -> str:
        """What the entry reads."""
        return f"{self._label}  {self._value}" if self._value else self._label

    def show_value(self, value: str) -> None:
        """Show the latest value."""
        if value != self._value:
            is_wider = len(value) != len(self._value)
            self._value = value
            self.update()
            if is_wider:
                self.updateGeometry()

    def set_on(self, is_on: bool) -> None:  # noqa: FBT001
        """Show whether the curve is shown; tells nobody."""
        with QSignalBlocker(self):
            self.setChecked(is_on)

    def set_color(self, color: QColor) -> None:
        """Paint the stroke in this colour."""
        self._color = color
        self.update()

    def sizeHint(self) -> QSize:
        """Room for the stroke and the words."""
        width = self.fontMetrics().horizontalAdvance(self._shown_text())
        return QSize(self._stroke + SPACE // 2 + width + 2, self.fontMetrics().height() + 2)

    def minimumSizeHint(self) -> QSize:
        """The same: the words are short by themselves."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint stroke and words, which fade while the curve is hidden."""
        colors = current_colors()  # of the application: a style sheet takes a button's own palette
        painter = QPainter(self)
        is_faint = not self.isChecked()
        middle = self.height() // 2
        pen = QPen(QColor(colors.disabled) if is_faint else self._color, 3 if not self._dash else 2)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if self._dash:
            pen.setDashPattern(dashes(self._dash))
        painter.setPen(pen)
        painter.drawLine(0, middle, self._stroke, middle)
        font = painter.font()
        font.setUnderline(self.underMouse() or self.hasFocus())
        font.setStrikeOut(is_faint)
        painter.setFont(font)
        painter.setPen(QColor(colors.disabled if is_faint else colors.text))
        left = self._stroke + SPACE // 2
        painter.drawText(
            QRect(left, 0, self.width() - left, self.height()), Qt.AlignmentFlag.AlignVCenter, self._shown_text()
        )

    def _shown_text(self) -> str:
        most = MOST_RUN_WIDTH if self._dash else MOST_WIDTH
        label = self.fontMetrics().elidedText(self._label, Qt.TextElideMode.ElideMiddle, most)
        return f"{label}  {self._value}" if self._value else label


class Legend(QWidget):
    """Entries by key, in the order in which they were added."""

    toggled = Signal(str)  # key

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[str, LegendEntry] = {}
        self._rows = WrappedRows(self, gap=SPACE * 3 // 2)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def add(self, key: str, label: str, *, dash: int = 0) -> LegendEntry:
        """The entry of a curve, made at the first time."""
        if key not in self.entries:
            entry = self.entries[key] = LegendEntry(label, dash=dash)
            entry.toggled.connect(lambda _is_on: self.toggled.emit(key))
            self._rows.addWidget(entry)
        return self.entries[key]

    def remove(self, key: str) -> None:
        """Take a curve's entry away."""
        entry = self.entries.pop(key)
        self._rows.removeWidget(entry)
        entry.hide()
        entry.deleteLater()
