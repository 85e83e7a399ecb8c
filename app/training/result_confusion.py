"""The confusion matrix: what is taken for what; a click on a cell asks for its images."""

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.theme import SPACE, current_colors
from yolox_core.evaluate.details import Confusion

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
CELL = QSize(52, 30)
NAMES_MAX = 150
NOT_FOUND, NO_LABEL = "not found", "no label"
SHARE_ROLE = Qt.ItemDataRole.UserRole + 1


class ConfusionModel(QAbstractTableModel):
    """Rows are classes of labels, columns those of detections; `places` of classes that are on show."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.confusion: Confusion | None = None
        self.rows: list[int] = []
        self.columns: list[int] = []

    def show_confusion(self, confusion: Confusion, *, hides_empty: bool) -> None:
        """Show a matrix; classes with neither labels nor detections can be left out."""
        self.beginResetModel()
        self.confusion = confusion
        count = len(confusion.names)
        used = confusion.counts.sum(axis=0)[:-1] + confusion.counts.sum(axis=1)[:-1] > 0
        shown = [place for place in range(count) if used[place] or not hides_empty]
        self.rows = self.columns = [*shown, count]
        self.endResetModel()

    def cell(self, index: AnyIndex) -> tuple[int, int]:
        """Row and column of the whole matrix."""
        return self.rows[index.row()], self.columns[index.column()]

    def words(self, cell: tuple[int, int]) -> str:
        """What a cell counts, in words."""
        assert self.confusion is not None
        count, names = int(self.confusion.counts[cell]), self.confusion.names
        label, found = (names[place] if place < len(names) else "" for place in cell)
        if not label:
            return f"{count:,} × {found} where there is no label" if found else ""
        if not found:
            return f"{count:,} × {label} not found"
        return f"{count:,} × {label} found" if label == found else f"{count:,} × {label} taken for {found}"

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Classes of labels on show, and detections without one."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """Classes of detections on show, and labels without one."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the classes."""
        if self.confusion is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        is_column = orientation == Qt.Orientation.Horizontal
        place, names = (self.columns if is_column else self.rows)[section], self.confusion.names
        name = names[place] if place < len(names) else NOT_FOUND if is_column else NO_LABEL
        if role == Qt.ItemDataRole.DisplayRole:
            return name
        return f"Detected as {name}" if is_column else f"Labelled as {name}"

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Count, share of the row, or words of a cell."""
        if self.confusion is None:
            return None
        cell = self.cell(index)
        count = int(self.confusion.counts[cell])
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{count:,}" if count else ""
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.words(cell)
        if role == SHARE_ROLE:
            return count / max(int(np.sum(self.confusion.counts[cell[0]])), 1)
        return None


class CellDelegate(QStyledItemDelegate):
    """Paints a count on a colour as strong as its share of the row: right ones good, mistakes a danger."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        """The same for every cell."""
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one cell."""
        model = index.model()
        assert isinstance(model, ConfusionModel)
        row, column = model.cell(index)
        colors = current_colors(option.widget)
        share = float(index.data(SHARE_ROLE) or 0.0)
        tone = QColor(colors.good if row == column else colors.danger)
        tone.setAlphaF(0.12 + 0.5 * share if share else 0.0)
        painter.save()
        painter.fillRect(option.rect.adjusted(1, 1, -1, -1), tone)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(colors.accent))
            painter.drawRect(option.rect.adjusted(1, 1, -2, -2))
        painter.setPen(QColor(colors.text))
        painter.drawText(option.rect, Qt.AlignmentFlag.AlignCenter, index.data() or "")
        painter.restore()


class SteepHeader(QHeaderView):
    """Names of columns, written upwards."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setDefaultSectionSize(CELL.width())
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def sizeHint(self) -> QSize:
        """As high as the longest name, within bounds."""
        names = (str(self.model().headerData(place, self.orientation())) for place in range(self.count()))
        longest = max((self.fontMetrics().horizontalAdvance(name) for name in names), default=0)
        return QSize(0, min(longest + SPACE * 2, NAMES_MAX))

    def paintSection(self, painter: QPainter, rect: QRect, place: int) -> None:
        """Paint a name upwards."""
        colors = current_colors(self)
        name = str(self.model().headerData(place, self.orientation()))
        text = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, rect.height() - SPACE)
        painter.save()
        painter.fillRect(rect, QColor(colors.window))
        painter.setPen(QColor(colors.muted))
        painter.translate(rect.left(), rect.bottom())
        painter.rotate(-90)
        room = QRect(SPACE // 2, 0, rect.height() - SPACE // 2, rect.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


class ConfusionTable(QTableView):
    """Shows a matrix that scrolls under its names. `cell_chosen` carries row and column of the whole matrix."""

    cell_chosen = Signal(int, int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.matrix = ConfusionModel(self)
        self.setHorizontalHeader(SteepHeader(self))
        self.setModel(self.matrix)
        self.setItemDelegate(CellDelegate(self))
        self.setAccessibleName("Confusion matrix")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setShowGrid(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.setDefaultSectionSize(CELL.height())
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMaximumWidth(NAMES_MAX)
        rows.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.selectionModel().currentChanged.connect(self._on_current)

    def show_confusion(self, confusion: Confusion, *, hides_empty: bool) -> None:
        """Show a matrix."""
        self.matrix.show_confusion(confusion, hides_empty=hides_empty)
        self.horizontalHeader().updateGeometry()
        self.updateGeometries()

    def choose(self, cell: tuple[int, int]) -> None:
        """Go to a cell of the whole matrix, if it is on show."""
        if cell[0] in self.matrix.rows and cell[1] in self.matrix.columns:
            place = self.matrix.index(self.matrix.rows.index(cell[0]), self.matrix.columns.index(cell[1]))
            self.setCurrentIndex(place)
            self.scrollTo(place, QAbstractItemView.ScrollHint.PositionAtCenter)

    def _on_current(self, index: QModelIndex) -> None:
        if index.isValid():
            self.cell_chosen.emit(*self.matrix.cell(index))
