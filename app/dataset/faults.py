"""The list of what is wrong in a folder: where, what, what to do; filtered by text, copied, opened by double click."""

from pathlib import Path

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.theme import SPACE
from yolox_core.records import Fault

TITLES = ("Where", "What is wrong", "What to do")
Index = QModelIndex | QPersistentModelIndex


class FaultModel(QAbstractTableModel):
    """Faults as rows; paths are shown relative to the folder."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.faults: tuple[Fault, ...] = ()
        self._root = ""

    def show_faults(self, faults: tuple[Fault, ...], root: Path) -> None:
        """Show these rows."""
        self.beginResetModel()
        self.faults, self._root = faults, f"{root}/"
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Number of faults."""
        return 0 if parent.isValid() else len(self.faults)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own default
        """Where, what, what to do."""
        return 0 if parent.isValid() else len(TITLES)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The text of a cell."""
        fault = self.faults[index.row()]
        cells = (fault.where.removeprefix(self._root), fault.what, fault.action)
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return fault.where if index.column() == 0 else cells[index.column()]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None


class FaultCard(QFrame):
    """The faults with a filter. `fault_opened` carries the Fault that was double-clicked."""

    fault_opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self.model = FaultModel(self)
        self.shown = QSortFilterProxyModel(self)
        self.shown.setSourceModel(self.model)
        self.shown.setFilterKeyColumn(-1)
        self.shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.title = QLabel()
        self.title.setProperty("look", "heading")
        self.filter = QLineEdit(placeholderText="Filter", clearButtonEnabled=True)
        self.filter.setMaximumWidth(220)
        self.copy = QPushButton(icon("copy"), "Copy")
        self.copy.setToolTip("Copy the selected lines, or all that are shown")
        self.table = QTableView()
        self._dress_table()
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.filter)
        head.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE * 3 // 2, SPACE * 3 // 2)
        layout.addLayout(head)
        layout.addWidget(self.table, 1)
        self.filter.textChanged.connect(self.shown.setFilterFixedString)
        self.copy.clicked.connect(self._on_copy)
        self.table.activated.connect(self._on_activated)
        keys = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        keys.setContext(Qt.ShortcutContext.WidgetShortcut)
        keys.activated.connect(self._on_copy)
        self.show_faults((), Path())

    def show_faults(self, faults: tuple[Fault, ...], root: Path) -> None:
        """Show these faults of the folder `root`."""
        self.model.show_faults(faults, root)
        self.title.setText(f"{len(faults):,} things to look at" if faults else "Nothing wrong found")
        for widget in (self.filter, self.copy, self.table):
            widget.setVisible(bool(faults))

    def _dress_table(self) -> None:
        self.table.setModel(self.shown)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setWordWrap(False)
        self.table.setSortingEnabled(True)
        self.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        header = self.table.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setStretchLastSection(True)
        header.resizeSection(0, 260)
        header.resizeSection(1, 420)

    def _on_activated(self, index: QModelIndex) -> None:
        self.fault_opened.emit(self.model.faults[self.shown.mapToSource(index).row()])

    def _on_copy(self) -> None:
        rows = sorted({index.row() for index in self.table.selectedIndexes()}) or range(self.shown.rowCount())
        lines = ["\t".join(str(self.shown.index(row, c).data()) for c in range(len(TITLES))) for row in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
