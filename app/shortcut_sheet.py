"""The keyboard sheet: every key of every page, from the tables that make the actions."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.actions import Action
from app.dataset import actions as dataset
from app.editor import actions as editor
from app.player import actions as player
from app.theme import SPACE
from app.window_actions import ACTIONS, PAGE_ACTIONS


@dataclass(frozen=True, slots=True)
class Group:
    """A titled part of the sheet."""

    title: str
    actions: tuple[Action, ...]


COLUMNS: tuple[tuple[Group, ...], ...] = (
    (Group("Edit", editor.SHORTCUTS),),
    (Group("Window", (*PAGE_ACTIONS, *ACTIONS)), Group("Edit: mouse and more", editor.GESTURES)),
    (Group("Play", player.SHORTCUTS), Group("Data", dataset.SHORTCUTS)),
)


class ShortcutSheet(QDialog):
    """Lists what can be done and the keys that do it, in columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(SPACE * 3, SPACE * 2, SPACE * 3, SPACE * 3)
        columns.setSpacing(SPACE * 5)
        for groups in COLUMNS:
            columns.addLayout(_column(groups), 1)
        self._content = content
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def sizeHint(self) -> QSize:
        """All columns without scrolling, if the screen has room."""
        screen, needed = self.screen().availableSize(), self._content.sizeHint()
        return QSize(
            min(needed.width() + 16, screen.width() * 9 // 10), min(needed.height(), screen.height() * 8 // 10)
        )


def keys_of(action: Action) -> tuple[str, ...]:
    """The keys of an action as the desktop writes them, one text for each way."""
    ways = tuple(way for way in action.shortcut.split("; ") if way)
    if action.is_held or not all(QKeySequence(way).toString() for way in ways):
        return ways
    native = QKeySequence.SequenceFormat.NativeText
    return tuple(QKeySequence(way).toString(native) or way for way in ways)


def _column(groups: Sequence[Group]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(SPACE)
    for group in groups:
        title = QLabel(group.title)
        title.setProperty("look", "heading")
        title.setContentsMargins(0, SPACE, 0, 0)
        column.addWidget(title)
        column.addLayout(_rows([action for action in group.actions if action.shortcut]))
    column.addStretch(1)
    return column


def _rows(actions: Sequence[Action]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(SPACE * 2)
    grid.setVerticalSpacing(SPACE // 2)
    grid.setColumnStretch(1, 1)
    for row, action in enumerate(actions):
        keys = QHBoxLayout()
        keys.setSpacing(SPACE // 2)
        for way in keys_of(action):
            cap = QLabel(way)
            cap.setProperty("look", "key")
            keys.addWidget(cap)
        keys.addStretch(1)
        text = QLabel(action.text.removesuffix("…"))
        text.setToolTip(action.help)
        grid.addLayout(keys, row, 0)
        grid.addWidget(text, row, 1, Qt.AlignmentFlag.AlignVCenter)
    return grid
