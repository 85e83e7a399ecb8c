"""The dialog of keys: choose a preset, find an action, press its new key. Every change holds at once."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from app.actions import Action
from app.command_palette import MOVES
from app.key_presets import PRESETS
from app.key_strip import KeyStrip
from app.key_table import KeyTable
from app.keys import Keys, native
from app.theme import SPACE

BUTTON = QDialogButtonBox.StandardButton
FIXED = "The picture follows this key itself: it stays as it is."
START_SIZE = QSize(680, 720)


class KeysDialog(QDialog):
    """Shows and changes the keys of all actions."""

    def __init__(self, keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Keys")
        self._keys = keys
        self._offered: tuple[str, ...] = ()
        self._is_adding = False
        self.presets = QComboBox()
        self.presets.setAccessibleName("Preset")
        self._preset_help = QLabel()
        self._preset_help.setProperty("look", "muted")
        self.line = QLineEdit(placeholderText="Find an action or a key", clearButtonEnabled=True)
        self.table = KeyTable(keys)
        self.strip = KeyStrip()
        self.buttons = QDialogButtonBox(BUTTON.Close | BUTTON.RestoreDefaults)
        self.buttons.button(BUTTON.RestoreDefaults).setText("Reset all…")
        for preset in PRESETS:
            self.presets.addItem(preset.title, preset.name)
        for name in (BUTTON.Close, BUTTON.RestoreDefaults):
            self.buttons.button(name).setAutoDefault(False)
        self._lay_out()
        self._connect()
        self._refresh()
        self.line.setFocus()
        self.resize(START_SIZE.boundedTo(self.screen().availableSize() * 0.9))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the search line go to the table; Del in the table takes the keys away."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self.line and event.key() in MOVES:
                self.table.event(event)
                return True
            if watched is self.table and event.key() == Qt.Key.Key_Delete:
                self.strip.remove.click()
                return True
        return super().eventFilter(watched, event)

    def reject(self) -> None:
        """Escape first leaves what is waited for."""
        if self.strip.is_resting:
            super().reject()
        else:
            self.strip.rest()
            self.table.setFocus()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(SPACE)
        top.addWidget(QLabel("Preset"))
        top.addWidget(self.presets)
        top.addWidget(self._preset_help, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE)
        layout.addLayout(top)
        layout.addWidget(self.line)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.strip)
        layout.addSpacing(SPACE)
        layout.addWidget(self.buttons)

    def _connect(self) -> None:
        self._keys.changed.connect(self._refresh)
        self.presets.activated.connect(lambda _row: self._keys.set_preset(self.presets.currentData()))
        self.line.textChanged.connect(self.table.show_matches)
        self.line.returnPressed.connect(self._change)
        self.table.change_wanted.connect(self._change)
        self.table.currentItemChanged.connect(lambda _new, _old: self._refresh())
        self.strip.change.clicked.connect(self._change)
        self.strip.add.clicked.connect(self._add)
        self.strip.remove.clicked.connect(lambda: self._offer(()))
        self.strip.reset.clicked.connect(self._reset)
        self.strip.pressed.connect(self._on_pressed)
        self.strip.taken.connect(self._take)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(BUTTON.RestoreDefaults).clicked.connect(self._reset_all)
        for watched in (self.line, self.table):
            watched.installEventFilter(self)

    @property
    def _free_action(self) -> Action | None:
        """The current action, if its keys can be changed."""
        action = self.table.action
        return action if action is not None and not self._keys.is_fixed(action) else None

    def _refresh(self) -> None:
        self.strip.rest()
        action, free = self.table.action, self._free_action
        keys = self._keys.of(free) if free is not None else ()
        is_changed = free is not None and keys != self._keys.preset_keys(free)
        self.strip.change.setEnabled(free is not None)
        self.strip.add.setEnabled(bool(keys))
        self.strip.remove.setEnabled(bool(keys))
        self.strip.reset.setEnabled(is_changed)
        self.strip.describe(" ".join(filter(None, (action.help if action else "", "" if free else FIXED))))
        self.presets.setCurrentIndex(self.presets.findData(self._keys.preset.name))
        self._preset_help.setText(self._keys.preset.help)
        self.buttons.button(BUTTON.RestoreDefaults).setEnabled(bool(self._keys.own))

    def _change(self) -> None:
        self._wait(is_adding=False)

    def _add(self) -> None:
        self._wait(is_adding=True)

    def _wait(self, *, is_adding: bool) -> None:
        if self._free_action is not None:
            self._is_adding = is_adding
            which = "one more key" if is_adding else "the new key"
            self.strip.wait(f"Press {which} for “{_name(self._free_action)}”, or Esc")

    def _on_pressed(self, key: str) -> None:
        if self._free_action is not None:
            before = self._keys.of(self._free_action) if self._is_adding else ()
            self._offer((*before, key))

    def _reset(self) -> None:
        if self._free_action is not None:
            self._offer(self._keys.preset_keys(self._free_action))

    def _offer(self, keys: tuple[str, ...]) -> None:
        """Bind the keys, after asking where another action has one of them."""
        action = self._free_action
        if action is None:
            return
        held = {key: holders for key in keys if (holders := self._keys.rivals(action, key))}
        rivals = tuple(dict.fromkeys(rival for holders in held.values() for rival in holders))
        who = ", ".join(f"“{_name(rival)}”" for rival in rivals)
        what = ", ".join(map(native, held))
        self._offered = tuple(dict.fromkeys(keys))
        if any(self._keys.is_fixed(rival) for rival in rivals):
            self.strip.wait(f"{what} stays with {who}. Press another key for “{_name(action)}”")
        elif rivals:
            self.strip.ask(f"{what} belongs to {who}.")
        else:
            self._take()

    def _take(self) -> None:
        if self._free_action is not None:
            self._keys.bind(self._free_action, self._offered)
            self.table.setFocus()

    def _reset_all(self) -> None:
        count = len(self._keys.own)
        question = f"Forget {'the key' if count == 1 else f'the keys of {count} actions'} that you have chosen?"
        if QMessageBox.question(self, "Reset all keys", question) == QMessageBox.StandardButton.Yes:
            self._keys.reset_all()


def _name(action: Action) -> str:
    return action.text.removesuffix("…")
