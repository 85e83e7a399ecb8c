"""The keyboard sheet: every key of every page, from the tables that make the actions."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.action_tables import DATA, EDIT, PLAY, WINDOW
from app.actions import Action, Group
from app.keys import Keys
from app.theme import SPACE

COLUMNS: tuple[tuple[Group, ...], ...] = (
    (EDIT,),
    (WINDOW, Group("Edit: mouse and more", EDIT.gestures)),
    (PLAY, DATA),
)


class ShortcutSheet(QDialog):
    """Lists what can be done and the keys that do it, in columns."""

    keys_wanted = Signal()

    def __init__(self, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keyboard")
        self._keys = keys
        self._content = QWidget()
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._origin = QLabel()
        self._origin.setProperty("look", "muted")
        self.change = QPushButton("Change keys…")
        self.change.clicked.connect(self.keys_wanted)
        foot = QHBoxLayout()
        foot.setContentsMargins(SPACE * 3, SPACE, SPACE * 3, SPACE * 2)
        foot.addWidget(self._origin, 1)
        foot.addWidget(self.change)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._scroll, 1)
        layout.addLayout(foot)
        keys.changed.connect(self._fill)
        self._fill()
        self.resize(self.sizeHint())

    def sizeHint(self) -> QSize:
        """All columns without scrolling, if the screen has room."""
        screen, needed = self.screen().availableSize(), self._content.sizeHint()
        height = needed.height() + self.change.sizeHint().height() + SPACE * 3
        return QSize(min(needed.width() + 16, screen.width() * 9 // 10), min(height, screen.height() * 8 // 10))

    def _fill(self) -> None:
        self._content = QWidget()
        columns = QHBoxLayout(self._content)
        columns.setContentsMargins(SPACE * 3, SPACE * 2, SPACE * 3, SPACE * 3)
        columns.setSpacing(SPACE * 5)
        for groups in COLUMNS:
            columns.addLayout(self._column(groups), 1)
        self._scroll.setWidget(self._content)
        count = len(self._keys.own)
        own = f", with your own keys for {count} action{'s' if count > 1 else ''}" if count else ""
        self._origin.setText(f"Preset {self._keys.preset.title}{own}")

    def _column(self, groups: Sequence[Group]) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        for group in groups:
            title = QLabel(group.title)
            title.setProperty("look", "heading")
            title.setContentsMargins(0, SPACE, 0, 0)
            column.addWidget(title)
            column.addLayout(self._rows([action for action in group.actions if self._keys.of(action)]))
        column.addStretch(1)
        return column

    def _rows(self, actions: Sequence[Action]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE * 2)
        grid.setVerticalSpacing(SPACE // 2)
        grid.setColumnStretch(1, 1)
        for row, action in enumerate(actions):
            keys = QHBoxLayout()
            keys.setSpacing(SPACE // 2)
            for way in self._keys.texts(action):
                cap = QLabel(way)
                cap.setProperty("look", "key")
                keys.addWidget(cap)
            keys.addStretch(1)
            text = QLabel(action.text.removesuffix("…"))
            text.setToolTip(action.help)
            grid.addLayout(keys, row, 0)
            grid.addWidget(text, row, 1, Qt.AlignmentFlag.AlignVCenter)
        return grid
