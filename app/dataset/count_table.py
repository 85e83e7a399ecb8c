"""A table of names with counts, each count a number and a bar: classes, splits, label states."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.theme import SPACE, current_colors
from yolox_core.dataset.names import natural_key

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_HEIGHT = 26
BAR_HEIGHT = 8
SWATCH = 10
AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class CountRow:
    """A name and its counts, one for each column after the first; `color` is that of swatch and bars."""

    name: str
    counts: tuple[int, ...]
    color: QColor
    help: str = ""


class CountModel(QAbstractTableModel):
    """The rows of a table, sortable by any column; `largest` holds what a full bar stands for in each."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        self._rows: list[CountRow] = []
        self.largest: tuple[int, ...] = ()

    @property
    def rows(self) -> tuple[CountRow, ...]:
        """The rows in the order on show."""
        return tuple(self._rows)

    def show_rows(self, rows: Sequence[CountRow], largest: Sequence[int]) -> None:
        """Show these rows in their order; a full bar stands for `largest`."""
        self.beginResetModel()
        self._rows = list(rows)
        self.largest = tuple(largest)
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of names."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """The name and its counts."""
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tooltip or the whole row of a cell."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if index.column() == 0 else f"{row.counts[index.column() - 1]:,}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.help or row.name
        return row if role == ROW_ROLE else None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by names in natural order, or by a count; a negative column keeps the order."""
        if column < 0:
            return
        self.layoutAboutToBeChanged.emit()
        is_reverse = order == Qt.SortOrder.DescendingOrder
        if column == 0:
            self._rows.sort(key=lambda row: natural_key(row.name), reverse=is_reverse)
        else:
            self._rows.sort(key=lambda row: row.counts[column - 1], reverse=is_reverse)
        self.layoutChanged.emit()


class CountDelegate(QStyledItemDelegate):
    """Paints a swatch and a name, or a number and its bar."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        """The same for every row."""
        return QSize(60, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one cell."""
        row = index.data(ROW_ROLE)
        text = index.data()
        option.widget.style().drawPrimitive(
            QStyle.PrimitiveElement.PE_PanelItemViewItem, option, painter, option.widget
        )
        colors = current_colors(option.widget)
        rect = QRectF(option.rect).adjusted(SPACE, 0, -SPACE, 0)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.column() == 0:
            _draw_name(painter, rect, option.fontMetrics.elidedText, text, row.color, colors)
        else:
            model = index.model()
            assert isinstance(model, CountModel)
            column = index.column() - 1
            widest = option.fontMetrics.horizontalAdvance(f"{max(model.largest[column], 1000):,}")
            _draw_count(painter, rect, text, row.color, colors, row.counts[column], model.largest[column], widest)
        painter.restore()
