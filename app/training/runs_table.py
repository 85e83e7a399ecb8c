"""The table of runs: sortable, filtered by words; a click on the star keeps a run as a favourite."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QAbstractItemView,
    QLineEdit,
    QStyledItemDelegate,
    QTableView,
    QWidget,
)

from app.training.runs_columns import NOTE, STAR, TAGS
from app.training.runs_model import AnyIndex, RunsFilter, RunsModel
from yolox_core.train.runs import RunSummary

ROW_HEIGHT = 28
WIDTHS = {STAR: 34, "Run": 190, TAGS: 110, NOTE: 220}
PADDING, NARROW, WIDE = 24, 44, 170
RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
COMPARED_MIN = 2  # fewer selected runs have nothing to differ in


class RunsTable(QTableView):
    """Shows runs; `chosen_changed` follows the selection, `opened` carries the path of a run that is to be shown."""

    chosen_changed = Signal()
    opened = Signal(object)  # Path
    news_missed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsModel(self)
        self.filter = RunsFilter(self.runs, self)
        self._has_missed = False
        self.setModel(self.filter)
        self.setObjectName("runs")
        self.setAccessibleName("Runs of the data set")
        self.setItemDelegate(LineDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(False)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._on_double_clicked)
        self.selectionModel().selectionChanged.connect(self._on_selected)
        self._show_columns()

    @property
    def chosen(self) -> tuple[RunSummary, ...]:
        """The selected runs, from top to bottom."""
        return tuple(self.runs.runs[row] for row in self.chosen_rows)

    @property
    def chosen_rows(self) -> list[int]:
        """Rows of the model that are selected, in the order on show."""
        places = (index for index in self.selectionModel().selectedIndexes() if index.column() == 0)
        return [self.filter.mapToSource(place).row() for place in sorted(places, key=QModelIndex.row)]

    @property
    def shown(self) -> tuple[RunSummary, ...]:
        """The runs that pass the filter, from top to bottom."""
        places = (self.filter.index(row, 0) for row in range(self.filter.rowCount()))
        return tuple(self.runs.runs[self.filter.mapToSource(place).row()] for place in places)

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs; those selected stay so, and where they are several only they are compared.

        Nothing is shown while a note is being written, as it would replace what was typed: `news_missed` follows.
        """
        if self.state() == QAbstractItemView.State.EditingState:
            self._has_missed = True
            return
        paths = {run.path for run in self.chosen}
        kept = [run for run in runs if run.path in paths]
        was_empty = not self.runs.runs
        self.runs.show_runs(runs, kept if len(kept) >= COMPARED_MIN else runs)
        if paths:
            self._select(paths)
        if self._show_columns() or was_empty:
            self.fit_columns()

    def _show_columns(self) -> bool:
        """Hide the columns in which the runs do not differ; whether others are shown now."""
        has_changed = False
        for place, column in enumerate(self.runs.columns):
            if self.isColumnHidden(place) is column.is_shown:
                self.setColumnHidden(place, not column.is_shown)
                has_changed = True
        return has_changed

    def fit_columns(self) -> None:
        """Give each column the room that its longest text needs, within bounds."""
        for place, column in enumerate(self.runs.columns):
            if not column.is_shown:
                continue
            longest = max((column.text(run) for run in self.runs.runs), key=len, default="")
            needed = self.fontMetrics().horizontalAdvance(longest) + PADDING
            width = WIDTHS.get(column.title) or min(max(needed, NARROW), WIDE)
            title = self.horizontalHeader().sectionSizeHint(place) if column.title != STAR else 0
            self.setColumnWidth(place, max(width, title))

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Ask for what came while a note was written."""
        super().closeEditor(editor, hint)
        if self._has_missed:
            self._has_missed = False
            self.news_missed.emit()

    def _select(self, paths: set[Path]) -> None:
        chosen = QItemSelection()
        for row in range(self.filter.rowCount()):
            place = self.filter.index(row, 0)
            if self.runs.runs[self.filter.mapToSource(place).row()].path in paths:
                chosen.select(place, place)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    def _on_selected(self) -> None:
        """Show the settings in which the selected runs differ, and tell."""
        self.show_runs(self.runs.runs)
        self.chosen_changed.emit()

    def _on_clicked(self, index: QModelIndex) -> None:
        place = self.filter.mapToSource(index)
        if self.runs.columns[place.column()].title == STAR:
            self.runs.toggle_favourite(place.row())

    def _on_double_clicked(self, index: QModelIndex) -> None:
        place = self.filter.mapToSource(index)
        if self.runs.columns[place.column()].title not in (STAR, NOTE, TAGS):
            self.opened.emit(self.runs.runs[place.row()].path)


class LineDelegate(QStyledItemDelegate):
    """Edits a cell in a line without the frame of the theme, which is higher than a row."""

    def createEditor(self, parent: QWidget, _option: object, _index: AnyIndex) -> QLineEdit:
        """A line for notes and tags."""
        line = QLineEdit(parent)
        line.setStyleSheet("border: none; border-radius: 0; padding: 0 4px; min-height: 0;")
        return line

    def eventFilter(self, editor: QObject, event: QEvent) -> bool:
        """Return ends the writing and goes no further: the table would show the run."""
        if not (isinstance(event, QKeyEvent) and event.key() in RETURN and isinstance(editor, QWidget)):
            return super().eventFilter(editor, event)
        if event.type() == QEvent.Type.KeyPress:
            self.commitData.emit(editor)
            self.closeEditor.emit(editor)
        event.accept()
        return True
