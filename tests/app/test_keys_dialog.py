"""Keys changed in the real window, with real key events: the new key works at once and the old one does not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QAction, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from app.command_palette import CommandPalette
from app.editor.panel import EditorPanel
from app.key_presets import PRESETS
from app.keys_dialog import KeysDialog
from app.main_window import MainWindow
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.settings_dialog import SettingsDialog
from app.shortcut_sheet import ShortcutSheet
from tests.app.editor.desk import write_folder

KEY = Qt.Key
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton


@dataclass(frozen=True)
class Hands:
    """A window on a folder of three images, and fingers."""

    qtbot: QtBot
    window: MainWindow
    panel: EditorPanel

    @property
    def name(self) -> str:
        """The image on show."""
        assert self.panel.document.image is not None
        return self.panel.document.image.name

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key on the picture."""
        self.window.activateWindow()
        self.panel.canvas.setFocus()
        self.qtbot.waitUntil(self.panel.canvas.hasFocus)
        self.qtbot.keyClick(self.panel.canvas, key, modifier)

    def open_dialog(self) -> KeysDialog:
        """The dialog of keys beside the window."""
        dialog = KeysDialog(self.window.keys, self.window)
        self.qtbot.addWidget(dialog)
        with self.qtbot.waitExposed(dialog):
            dialog.show()
        dialog.activateWindow()
        self.qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    def rebind(self, dialog: KeysDialog, typed: str, key: Qt.Key) -> None:
        """Find an action by typing, press Enter and then the new key."""
        dialog.line.setFocus()
        dialog.line.clear()
        self.qtbot.keyClicks(dialog.line, typed)
        self.qtbot.keyClick(dialog.line, KEY.Key_Return)
        assert dialog.strip.field.hasFocus()
        self.qtbot.keyClick(dialog.strip.field, key)

    def action(self, name: str) -> QAction:
        """An action of the window or of the Edit page."""
        return next(action for action in self.window.findChildren(QAction) if action.objectName() == name)


@pytest.fixture
def hands(qtbot: QtBot, tmp_path: Path) -> Iterator[Hands]:
    window = MainWindow(Session(SettingsStore(), Problems()))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.session.folder_changed):
        window.open_folder(write_folder(tmp_path / "set", {"a": (("drone", 21, 31, 60, 80),), "b": None, "c": None}))
    panel = window.pages.currentWidget()
    assert isinstance(panel, EditorPanel)
    yield Hands(qtbot, window, panel)
    window.close()
    window.bugs.close()


def test_that_a_new_key_works_at_once_and_the_old_one_does_not(hands: Hands) -> None:
    dialog = hands.open_dialog()
    hands.rebind(dialog, "next image", KEY.Key_J)
    hands.press(KEY.Key_D)
    assert hands.name == "a"
    hands.press(KEY.Key_J)
    assert hands.name == "b"
    assert SettingsStore().get("key_bindings") == {"next_image": "J"}


def test_that_a_key_of_another_action_is_taken_over_only_when_wanted(hands: Hands) -> None:
    dialog = hands.open_dialog()
    hands.rebind(dialog, "next image", KEY.Key_A)
    assert dialog.strip.text == "A belongs to “Previous image”."
    assert (dialog.strip.take.isVisible(), dialog.strip.change.isVisible()) == (True, False)
    hands.qtbot.keyClick(dialog.strip.take, KEY.Key_Escape)
    assert (dialog.isVisible(), dialog.strip.is_resting) == (True, True)
    assert hands.window.keys.own == ()
    hands.rebind(dialog, "next image", KEY.Key_A)
    assert dialog.strip.take.hasFocus()
    hands.qtbot.keyClick(dialog.strip.take, KEY.Key_Return)
    assert (dialog.strip.is_resting, dialog.table.hasFocus()) == (True, True)
    hands.press(KEY.Key_A)
    assert hands.name == "b"
    assert hands.action("previous_image").shortcuts() == []


