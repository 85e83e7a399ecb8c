"""The runs of a data set as the model of a table, with notes, tags and stars that can be changed in place."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QWidget

from app.theme import current_colors
from app.training.runs_columns import NOTE, STAR, TAGS, Column, columns_of
from yolox_core.errors import UserError
from yolox_core.train.runs import RunSummary
from yolox_core.train.runs_notes import read_notes, tags_of, write_notes

SORT_ROLE = Qt.ItemDataRole.UserRole + 1
AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
TONES = {"done": "good", "failed": "danger", "running": "accent", "measuring": "accent", "paused": "warning"}


class RunsModel(QAbstractTableModel):
    """Rows are runs; columns as `columns_of` has them for the runs that are compared, not all of them to be shown."""

    noted = Signal()
    failed = Signal(UserError)  # notes could not be written

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs: tuple[RunSummary, ...] = ()
        self.columns: tuple[Column, ...] = columns_of(())

    def show_runs(self, runs: Sequence[RunSummary], compared: Sequence[RunSummary]) -> None:
        """Show these runs, with the settings in which those compared differ."""
        if [run.path for run in runs] != [run.path for run in self.runs]:
            self.beginResetModel()
            self.runs, self.columns = tuple(runs), columns_of(compared)
            self.endResetModel()
            return
        self.runs, self.columns = tuple(runs), columns_of(compared)
        if runs:
            self.dataChanged.emit(self.index(0, 0), self.index(len(runs) - 1, len(self.columns) - 1))

    def change_notes(self, row: int, **changes: object) -> bool:
        """Change what is written down about a run, as it stands in its folder now; whether that could be done."""
        run = self.runs[row]
        notes = replace(read_notes(run.path), **changes)  # type: ignore[arg-type]
        try:
            write_notes(run.path, notes)
        except UserError as problem:
            self.failed.emit(problem)
            return False
        self.runs = (*self.runs[:row], replace(run, notes=notes), *self.runs[row + 1 :])
        self.dataChanged.emit(self.index(row, 0), self.index(row, len(self.columns) - 1))
        self.noted.emit()
        return True

    def toggle_favourite(self, row: int) -> None:
        """Give a run a star, or take it."""
        self.change_notes(row, is_favourite=not self.runs[row].notes.is_favourite)

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of runs."""
        return 0 if parent.isValid() else len(self.runs)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of columns on show."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        return {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.help or None}.get(
            Qt.ItemDataRole(role)
        )

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, sort key or look of a cell."""
        run, column = self.runs[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return column.text(run)
            case Qt.ItemDataRole.ToolTipRole:
                return f"{run.path}\n{run.reason}".rstrip() if column.title in ("Run", "State") else column.text(run)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case Qt.ItemDataRole.ForegroundRole:
                return _tone(run, column)
            case Qt.ItemDataRole.FontRole if column.is_odd(run):
                font = QFont()
                font.setBold(True)
                return font
            case role if role == SORT_ROLE:
                return column.key(run)
        return None

    def setData(self, index: AnyIndex, value: object, _role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a note or tags."""
        text = str(value).strip()
        if text == index.data():
            return True
        is_note = self.columns[index.column()].title == NOTE
        return self.change_notes(index.row(), **({"note": text} if is_note else {"tags": tags_of(text)}))

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Notes and tags can be edited."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        is_written = self.columns[index.column()].title in (NOTE, TAGS)
        return flags | Qt.ItemFlag.ItemIsEditable if is_written else flags


class RunsFilter(QSortFilterProxyModel):
    """The runs that hold every word of a text in one of their texts, in the order of a column."""

    def __init__(self, model: RunsModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._words: list[str] = []
        self.setSourceModel(model)

    def set_text(self, text: str) -> None:
        """Show runs that hold these words."""
        words = text.casefold().split()
        if words != self._words:
            self._words = words
            self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: AnyIndex) -> bool:
        """Whether a run holds every word."""
        if not self._words:
            return True
        run = self._model.runs[row]
        shown = (column for column in self._model.columns if column.is_shown and not column.is_number)
        cells = " ".join(column.text(run) for column in shown).casefold()
        return all(word in cells for word in self._words)

    def lessThan(self, left: AnyIndex, right: AnyIndex) -> bool:
        """The order of what the cells stand for."""
        first, second = (self._model.data(index, SORT_ROLE) for index in (left, right))
        return bool(first < second)  # type: ignore[operator]


def _alignment(column: Column) -> Qt.AlignmentFlag:
    if column.title == STAR:
        return Qt.AlignmentFlag.AlignCenter
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _tone(run: RunSummary, column: Column) -> QColor | None:
    """The colour of a cell's text; None for the usual one."""
    colors = current_colors()
    if column.title == "State":
        return QColor(getattr(colors, TONES.get(run.state, "muted")))
    if column.title == STAR:
        return QColor(colors.warning if run.notes.is_favourite else colors.disabled)
    if column.usual is not None:
        return QColor(colors.accent if column.is_odd(run) else colors.muted)
    return None
