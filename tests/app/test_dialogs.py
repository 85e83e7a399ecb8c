"""The keyboard sheet and the settings dialog."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from app.action_tables import GROUPS
from app.editor.actions import GESTURES, SHORTCUTS
from app.keys import Keys
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.settings_dialog import SettingsDialog
from app.shortcut_sheet import ShortcutSheet
from app.widgets.inputs import ChoiceInput

BUTTON = QDialogButtonBox.StandardButton


def test_that_the_sheet_has_every_action_with_a_key(qtbot: QtBot) -> None:
    keys = Keys(Session(SettingsStore(), Problems()), GROUPS)
    sheet = ShortcutSheet(keys)
    qtbot.addWidget(sheet)
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    for action in (*SHORTCUTS, *GESTURES):
        if action.shortcut:
            assert action.text.removesuffix("…") in texts
            assert set(keys.texts(action)) <= texts


def open_dialog(qtbot: QtBot, store: SettingsStore) -> SettingsDialog:
    dialog = SettingsDialog(store)
    qtbot.addWidget(dialog)
    with qtbot.waitExposed(dialog):
        dialog.show()
    return dialog


def choose(dialog: SettingsDialog, theme: str) -> None:
    made = dialog.form.inputs["theme"]
    assert isinstance(made, ChoiceInput)
    made.setCurrentText(theme)


def test_that_ok_keeps_the_settings_and_what_is_remembered_beside_them(qtbot: QtBot) -> None:
    store = SettingsStore()
    dialog = open_dialog(qtbot, store)
    store.set("last_page", "play")
    choose(dialog, "dark")
    qtbot.mouseClick(dialog.buttons.button(BUTTON.Ok), Qt.MouseButton.LeftButton)
    kept = SettingsStore()
    assert (kept.get("theme"), kept.get("last_page")) == ("dark", "play")


def test_that_cancel_keeps_nothing_and_defaults_can_be_restored(qtbot: QtBot) -> None:
    store = SettingsStore()
    store.set("theme", "light")
    dialog = open_dialog(qtbot, store)
    choose(dialog, "dark")
    qtbot.mouseClick(dialog.buttons.button(BUTTON.Cancel), Qt.MouseButton.LeftButton)
    assert store.get("theme") == "light"
    again = open_dialog(qtbot, store)
    qtbot.mouseClick(again.buttons.button(BUTTON.RestoreDefaults), Qt.MouseButton.LeftButton)
    again.accept()
    assert store.get("theme") == "system"