def test_that_a_fixed_key_is_refused_and_another_one_can_be_pressed(hands: Hands) -> None:
    dialog = hands.open_dialog()
    hands.rebind(dialog, "next image", KEY.Key_5)
    assert dialog.strip.text.startswith("5 stays with “Class of the selected boxes”.")
    hands.qtbot.keyClick(dialog.strip.field, KEY.Key_J)
    hands.press(KEY.Key_J)
    assert hands.name == "b"


def test_that_escape_leaves_first_the_field_and_then_the_dialog(hands: Hands) -> None:
    dialog = hands.open_dialog()
    hands.rebind(dialog, "next image", KEY.Key_Escape)
    assert dialog.strip.is_resting
    assert dialog.isVisible()
    hands.qtbot.keyClick(dialog.table, KEY.Key_Escape)
    assert not dialog.isVisible()
    assert hands.window.keys.own == ()


def test_that_another_preset_holds_at_once(hands: Hands) -> None:
    dialog = hands.open_dialog()
    dialog.presets.setFocus()
    hands.qtbot.keyClick(dialog.presets, KEY.Key_Down)
    hands.press(KEY.Key_F)
    assert hands.name == "b"
    hands.press(KEY.Key_D)
    assert hands.name == "a"
    hands.press(KEY.Key_N)
    assert hands.panel.canvas.hands.is_drawing_mode


def test_that_a_key_can_be_added_taken_away_and_reset(hands: Hands) -> None:
    dialog = hands.open_dialog()
    keys, table, strip = hands.window.keys, dialog.table, dialog.strip
    table.choose("next_image")
    hands.qtbot.mouseClick(strip.add, LEFT)
    hands.qtbot.keyClick(strip.field, KEY.Key_J)
    for key in (KEY.Key_D, KEY.Key_J):
        hands.press(key)
    assert hands.name == "c"
    dialog.activateWindow()
    hands.qtbot.keyClick(table, KEY.Key_Delete)
    assert hands.action("next_image").shortcuts() == []
    hands.qtbot.mouseClick(strip.reset, LEFT)
    assert [key.toString() for key in hands.action("next_image").shortcuts()] == ["D"]
    assert keys.own == ()
    assert not strip.reset.isEnabled()


