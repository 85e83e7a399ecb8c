"""The real window with its real pages: welcome, opening, pages, menus, drops, problems, closing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from app.editor.panel import EditorPanel
from app.main_window import MainWindow
from app.problems import Problems
from app.session import PageRequest, Session
from app.settings import SettingsStore
from app.start import begin
from tests.app.editor.desk import write_folder
from yolox_core.errors import UserError

MakeWindow = Callable[[], MainWindow]
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def make_window(qtbot: QtBot) -> Iterator[MakeWindow]:
    """Windows on the settings of this test, closed afterwards."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(Session(SettingsStore(), Problems()))
        qtbot.addWidget(window)
        with qtbot.waitExposed(window):
            window.show()
        window.activateWindow()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
        window.bugs.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "blood & drones", {"a": (("drone", 21, 31, 60, 80),), "b": None})


def open_and_wait(qtbot: QtBot, window: MainWindow, root: Path) -> None:
    with qtbot.waitSignal(window.session.folder_changed):
        window.open_folder(root)


def test_that_the_first_start_offers_a_folder_and_the_sample(make_window: MakeWindow) -> None:
    window = make_window()
    assert window.pages.currentWidget() is window.welcome
    buttons = {button.text() for button in window.welcome.findChildren(QPushButton)}
    assert buttons == {"Open folder…", "Make the sample data set"}
    assert not any(window.pages.made)


