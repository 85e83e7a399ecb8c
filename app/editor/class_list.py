"""The classes of the folder: colour, number key, name, boxes on this image, eye and padlock; and typed search."""

from collections import Counter
from collections.abc import Iterable

from PySide6.QtCore import QAbstractTableModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFont, QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QMenu, QTableView, QVBoxLayout, QWidget

from app.editor.box_list import swatch
from app.editor.class_marks import ClassMarks, Marks
from app.icons import icon
from app.theme import class_color
from yolox_core.records import Annotation

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
KEY, NAME, COUNT, EYE, LOCK = range(5)


def with_new_names(names: tuple[str, ...], found: Iterable[str]) -> tuple[str, ...]:
    """The names with new ones at the end: a number key never changes its class while a folder is open."""
    return tuple(dict.fromkeys((*names, *(name for name in found if name))))


def found_names(names: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Names that hold `text` in any case, the same name first, then those that begin with it."""
    wanted = text.strip().lower()
    hits = [name for name in names if wanted in name.lower()]
    return tuple(sorted(hits, key=lambda name: (name.lower() != wanted, not name.lower().startswith(wanted))))


class ClassListModel(QAbstractTableModel):
    """Rows are the classes that pass the search; number keys follow the whole list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._shown: tuple[str, ...] = ()
        self._counts: Counter[str] = Counter()
        self._current = ""
        self._marks = Marks()

    @property
    def shown(self) -> tuple[str, ...]:
        """The names in the list."""
        return self._shown

    def show_names(self, names: tuple[str, ...], text: str) -> None:
        """List the names that fit a search text."""
        shown = found_names(names, text) if text.strip() else names
        if (names, shown) != (self._names, self._shown):
            self.beginResetModel()
            self._names, self._shown = names, shown
            self.endResetModel()

    def show_counts(self, counts: Counter[str]) -> None:
        """Show the number of boxes per class."""
        if counts != self._counts:
            self._counts = counts
            self._repaint()

    def show_current(self, name: str) -> None:
        """Show which class new boxes get."""
        self._current = name
        self._repaint()

    def show_marks(self, marks: Marks) -> None:
        """Show which classes are hidden and locked."""
        self._marks = marks
        self._repaint()

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of listed classes."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """Number key, name, count, eye, padlock."""
        return 0 if parent.isValid() else 5

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, swatch, weight or tooltip of a cell."""
        if not index.isValid():
            return None
        name, column = self._shown[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(name, column)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(name, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column != NAME:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.FontRole and name == self._current:
            font = QFont()
            font.setBold(True)
            return font
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._help(name, column)
        return None

    def _icon(self, name: str, column: int) -> QIcon | None:
        if column == NAME:
            return swatch(class_color(name))
        if column == EYE:
            return icon("eye-off" if self._marks.hides(name) else "eye")
        if column == LOCK:
            return icon("lock" if name in self._marks.locked else "lock-open")
        return None

    def _help(self, name: str, column: int) -> str:
        if column == EYE:
            return f"{'Show' if self._marks.hides(name) else 'Hide'} {name}  (H)"
        if column == LOCK:
            return f"{'Free' if name in self._marks.locked else 'Lock'} {name}  (K)"
        return f"{name}: {self._counts[name]} on this image"

    def _text(self, name: str, column: int) -> str:
        if column == NAME:
            return name
        if column == COUNT:
            return str(self._counts[name] or "")
        if column != KEY:
            return ""
        number = self._names.index(name) + 1
        return str(number) if number <= 9 else ""

    def _repaint(self) -> None:
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, LOCK))


class ClassList(QWidget):
    """Search line and list. `class_chosen` carries a name that was clicked, or typed and confirmed with Enter."""

    class_chosen = Signal(str)
    search_left = Signal()

    def __init__(self, marks: ClassMarks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks = marks
        self._names: tuple[str, ...] = ()
        self.search_line = QLineEdit(placeholderText="Find or add a class", clearButtonEnabled=True)
        self._model = ClassListModel()
        self.view = self._make_view()
        self.search_line.setToolTip("Enter takes the marked class, Shift+Enter the name as typed  (C)")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.search_line)
        layout.addWidget(self.view)
        self.search_line.textChanged.connect(self._on_text_changed)
        self.search_line.installEventFilter(self)
        self.view.clicked.connect(self._on_clicked)
        self.view.customContextMenuRequested.connect(self._on_menu_wanted)
        marks.changed.connect(self._model.show_marks)

    @property
    def names(self) -> tuple[str, ...]:
        """All class names, in the order of the number keys."""
        return self._names

    def set_names(self, names: tuple[str, ...]) -> None:
        """List these classes."""
        if names != self._names:
            self._names = names
            self._model.show_names(names, self.search_line.text())

    def show_annotation(self, annotation: Annotation) -> None:
        """Count the boxes of an annotation."""
        self._model.show_counts(Counter(box.class_name for box in annotation.boxes))

    def show_current(self, name: str) -> None:
        """Show which class new boxes get."""
        self._model.show_current(name)

    def start_search(self) -> None:
        """Let the user type a class."""
        self.search_line.clear()
        self.search_line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the best hit, Shift+Enter the text as typed; Down and Up go through the hits; Escape gives up."""
        if watched is self.search_line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            is_shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            return self._search_key(Qt.Key(event.key()), is_literal=is_shifted)
        return super().eventFilter(watched, event)

    def _search_key(self, key: Qt.Key, *, is_literal: bool) -> bool:
        row = self.view.currentIndex().row()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._confirm(-1 if is_literal else row)
        elif key == Qt.Key.Key_Escape:
            self._end_search()
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self._model.shown:
            step = 1 if key == Qt.Key.Key_Down else -1
            self.view.selectRow(min(max(row + step, 0), len(self._model.shown) - 1))
        else:
            return False
        return True

    def _confirm(self, row: int) -> None:
        shown = self._model.shown
        is_hit = 0 <= row < len(shown) and self.view.selectionModel().hasSelection()
        name = shown[row] if is_hit else self.search_line.text().strip()
        self._end_search()
        if name:
            self.class_chosen.emit(name)

    def _end_search(self) -> None:
        self.search_line.clear()
        self.view.clearSelection()
        self.search_left.emit()

    def _make_view(self) -> QTableView:
        view = QTableView()
        view.setModel(self._model)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setMinimumWidth(180)  # room for a name between number and padlock
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.setShowGrid(False)
        view.setAccessibleName("Classes")
        view.horizontalHeader().hide()
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(24)
        header = view.horizontalHeader()
        header.setMinimumSectionSize(24)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, width in ((KEY, 24), (COUNT, 32), (EYE, 24), (LOCK, 24)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)
        return view

    def _on_text_changed(self, text: str) -> None:
        self._model.show_names(self._names, text)
        wanted = text.strip().lower()
        if wanted and self._model.shown and self._model.shown[0].lower().startswith(wanted):
            self.view.selectRow(0)
        else:
            self.view.clearSelection()

    def _on_clicked(self, index: QModelIndex) -> None:
        name = self._model.shown[index.row()]
        self._end_search()
        if index.column() == EYE:
            self._marks.toggle_hidden((name,))
        elif index.column() == LOCK:
            self._marks.toggle_locked((name,))
        else:
            self.class_chosen.emit(name)

    def _on_menu_wanted(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if index.isValid():
            self._menu(self._model.shown[index.row()]).popup(self.view.viewport().mapToGlobal(at))

    def _menu(self, name: str) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        is_hidden, is_locked = self._marks.marks.hides(name), name in self._marks.marks.locked
        menu.addAction("Show" if is_hidden else "Hide", lambda: self._marks.toggle_hidden((name,)))
        menu.addAction("Show only this class", lambda: self._marks.toggle_only((name,)))
        menu.addAction("Show all classes", self._marks.show_all)
        menu.addSeparator()
        menu.addAction("Free" if is_locked else "Lock", lambda: self._marks.toggle_locked((name,)))
        return menu
