"""Waiting as the application does."""

from collections.abc import Callable

from PySide6.QtCore import QEventLoop, QTimer


def wait_until(is_so: Callable[[], bool]) -> None:
    """Run the event loop as the application does: QTest.qWait would keep the interpreter's lock."""
    loop = QEventLoop()
    timer = QTimer(interval=2)
    timer.timeout.connect(lambda: loop.quit() if is_so() else None)
    timer.start()
    loop.exec()
