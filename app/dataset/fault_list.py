"""The list of faults: filter, copy, and the way to the image of a fault."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.actions import make_action
from app.dataset.actions import COPY, OPEN_IMAGE
from app.dataset.fault_rows import FaultRow, as_text, matching
from app.icons import icon
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel

TITLES = ("File", "What is wrong", "What to do")
ROW_HEIGHT = 26
AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class FaultModel(QAbstractTableModel):
    """The faults that pass the filter."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[FaultRow, ...] = ()

    def show_rows(self, rows: tuple[FaultRow, ...]) -> None:
        """Show these faults."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of faults on show."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """File, what, what to do."""
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return TITLES[section]
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text and tooltip of a cell."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.place, row.what, row.action)[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{row.file}\n{row.what}\n{row.action}"
        return None


class PlaceDelegate(QStyledItemDelegate):
    """Paints a place so that its end, the file's own name and line, stays in sight."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Leave out the middle of what does not fit."""
        super().initStyleOption(option, index)
        option.textElideMode = Qt.TextElideMode.ElideMiddle


class FaultList(QWidget):
    """Heading with count, filter line, list. Emits `fault_opened` for a double-clicked row or the Return key."""

    fault_opened = Signal(object)  # FaultRow

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[FaultRow, ...] | None = None
        self.model = FaultModel(self)
        self.view = self._make_view()
        self.heading = QLabel("Faults")
        self.heading.setProperty("look", "heading")
        self._hint = ElidedLabel("Double-click or Enter opens the image")
        self._hint.setProperty("look", "muted")
        self.filter_line = QLineEdit(placeholderText="Filter by words", clearButtonEnabled=True)
        self.filter_line.setMaximumWidth(260)
        self.copy = QPushButton(icon(COPY.icon), "Copy")
        self.copy.setToolTip(COPY.help)
        self.remark = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._card = QFrame()
        self._card.setProperty("look", "card")
        self._stage = QStackedWidget()
        self._lay_out()
        self.filter_line.textChanged.connect(self._on_filter_changed)
        self.filter_line.returnPressed.connect(self._on_return)
        self.copy.clicked.connect(self.copy_rows)
        self.show_rows(None)

    def show_rows(self, rows: tuple[FaultRow, ...] | None) -> None:
        """Show these faults, those that pass the filter, at the same place; None while they are not known."""
        current, top = self._current(), self.view.verticalScrollBar().value()
        self._rows = rows
        self._on_filter_changed(self.filter_line.text())
        self.view.verticalScrollBar().setValue(top)
        if current is not None and current in self.model.rows:
            self.view.setCurrentIndex(self.model.index(self.model.rows.index(current), 0))

    def copy_rows(self) -> None:
        """Put the chosen faults, or all on show where none is chosen, on the clipboard."""
        ranges = self.view.selectionModel().selection().toList()  # not `selectedRows`: that takes a second for 100,000
        chosen = sorted({row for part in ranges for row in range(part.top(), part.bottom() + 1)})
        rows: Sequence[FaultRow] = [self.model.rows[row] for row in chosen] or self.model.rows
        QGuiApplication.clipboard().setText(as_text(rows))

    def _make_view(self) -> QTableView:
        """A table, not a tree: that asks the model about each of its rows before it shows the first."""
        view = QTableView(showGrid=False, wordWrap=False)
        view.setTabKeyNavigation(False)
        view.setObjectName("faults")
        view.setModel(self.model)
        view.setItemDelegateForColumn(0, PlaceDelegate(view))
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.setAccessibleName("Faults")
        make_action(view, OPEN_IMAGE, self._open_current)
        make_action(view, COPY, self.copy_rows)
        header = view.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(80)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(0, 260)
        view.doubleClicked.connect(self._open_current)
        return view

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(self.heading)
        top.addWidget(self._hint, 2)
        top.addWidget(self.filter_line, 1)
        top.addWidget(self.copy)
        self._stage.addWidget(self.view)
        self._stage.addWidget(self._card)
        QVBoxLayout(self._card).addWidget(self.remark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(top)
        layout.addWidget(self._stage, 1)

    def _on_filter_changed(self, text: str) -> None:
        rows = self._rows or ()
        shown = matching(rows, text)
        self.model.show_rows(shown)
        count = f"{len(shown):,} of {len(rows):,}" if len(shown) != len(rows) else f"{len(rows):,}"
        self.heading.setText(f"Faults ({count})" if rows else "Faults")
        self.filter_line.setEnabled(bool(rows))
        self.copy.setEnabled(bool(shown))
        self._hint.setVisible(any(row.image for row in shown))
        self._show_remark(is_shown=not shown)

    def _show_remark(self, *, is_shown: bool) -> None:
        look, text = "muted", "No fault holds these words."
        if self._rows is None:
            text = "Faults are known when the folder has been read."
        elif not self._rows:
            look, text = "good", "Nothing wrong was found."
        self.remark.setText(text)
        self.remark.setProperty("look", look)
        self.remark.style().unpolish(self.remark)
        self.remark.style().polish(self.remark)
        self._stage.setCurrentWidget(self._card if is_shown else self.view)

    def _on_return(self) -> None:
        if self.model.rows:
            self.view.setFocus()
            self.view.setCurrentIndex(self.model.index(0, 0))

    def _current(self) -> FaultRow | None:
        index = self.view.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def _open_current(self) -> None:
        row = self._current()
        if row is not None:
            self.fault_opened.emit(row)
