"""The table of all actions and their keys, grouped by page."""

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from app.actions import Action, Group
from app.command_palette import matches
from app.keys import Keys, native

ROW_HEIGHT = 26
TEXT, KEYS, ORIGIN = range(3)


@dataclass(frozen=True, slots=True)
class Row:
    """An action in the table, below the heading of its page."""

    heading: QTreeWidgetItem
    item: QTreeWidgetItem
    action: Action


class KeyTable(QTreeWidget):
    """One row for each action. `change_wanted` comes with a double click or Enter on one."""

    change_wanted = Signal()

    def __init__(self, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self.setHeaderLabels(["Action", "Keys", ""])
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setAccessibleName("Actions and their keys")
        header = self.header()
        header.setSectionsMovable(False)
        header.setStretchLastSection(False)
        header.setSectionResizeMode(TEXT, QHeaderView.ResizeMode.Stretch)
        for column in (KEYS, ORIGIN):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self._rows = [row for group in keys.groups for row in self._add_group(group)]
        self.expandAll()
        self.refresh()
        self.setCurrentItem(self._rows[0].item)
        keys.changed.connect(self.refresh)
        self.itemActivated.connect(lambda _row, _column: self.change_wanted.emit())

    @property
    def action(self) -> Action | None:
        """The action of the current row."""
        return next((row.action for row in self._rows if row.item is self.currentItem()), None)

    @property
    def shown(self) -> tuple[str, ...]:
        """The names of the actions on show."""
        return tuple(row.action.name for row in self._rows if not row.item.isHidden())

    def choose(self, name: str) -> None:
        """Make the row of an action the current one."""
        self.setCurrentItem(next(row.item for row in self._rows if row.action.name == name))

    def show_matches(self, typed: str) -> None:
        """Show the actions whose page, text, help or keys hold all words that were typed."""
        for row in self._rows:
            words = f"{row.heading.text(TEXT)} {row.action.text} {row.action.help} {row.item.text(KEYS)}"
            row.item.setHidden(not matches(typed, words))
        shown = [row for row in self._rows if not row.item.isHidden()]
        for row in self._rows:
            row.heading.setHidden(all(row.heading is not other.heading for other in shown))
        if shown and all(row.item is not self.currentItem() for row in shown):
            self.setCurrentItem(shown[0].item)

    def refresh(self) -> None:
        """Show the keys in force."""
        for row in self._rows:
            row.item.setText(KEYS, "  or  ".join(self._keys.texts(row.action)))
            row.item.setText(ORIGIN, self._origin(row.action))

    def _add_group(self, group: Group) -> list[Row]:
        muted = self.palette().brush(QPalette.ColorRole.PlaceholderText)
        heading = QTreeWidgetItem(self, [group.title])
        heading.setFlags(Qt.ItemFlag.ItemIsEnabled)
        heading.setFirstColumnSpanned(True)
        heading.setSizeHint(TEXT, QSize(0, ROW_HEIGHT))
        font = heading.font(TEXT)
        font.setBold(True)
        heading.setFont(TEXT, font)
        rows = []
        for action in (*group.actions, *group.gestures):
            item = QTreeWidgetItem(heading, [action.text.removesuffix("…")])
            item.setToolTip(TEXT, action.help)
            item.setForeground(ORIGIN, muted)
            if self._keys.is_fixed(action):
                item.setForeground(KEYS, muted)
            rows.append(Row(heading, item, action))
        return rows

    def _origin(self, action: Action) -> str:
        """Where the keys come from, if not from the preset."""
        if self._keys.is_fixed(action):
            return "fixed"
        if action.name in self._keys.own:
            return "your own"
        lost = [key for key in self._keys.preset_keys(action) if key not in self._keys.of(action)]
        takers = dict.fromkeys(rival for key in lost for rival in self._keys.rivals(action, key))
        names = ", ".join(taker.text.removesuffix("…") for taker in takers)
        return f"{', '.join(map(native, lost))} taken by {names}" if lost else ""
