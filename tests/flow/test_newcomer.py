"""From a fresh VOC folder to live curves: every click of a newcomer is counted, and nothing is typed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.main_window import MainWindow
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training.panel import TrainingPanel
from yolox_core.published import MIRROR

LONG = 240_000
LEFT = Qt.MouseButton.LeftButton
MOST_CLICKS = 3


class Hand(QObject):
    """Counts what a user does: presses of the mouse, dropped files, and keys."""

    def __init__(self) -> None:
        super().__init__()
        self.clicks = self.keys = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, QWidget):
            self.clicks += event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Drop)
            self.keys += event.type() == QEvent.Type.KeyPress
        return False


@pytest.fixture
def hand() -> Iterator[Hand]:
    app = QApplication.instance()
    assert app is not None
    made = Hand()
    app.installEventFilter(made)
    yield made
    app.removeEventFilter(made)


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The window of a machine that has never seen this program and has no network."""
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:9/")
    made = MainWindow(Session(SettingsStore(), Problems()))
    qtbot.addWidget(made)
    made.resize(1400, 900)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()


def _train_with_two_clicks(qtbot: QtBot, window: MainWindow) -> TrainingPanel:
    qtbot.waitUntil(lambda: window.session.folder is not None, timeout=LONG)
    rail = next(button for button in window.findChildren(QToolButton) if button.text() == "Train")
    qtbot.mouseClick(rail, LEFT)
    page = window.pages.made_page("train")
    assert isinstance(page, TrainingPanel)
    qtbot.mouseClick(page.setup.start, LEFT)
    return page


def _stop(qtbot: QtBot, page: TrainingPanel) -> None:
    page.live.stop()
    qtbot.waitUntil(lambda: not page.live.is_busy, timeout=LONG)


def test_that_a_dropped_folder_and_two_clicks_bring_live_curves(
    qtbot: QtBot, window: MainWindow, hand: Hand, squares: Path
) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(squares))])
    copy, none = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(700, 400), copy, files, LEFT, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(700, 400), copy, files, LEFT, none))
    page = _train_with_two_clicks(qtbot, window)
    qtbot.waitUntil(lambda: page.status.step > 0, timeout=LONG)
    qtbot.waitUntil(lambda: page.view.curves is not None and page.view.curves.isVisible(), timeout=LONG)
    assert (hand.clicks, hand.keys) == (MOST_CLICKS, 0)
    assert any("own small network" in notice.text for notice in page.status.notices)
    _stop(qtbot, page)


def test_that_a_chosen_folder_and_two_clicks_start_a_run(
    qtbot: QtBot, window: MainWindow, hand: Hand, squares: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The desktop's own folder dialog stands outside: its clicks are the desktop's."""
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(squares))
    qtbot.mouseClick(next(b for b in window.welcome.findChildren(QPushButton) if b.text() == "Open folder…"), LEFT)
    page = _train_with_two_clicks(qtbot, window)
    assert page.live.is_busy
    assert (hand.clicks, hand.keys) == (MOST_CLICKS, 0)
    _stop(qtbot, page)
