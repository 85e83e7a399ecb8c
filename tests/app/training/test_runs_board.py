"""TensorBoard from the table of runs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training import runs_board
from app.training.runs_board import Board
from tests.core.train.run_files import make_run
from yolox_core.errors import UserError

LONG = 60_000
SERVER = """
import time
print("TensorBoard 9.9 at http://localhost:4242/ (Press CTRL+C to quit)", flush=True)
time.sleep(60)
"""


@pytest.fixture
def board() -> Iterator[Board]:
    session = Session(SettingsStore(), Problems())
    yield (made := Board(session))
    made.stop()
    session.stop_jobs()


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module in the place of TensorBoard that says its address and waits."""
    folder = tmp_path / "modules" / "fake_board"
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "main.py").write_text(SERVER)
    monkeypatch.setattr(runs_board, "MODULE", "fake_board")
    monkeypatch.setenv("PYTHONPATH", str(folder.parent))
    monkeypatch.setattr(sys, "path", [str(folder.parent), *sys.path])
    return folder


class _Browser(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url.toString())


def test_that_files_are_made_and_the_browser_opens_where_the_server_is(
    qtbot: QtBot, board: Board, module: Path, tmp_path: Path
) -> None:
    browser = _Browser()
    QDesktopServices.setUrlHandler("http", browser, "take")
    try:
        runs = [make_run(tmp_path / "runs" / name) for name in ("a", "b")]
        board.open(runs)
        qtbot.waitUntil(lambda: browser.urls == ["http://localhost:4242/"], timeout=LONG)
    finally:
        QDesktopServices.unsetUrlHandler("http")
    assert all(list((run / "tensorboard").iterdir()) for run in runs)


def test_that_a_server_that_ends_is_told(qtbot: QtBot, board: Board, module: Path, tmp_path: Path) -> None:
    (module / "main.py").write_text("import sys\nsys.exit('the port is taken')")
    with qtbot.waitSignal(board.failed, timeout=LONG) as told:
        board.open([make_run(tmp_path / "a")])
    assert told.args is not None
    problem = told.args[0]
    assert isinstance(problem, UserError)
    assert "the port is taken" in problem.what


def test_that_a_missing_tensorboard_says_what_to_install(
    qtbot: QtBot, board: Board, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(runs_board, "MODULE", "not_installed_here")
    with qtbot.waitSignal(board.failed) as told:
        board.open([tmp_path])
    assert told.args is not None
    assert "pip install" in str(told.args[0])
