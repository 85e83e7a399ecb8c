"""PySide6 6.12.0 on CPython 3.10 and 3.11 loses references to None and True, and the process aborts some time later."""

import sys

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

TIMES = 20_000
TOLERANCE = 1_000


class Bell(QObject):
    rung = Signal(bool)


def test_that_void_calls_keep_the_references_to_none(qtbot: QtBot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    before = sys.getrefcount(None)
    for number in range(TIMES):
        widget.setObjectName("a" if number % 2 else "b")
    assert abs(sys.getrefcount(None) - before) < TOLERANCE


def test_that_emitting_keeps_the_references_to_true(qtbot: QtBot) -> None:
    bell = Bell()
    heard = []
    bell.rung.connect(lambda is_loud: heard.append(is_loud) if len(heard) < 3 else None)
    before = sys.getrefcount(True), sys.getrefcount(None)
    for _ in range(TIMES):
        bell.rung.emit(True)
    after = sys.getrefcount(True), sys.getrefcount(None)
    assert heard == [True, True, True]
    assert max(abs(a - b) for a, b in zip(after, before, strict=True)) < TOLERANCE
