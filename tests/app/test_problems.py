"""Every error reaches the user in the GUI thread, once, in words or with its traceback."""

import logging
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QThread, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.problems import Problems, log_path, start_log
from app.widgets.message_bar import MessageBar
from yolox_core.errors import FileError, UserError


class Failing(QThread):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def run(self) -> None:
        raise self._error


@pytest.fixture
def problems(qtbot: QtBot) -> Iterator[Problems]:
    before = sys.excepthook
    caught = Problems()
    caught.catch_everything()
    yield caught
    sys.excepthook = before


@pytest.fixture
def root_logger() -> Iterator[logging.Logger]:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield root
    for writer in [writer for writer in root.handlers if writer not in before]:
        root.removeHandler(writer)
        writer.close()
    root.setLevel(level)


def test_that_an_error_in_a_thread_is_shown_in_the_window_s_thread(qtbot: QtBot, problems: Problems) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    problems.problem_shown.connect(bar.show_problem)
    seen: list[threading.Thread] = []
    problems.problem_shown.connect(lambda _problem: seen.append(threading.current_thread()))
    thread = Failing(FileError("Torn.", where="/a/b.jpg", action="Copy it again."))
    with qtbot.waitSignal(problems.problem_shown):
        thread.start()
    thread.wait()
    assert bar.text.splitlines()[0] == "Torn."
    assert "/a/b.jpg" in bar.text
    assert "Copy it again." in bar.text


def test_that_a_bug_comes_with_its_traceback(qtbot: QtBot, problems: Problems) -> None:
    thread = Failing(ZeroDivisionError("nought"))
    with qtbot.waitSignal(problems.bug_shown) as shown:
        thread.start()
    thread.wait()
    assert "ZeroDivisionError: nought" in shown.args[0]
    assert "test_problems.py" in shown.args[0]


def test_that_an_error_in_a_slot_is_shown_and_the_window_lives_on(qtbot: QtBot, problems: Problems) -> None:
    def fail() -> None:
        raise UserError("No such thing.")

    with qtbot.captureExceptions(), qtbot.waitSignal(problems.problem_shown):
        sys.excepthook = problems._on_exception
        QTimer.singleShot(0, fail)
    assert QApplication.instance() is not None


def test_that_the_log_tells_of_bugs(problems: Problems, root_logger: logging.Logger) -> None:
    start_log()
    problems.show_bug("Traceback: all is lost")
    assert "all is lost" in log_path().read_text(encoding="utf-8")


def test_that_a_log_that_cannot_be_written_does_not_stop_the_start(own_home: Path, root_logger: logging.Logger) -> None:
    (own_home / "log").write_text("a file in the way")
    start_log()
    assert (own_home / "log").read_text() == "a file in the way"


def test_that_a_message_can_be_closed_and_replaced(qtbot: QtBot) -> None:
    bar = MessageBar()
    qtbot.addWidget(bar)
    assert bar.text == ""
    bar.show_problem(UserError("Bad.", where="here", action="Mend it."))
    bar.show_text("<b>Good</b>")
    assert bar.text == "<b>Good</b>"
    bar.clear()
    assert bar.text == ""
