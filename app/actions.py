"""Actions as data: one table per page gives its menu, its buttons and its rows of the keyboard sheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon


@dataclass(frozen=True, slots=True)
class Action:
    """What a user can do. `shortcut` lists default keys as Qt writes them, `; ` between them; empty for none.

    `menu` is the submenu that holds it, empty for the menu of the page itself.

    `is_held` marks keys that the widget follows itself (press, drag, release) instead of a Qt shortcut. Where
    `shortcut` is words, `takes` lists the keys that are meant.
    """

    name: str
    text: str
    shortcut: str = ""
    icon: str = ""
    help: str = ""
    is_checkable: bool = False
    is_held: bool = False
    takes: str = ""
    menu: str = ""

    @property
    def default_keys(self) -> tuple[str, ...]:
        """The default keys, one text for each way."""
        return tuple(way for way in self.shortcut.split("; ") if way)


@dataclass(frozen=True, slots=True)
class Group:
    """The actions of one page, or of the whole window. Its `gestures` have keys that stay as they are."""

    title: str
    actions: tuple[Action, ...]
    gestures: tuple[Action, ...] = ()
    is_everywhere: bool = False


def in_menu(title: str, actions: tuple[Action, ...]) -> tuple[Action, ...]:
    """The actions in a submenu of this title."""
    return tuple(replace(action, menu=title) for action in actions)


def make_action(owner: QWidget, action: Action, on_triggered: Callable[[], object]) -> QAction:
    """A QAction of `owner` that works while `owner` or a widget within it has the keyboard."""
    made = QAction(action.text, owner)
    made.setObjectName(action.name)
    made.setProperty("menu", action.menu)
    made.setCheckable(action.is_checkable)
    if action.icon:
        made.setIcon(icon(action.icon))
    if action.shortcut and not action.is_held:
        made.setShortcuts(QKeySequence.listFromString(action.shortcut))
    made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.setToolTip(tool_tip(action, action.default_keys))
    made.triggered.connect(lambda _checked=False: on_triggered())
    owner.addAction(made)
    return made


def tool_tip(action: Action, keys: Sequence[str]) -> str:
    """The help of an action with its keys, as a tooltip shows it."""
    return f"{action.help or action.text}  ({' or '.join(keys)})" if keys else action.help or action.text


def show_tip(widget: QWidget, action: QAction) -> None:
    """Give a widget the tooltip of an action, now and whenever its keys change."""
    widget.setToolTip(action.toolTip())
    action.changed.connect(lambda: widget.setToolTip(action.toolTip()))
