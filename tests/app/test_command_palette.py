"""The command palette in the real window: type, see what fits, Enter does it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.command_palette import CommandPalette, matches
from app.editor.panel import EditorPanel
from app.main_window import MainWindow
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.app.editor.desk import write_folder

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def panel(qtbot: QtBot, tmp_path: Path) -> Iterator[EditorPanel]:
    """The Edit page of a window on a folder of two images."""
    window = MainWindow(Session(SettingsStore(), Problems()))
    qtbot.addWidget(window)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.session.folder_changed):
        window.open_folder(write_folder(tmp_path / "set", {"a": (("drone", 21, 31, 60, 80),), "b": None}))
    shown = window.pages.currentWidget()
    assert isinstance(shown, EditorPanel)
    yield shown
    window.close()
    window.bugs.close()


def _with_palette(qtbot: QtBot, panel: EditorPanel, typed: str, key: Qt.Key) -> tuple[str, ...]:
    """Open the palette by its key, type, press a key; what was listed before that."""
    listed: list[tuple[str, ...]] = []

    def use() -> None:
        palette = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        assert isinstance(palette, CommandPalette)
        qtbot.keyClicks(palette.line, typed)
        listed.append(palette.shown)
        qtbot.keyClick(palette.line, key)

    QTimer.singleShot(0, use)
    qtbot.keyClick(panel.canvas, Qt.Key.Key_K, CTRL)
    return listed[0]


def test_that_typing_a_part_and_enter_does_it(qtbot: QtBot, panel: EditorPanel) -> None:
    listed = _with_palette(qtbot, panel, "all box", Qt.Key.Key_Return)
    assert "Select all boxes" in listed
    assert len(panel.document.selected) == 1


def test_that_what_begins_with_the_words_comes_before_what_holds_them(qtbot: QtBot, panel: EditorPanel) -> None:
    _with_palette(qtbot, panel, "next im", Qt.Key.Key_Return)
    assert panel.document.image is not None
    assert panel.document.image.name == "b"


def test_that_escape_does_nothing_and_nothing_fits_nonsense(qtbot: QtBot, panel: EditorPanel) -> None:
    before = panel.document.annotation
    assert _with_palette(qtbot, panel, "xyzzy", Qt.Key.Key_Escape) == ()
    assert panel.document.annotation == before


def test_that_the_arrow_keys_choose_another_row(qtbot: QtBot, panel: EditorPanel) -> None:
    palette = CommandPalette([action for action in panel.actions() if action.objectName() in ("fit", "select_all")])
    qtbot.addWidget(palette)
    palette.show()
    qtbot.keyClick(palette.line, Qt.Key.Key_Down)
    qtbot.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.chosen is not None
    assert palette.chosen.text().removesuffix("…") == palette.shown[1]


def test_that_what_cannot_be_done_now_is_not_offered(qtbot: QtBot, panel: EditorPanel) -> None:
    assert "Undo" not in _with_palette(qtbot, panel, "undo", Qt.Key.Key_Escape)


@pytest.mark.parametrize(
    ("typed", "fits"), [("", True), ("box", True), ("BOX sel", True), ("boxes none", False), ("  all  ", True)]
)
def test_that_every_word_must_be_there(typed: str, fits: bool) -> None:
    assert matches(typed, "Select all boxes") == fits
