"""Actions as data: one table per page gives its menu, its buttons and its rows of the keyboard sheet."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.icons import icon


@dataclass(frozen=True, slots=True)
class Action:
    """What a user can do. `shortcut` lists default keys as Qt writes them, `; ` between them; empty for none.

    `is_held` marks keys that the widget follows itself (press, drag, release) instead of a Qt shortcut.
    """

    name: str
    text: str
    shortcut: str = ""
    icon: str = ""
    help: str = ""
    is_checkable: bool = False
    is_held: bool = False


def make_action(owner: QWidget, action: Action, on_triggered: Callable[[], object]) -> QAction:
    """A QAction of `owner` that works while `owner` or a widget within it has the keyboard."""
    made = QAction(action.text, owner)
    made.setObjectName(action.name)
    made.setCheckable(action.is_checkable)
    if action.icon:
        made.setIcon(icon(action.icon))
    if action.shortcut and not action.is_held:
        made.setShortcuts(QKeySequence.listFromString(action.shortcut))
    made.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
    made.setToolTip(tool_tip(action))
    made.triggered.connect(lambda _checked=False: on_triggered())
    owner.addAction(made)
    return made


def tool_tip(action: Action) -> str:
    """The help of an action with its keys, as a tooltip shows it."""
    keys = f"  ({action.shortcut.replace('; ', ' or ')})" if action.shortcut else ""
    return f"{action.help or action.text}{keys}"
