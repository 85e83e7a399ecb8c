"""The keyboard sheet and the settings dialog."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox, QLabel
from pytestqt.qtbot import QtBot

from app.actions import Action
from app.editor.actions import GESTURES, SHORTCUTS
from app.settings import SettingsStore
from app.settings_dialog import SettingsDialog
from app.shortcut_sheet import ShortcutSheet, keys_of
from app.widgets.inputs import ChoiceInput

BUTTON = QDialogButtonBox.StandardButton


def test_that_the_sheet_has_every_action_with_a_key(qtbot: QtBot) -> None:
    sheet = ShortcutSheet()
    qtbot.addWidget(sheet)
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    for action in (*SHORTCUTS, *GESTURES):
        if action.shortcut:
            assert action.text.removesuffix("…") in texts
            assert set(keys_of(action)) <= texts


def test_that_a_list_of_keys_keeps_the_key_semicolon_and_words_apart() -> None:
    assert keys_of(Action("a", "A", "F; Ctrl+0")) == ("F", "Ctrl+0")
    assert keys_of(Action("b", "B", "Space + drag", is_held=True)) == ("Space + drag",)
    assert keys_of(Action("c", "C")) == ()


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
