"""Names with counts as the model of a table."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from yolox_core.dataset.names import natural_key

ROW_ROLE = Qt.ItemDataRole.UserRole + 1
AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class CountRow:
    """A name and its counts, one for each column after the first.

    The bars and a swatch have its `color`; without one the bars have the theme's colour named `tone`.
    """

    name: str
    counts: tuple[int, ...]
    color: QColor | None = None
    tone: str = "accent"


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
            return f"{row.name}: {self.data(index)}" if index.column() else row.name
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