def test_that_all_own_keys_can_be_forgotten_after_a_question(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(_parent: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", answer)
    dialog = hands.open_dialog()
    hands.rebind(dialog, "next image", KEY.Key_J)
    reset = dialog.buttons.button(dialog.buttons.StandardButton.RestoreDefaults)
    hands.qtbot.mouseClick(reset, LEFT)
    assert len(asked) == 1
    assert hands.window.keys.own == ()
    assert not reset.isEnabled()


def test_that_a_double_click_waits_for_the_key_and_fixed_rows_do_not(hands: Hands) -> None:
    dialog = hands.open_dialog()
    for name, waits in (("save", True), ("verify", False)):
        dialog.table.choose(name)
        at = dialog.table.visualItemRect(dialog.table.currentItem()).center()
        hands.qtbot.mouseClick(dialog.table.viewport(), LEFT, pos=at)
        hands.qtbot.mouseDClick(dialog.table.viewport(), LEFT, pos=at)
        assert dialog.strip.field.isVisible() == waits
    assert dialog.strip.text.endswith("it stays as it is.")


def test_that_actions_are_found_by_words_and_by_keys(hands: Hands) -> None:
    dialog = hands.open_dialog()
    hands.qtbot.keyClicks(dialog.line, "undo li")
    assert dialog.table.shown == ("undo_list",)
    dialog.line.clear()
    hands.qtbot.keyClicks(dialog.line, "ctrl+shift+d")
    assert dialog.table.shown == ("delete_image",)
    hands.qtbot.keyClicks(dialog.line, "xyzzy")
    assert dialog.table.shown == ()


def test_that_the_arrow_keys_go_through_the_table_while_typing(hands: Hands) -> None:
    dialog = hands.open_dialog()
    hands.qtbot.keyClicks(dialog.line, "draft")
    first, second = dialog.table.shown[:2]
    assert dialog.table.action is not None
    assert dialog.table.action.name == first
    hands.qtbot.keyClick(dialog.line, KEY.Key_Down)
    assert dialog.table.action.name == second


def test_that_tooltips_sheet_and_palette_follow(hands: Hands) -> None:
    sheet = ShortcutSheet(hands.window.keys, hands.window)
    hands.qtbot.addWidget(sheet)
    assert hands.action("next_image").toolTip().endswith("(D)")
    hands.rebind(hands.open_dialog(), "next image", KEY.Key_F12)
    assert hands.action("next_image").toolTip().endswith("(F12)")
    palette = CommandPalette([hands.action("next_image")], hands.window)
    row = palette.list.topLevelItem(0)
    assert row is not None
    assert row.text(1) == "F12"
    texts = {label.text() for label in sheet.findChildren(QLabel)}
    assert {"F12", "Preset Workbench, with your own keys for 1 action"} <= texts


def test_that_a_page_made_later_has_the_keys_in_force(hands: Hands) -> None:
    hands.window.keys.set_preset("cvat")
    hands.press(KEY.Key_4, CTRL)
    assert [key.toString() for key in hands.action("ten_on").shortcuts()] == ["V", "Shift+Right"]
    go_to = hands.action("go_to_frame")
    assert go_to.toolTip() in {spin.toolTip() for spin in hands.window.findChildren(QWidget, "frame_number")}


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_that_no_key_of_the_real_window_does_two_things(hands: Hands, preset) -> None:
    window = hands.window
    window.keys.set_preset(preset.name)
    own = [key.toString() for action in window.actions() for key in action.shortcuts()]
    for name in ("edit", "data", "play"):
        window.pages.show_page(name)
        page = window.pages.currentWidget()
        made = {action for widget in (page, *page.findChildren(QWidget)) for action in widget.actions()}
        keys = [key.toString() for action in made for key in action.shortcuts()]
        keys += [shortcut.key().toString() for shortcut in page.findChildren(QShortcut)]
        everywhere = own + keys
        assert sorted(everywhere) == sorted(set(everywhere)), name


def _use_modal(parent: QObject, kind: type[QDialog], use: Callable[[QDialog], object]) -> None:
    """Use a modal dialog as soon as it is there, and close it."""
    waiting = QTimer(parent, interval=5)

    def act() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, kind):
            waiting.stop()
            use(dialog)
            dialog.reject()

    waiting.timeout.connect(act)
    waiting.start()


def test_that_the_dialog_opens_by_key_from_the_sheet_and_from_the_settings(hands: Hands) -> None:
    opened: list[QDialog] = []

    def press_button(dialog: QDialog) -> None:
        assert isinstance(dialog, ShortcutSheet | SettingsDialog)
        _use_modal(hands.window, KeysDialog, opened.append)
        hands.qtbot.mouseClick(dialog.change if isinstance(dialog, ShortcutSheet) else dialog.keys, LEFT)

    _use_modal(hands.window, KeysDialog, opened.append)
    hands.press(KEY.Key_F1, SHIFT)
    _use_modal(hands.window, ShortcutSheet, press_button)
    hands.press(KEY.Key_Question)
    _use_modal(hands.window, SettingsDialog, press_button)
    hands.press(KEY.Key_Comma, CTRL)
    assert len(opened) == 3


def test_that_the_window_says_what_of_the_settings_was_not_usable(qtbot: QtBot) -> None:
    SettingsStore().set("key_bindings", {"next_image": "Strg+Ö+ß"})
    window = MainWindow(Session(SettingsStore(), Problems()))
    qtbot.addWidget(window)
    assert "next_image" in window.messages.text
