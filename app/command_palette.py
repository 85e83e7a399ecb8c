"""The command palette: type a part of what you want to do; Enter does it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QDialog, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from app.theme import SPACE

WIDTH, ROWS, ROW_HEIGHT = 520, 12, 26
MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


def matches(typed: str, text: str) -> bool:
    """Whether every word that was typed is part of a text, whatever the case."""
    return all(word in text.casefold() for word in typed.casefold().split())


class CommandPalette(QDialog):
    """Lists actions that can be done now; `chosen` is the one picked, None when the dialog was left."""

    def __init__(self, actions: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.chosen: QAction | None = None
        self._actions = [action for action in actions if action.isEnabled() and action.text()]
        self.line = QLineEdit(placeholderText="What do you want to do?", clearButtonEnabled=True)
        self.list = QTreeWidget()
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addWidget(self.line)
        layout.addWidget(self.list)
        self._fill()
        self.resize(WIDTH, self.sizeHint().height())
        self.list.setColumnWidth(0, WIDTH * 7 // 10)
        self.list.setFixedHeight(ROW_HEIGHT * ROWS + 2 * self.list.frameWidth())
        self.line.textChanged.connect(self._show_matches)
        self.line.returnPressed.connect(self._choose)
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.line.installEventFilter(self)
        self._show_matches("")

    @property
    def shown(self) -> tuple[str, ...]:
        """The texts on show, from top to bottom."""
        return tuple(row.text(0) for row in self._rows() if not row.isHidden())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys move through the list while the line keeps the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and event.key() in MOVES:
            self.list.event(event)
            return True
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        blank = QPixmap(self.list.iconSize().expandedTo(QSize(16, 16)))
        blank.fill(Qt.GlobalColor.transparent)
        native = QKeySequence.SequenceFormat.NativeText
        for action in self._actions:
            keys = action.shortcut().toString(native)
            row = QTreeWidgetItem(self.list, [action.text().replace("&", "").removesuffix("…"), keys])
            row.setIcon(0, action.icon() if not action.icon().isNull() else QIcon(blank))
            row.setSizeHint(0, QSize(0, ROW_HEIGHT))
            row.setToolTip(0, action.toolTip())
            row.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _rows(self) -> list[QTreeWidgetItem]:
        rows = [self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount())]
        return [row for row in rows if row is not None]

    def _show_matches(self, typed: str) -> None:
        first: QTreeWidgetItem | None = None
        for row, action in zip(self._rows(), self._actions, strict=True):
            row.setHidden(not matches(typed, f"{row.text(0)} {action.toolTip()}"))
            if not row.isHidden() and (first is None or _rank(row, typed) < _rank(first, typed)):
                first = row
        if first is not None:
            self.list.setCurrentItem(first)

    def _choose(self) -> None:
        row = self.list.currentItem()
        if row is not None and not row.isHidden():
            self.chosen = self._actions[self.list.indexOfTopLevelItem(row)]
            self.accept()


def _rank(row: QTreeWidgetItem, typed: str) -> tuple[bool, bool]:
    """Texts that begin with what was typed come first, then those that hold it; help is searched last."""
    text = row.text(0).casefold()
    return not text.startswith(typed.casefold()), not matches(typed, text)