def test_that_opening_a_folder_shows_it_on_the_edit_page(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    panel = window.pages.currentWidget()
    assert isinstance(panel, EditorPanel)
    assert [image.name for image in panel.images.images] == ["a", "b"]
    assert window.windowTitle() == "blood & drones — YOLOX Workbench"


def test_that_the_keys_of_the_pages_work_on_every_page(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    for key, name in ((Qt.Key.Key_4, "play"), (Qt.Key.Key_1, "edit"), (Qt.Key.Key_4, "play")):
        qtbot.keyClick(window.pages.currentWidget(), key, CTRL)
        assert window.pages.current == name
        assert window.pages.currentWidget() is window.pages.made_page(name)
    assert window.actions_by_name["page_play"].isChecked()


def test_that_no_two_keys_of_the_window_and_a_page_collide(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    window.pages.show_page("play")
    for name in ("edit", "play"):
        actions = [*window.actions_by_name.values(), *window.pages.actions_of(name)]
        keys = [key.toString() for action in actions for key in action.shortcuts()]
        assert len(keys) == len(set(keys)), name


def test_that_the_play_page_needs_no_folder_and_the_others_show_the_welcome_page(make_window: MakeWindow) -> None:
    window = make_window()
    for name in ("edit", "data", "train"):
        window.pages.show_page(name)
        assert window.pages.currentWidget() is window.welcome
    window.pages.show_page("play")
    assert window.pages.currentWidget() is window.pages.made_page("play")


def test_that_the_window_remembers_folder_page_and_size(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    window.pages.show_page("play")
    window.resize(760, 640)  # the offscreen display has 800 x 800
    window.close()
    again = make_window()
    assert (again.width(), again.height()) == (760, 640)
    assert again.pages.current == "play"
    with qtbot.waitSignal(again.session.folder_changed):
        begin(again, None)
    assert again.session.folder is not None
    assert again.session.folder.root == root


def test_that_a_folder_opened_from_the_play_page_is_shown(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    window.pages.show_page("play")
    with qtbot.waitSignal(window.session.folder_changed):
        begin(window, root)
    assert isinstance(window.pages.currentWidget(), EditorPanel)


def test_that_a_last_folder_that_is_gone_shows_the_welcome_page(make_window: MakeWindow, root: Path) -> None:
    SettingsStore().replace(last_folder=str(root / "gone"), recent_folders=(str(root / "gone"), str(root)))
    window = make_window()
    begin(window, None)
    assert window.pages.currentWidget() is window.welcome
    assert not window.messages.isVisible()
    names = [button.toolTip() for button in window.welcome.findChildren(QToolButton)]
    assert names == [str(root)]


def test_that_a_click_on_a_recent_folder_opens_it(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    SettingsStore().replace(recent_folders=(str(root),))
    window = make_window()
    with qtbot.waitSignal(window.session.folder_changed):
        qtbot.mouseClick(window.welcome.findChildren(QToolButton)[0], Qt.MouseButton.LeftButton)
    assert window.session.folder is not None


def test_that_a_folder_that_cannot_be_opened_is_told_and_nothing_else_changes(
    qtbot: QtBot, make_window: MakeWindow, root: Path, tmp_path: Path
) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    before = window.session.folder
    (tmp_path / "empty").mkdir()
    with qtbot.waitSignal(window.session.problems.problem_shown):
        window.open_folder(tmp_path / "empty")
    assert "no image" in window.messages.text
    assert str(tmp_path / "empty") in window.messages.text
    assert window.session.folder is before
    qtbot.waitUntil(lambda: not window.opener.is_busy)


def test_that_a_folder_dropped_on_the_window_is_opened(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(root))])
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier(0)
    )
    with qtbot.waitSignal(window.session.folder_changed):
        window.dropEvent(event)


def test_that_a_request_shows_the_page_and_opens_its_path(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    window.pages.show_page("play")
    folder = window.session.folder
    assert folder is not None
    window.session.page_requested.emit(PageRequest("edit", folder.images[1].path))
    panel = window.pages.made_page("edit")
    assert isinstance(panel, EditorPanel)
    assert window.pages.currentWidget() is panel
    assert panel.document.image == folder.images[1]


def test_that_the_menu_of_the_page_begins_with_undo_and_redo(qtbot: QtBot, make_window: MakeWindow, root: Path) -> None:
    window = make_window()
    titles = [action.text() for action in window.menuBar().actions() if action.isVisible()]
    assert titles == ["&File", "&View", "&Help"]
    open_and_wait(qtbot, window, root)
    menus = {action.text(): action for action in window.menuBar().actions() if action.isVisible()}
    assert list(menus) == ["&File", "&Edit", "&View", "&Help"]
    names = [action.objectName() for action in menus["&Edit"].menu().actions()]
    assert names[:2] == ["undo", "redo"]
    assert len(names) < 25
    submenus = {entry.text(): entry.menu() for entry in menus["&Edit"].menu().actions() if entry.menu() is not None}
    assert list(submenus) == ["Boxes", "Drafts", "Label review", "Zoom", "Show", "List of images"]
    assert "loupe" in [action.objectName() for action in submenus["Zoom"].actions()]
    window.menus.file.aboutToShow.emit()
    assert "save" in [action.objectName() for action in window.menus.file.actions()]


def test_that_labels_not_saved_are_saved_when_the_window_closes(
    qtbot: QtBot, make_window: MakeWindow, root: Path
) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    panel = window.pages.currentWidget()
    assert isinstance(panel, EditorPanel)
    panel.commands.select_all()
    panel.commands.delete()
    assert panel.document.dirty_images
    assert window.close()
    assert "<object>" not in (root / "Annotations" / "a.xml").read_text()


def test_that_a_bug_opens_a_dialog_whose_text_can_be_copied(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    window.session.problems.show_bug("Traceback: 1")
    window.session.problems.show_bug("Traceback: 2")
    qtbot.waitUntil(window.bugs.isVisible)
    qtbot.mouseClick(window.bugs.copy_button, Qt.MouseButton.LeftButton)
    assert QApplication.clipboard().text() == "Traceback: 1\nTraceback: 2"


def test_that_settings_that_cannot_be_kept_are_told_and_the_window_goes_on(
    qtbot: QtBot, make_window: MakeWindow, root: Path, own_home: Path
) -> None:
    window = make_window()
    (own_home / "config").write_text("a file where the folder should be")
    problems: list[UserError] = []
    window.session.problems.problem_shown.connect(problems.append)
    open_and_wait(qtbot, window, root)
    assert "settings cannot be kept" in problems[0].what
    assert window.session.folder is not None
    assert window.close()


def test_that_a_problem_is_shown_once_where_the_page_shows_it(
    qtbot: QtBot, make_window: MakeWindow, root: Path
) -> None:
    window = make_window()
    open_and_wait(qtbot, window, root)
    panel = window.pages.currentWidget()
    assert isinstance(panel, EditorPanel)
    problem = UserError("The disk is full.", action="Free some space.")
    panel.notices.show_problem(problem)
    window.session.problems.show_problem(problem)
    assert not window.messages.isVisible()
    panel.notices.clear()
    window.session.problems.show_problem(problem)
    assert window.messages.text == "The disk is full.\nFree some space."
