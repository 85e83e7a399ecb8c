"""The table of classes with what is to become of each: a new name that can be typed, a tick to delete it."""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCompleter,
    QHeaderView,
    QLineEdit,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.editor.box_list import FlagDelegate, swatch
from app.theme import class_color, current_colors
from yolox_core.dataset.relabel_survey import Changes, ClassCount

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
CLASS, BOXES, IMAGES, NEW_NAME, DELETE = range(5)
HEADERS = ("Class", "Boxes", "Images", "New name", "Delete")
HELP = (
    "The class as it is now",
    "How many boxes it has",
    "How many images have such a box",
    "Type a name; that of another class merges the two",
    "Delete all boxes of this class (Del)",
)


class RelabelModel(QAbstractTableModel):
    """Rows are classes. `changes_made` follows every edit."""

    changes_made = Signal()

    def __init__(self, classes: Sequence[ClassCount], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes = tuple(classes)
        self._changes: dict[str, str | None] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The classes as they are now."""
        return tuple(one.name for one in self._classes)

    @property
    def changes(self) -> Changes:
        """What is to change, in the order of the rows."""
        return {name: self._changes[name] for name in self.names if name in self._changes}

    def toggle_deleted(self, row: int) -> None:
        """Delete a class, or keep it after all."""
        self._set(row, name if self._is_deleted(name := self._classes[row].name) else None)

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of classes."""
        return 0 if parent.isValid() else len(self._classes)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """Class, two counts, new name and tick."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return {Qt.ItemDataRole.DisplayRole: HEADERS, Qt.ItemDataRole.ToolTipRole: HELP}.get(
            Qt.ItemDataRole(role), (None,) * len(HEADERS)
        )[section]

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, swatch, tick or look of a cell."""
        if not index.isValid():
            return None
        one, column = self._classes[index.row()], index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column)
        if role == Qt.ItemDataRole.CheckStateRole and column == DELETE:
            return Qt.CheckState.Checked if self._is_deleted(one.name) else Qt.CheckState.Unchecked
        if column == NEW_NAME:
            return self._new_name(one.name, role)
        if role == Qt.ItemDataRole.DecorationRole and column == CLASS:
            return swatch(class_color(one.name))
        if role == Qt.ItemDataRole.ToolTipRole:
            return one.name if column == CLASS else HELP[column]
        if role == Qt.ItemDataRole.DisplayRole:
            return {CLASS: one.name, BOXES: f"{one.boxes:,}", IMAGES: f"{one.images:,}"}.get(column)
        return None

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a new name, of which an empty one is no change, or a tick."""
        name = self._classes[index.row()].name
        if role == Qt.ItemDataRole.CheckStateRole:
            self._set(index.row(), None if Qt.CheckState(value) == Qt.CheckState.Checked else name)
        else:
            self._set(index.row(), str(value).strip() or name)
        return True

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """New names of classes that stay can be edited, and every class can be ticked."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == NEW_NAME and not self._is_deleted(self._classes[index.row()].name):
            return flags | Qt.ItemFlag.ItemIsEditable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == DELETE else flags

    def _new_name(self, name: str, role: int) -> object:
        new = self._changes.get(name, name)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return new if new is not None else "deleted"
        if role == Qt.ItemDataRole.ForegroundRole:
            colors = current_colors()
            return QColor(colors.danger if new is None else colors.muted if new == name else colors.text)
        if role == Qt.ItemDataRole.DecorationRole:
            return swatch(class_color(new)) if new is not None else None
        if role == Qt.ItemDataRole.FontRole and new not in (name, None):
            font = QFont()
            font.setBold(True)
            return font
        return HELP[NEW_NAME] if role == Qt.ItemDataRole.ToolTipRole else None

    def _is_deleted(self, name: str) -> bool:
        return name in self._changes and self._changes[name] is None

    def _set(self, row: int, new: str | None) -> None:
        name = self._classes[row].name
        self._changes.pop(name, None)
        if new != name:
            self._changes[name] = new
        self.dataChanged.emit(self.index(row, CLASS), self.index(row, DELETE))
        self.changes_made.emit()


class NameDelegate(QStyledItemDelegate):
    """Edits a name in a line that offers the names of the other classes."""

    def __init__(self, names: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._names = list(names)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: AnyIndex) -> QLineEdit:
        """A line without the frame of the theme, which is higher than a row."""
        line = QLineEdit(parent)
        line.setStyleSheet("border: none; border-radius: 0; padding: 0 4px; min-height: 0;")
        completer = QCompleter(self._names, line)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        offer = QListView()
        completer.setPopup(offer)
        offer.setItemDelegate(QStyledItemDelegate(offer))
        offer.setStyleSheet("QListView::item { padding: 4px 6px; }")
        line.setCompleter(completer)
        line.returnPressed.connect(lambda: self._take(line, offer))
        return line

    def _take(self, line: QLineEdit, offer: QListView) -> None:
        """Enter takes the name while others are offered too: Qt would only close the offer."""
        if offer.isVisible():
            self.commitData.emit(line)
            self.closeEditor.emit(line)


class RelabelTable(QTableView):
    """Typing in a row gives its class another name, Del ticks it."""

    def __init__(self, classes: Sequence[ClassCount], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes = RelabelModel(classes, self)
        self.setModel(self.classes)
        self.setItemDelegateForColumn(NEW_NAME, NameDelegate(self.classes.names, self))
        self.setItemDelegateForColumn(DELETE, FlagDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.AnyKeyPressed | triggers.EditKeyPressed | triggers.SelectedClicked)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setObjectName("relabel")
        self.setAccessibleName("Classes of the data set")
        self.doubleClicked.connect(self._edit)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(28)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in (CLASS, NEW_NAME):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def select(self, name: str) -> None:
        """Go to a class, ready to type its new name; the first one where there is no such class."""
        row = self.classes.names.index(name) if name in self.classes.names else 0
        self.setCurrentIndex(self.classes.index(row, NEW_NAME))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del ticks the class."""
        if event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.classes.toggle_deleted(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def _edit(self, index: QModelIndex) -> None:
        if index.column() != DELETE:
            self.setCurrentIndex(index.siblingAtColumn(NEW_NAME))
            self.edit(self.currentIndex())


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in (BOXES, IMAGES) else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
