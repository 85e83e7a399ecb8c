"""Waiting as the application does."""

import time
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer

FRAME_MS = 1000 / 60


def wait_until(is_so: Callable[[], bool]) -> None:
    """Run the event loop as the application does: QTest.qWait would keep the interpreter's lock."""
    loop = QEventLoop()
    timer = QTimer(interval=2)
    timer.timeout.connect(lambda: loop.quit() if is_so() else None)
    timer.start()
    loop.exec()


def run_loop(seconds: float) -> None:
    """Let the window live for a while: its loop waits without Python's lock."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class LagMeter:
    """Notes by how many milliseconds each tick of a 60 Hz timer comes late."""

    def __init__(self) -> None:
        self.late_ms: list[float] = []
        self._due = 0.0
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer, singleShot=True)
        self._timer.timeout.connect(self._on_tick)
        self.begin()

    def begin(self) -> None:
        """Wait for the next tick."""
        self._due = time.perf_counter() + FRAME_MS / 1000
        self._timer.start(round(FRAME_MS))

    def taken(self) -> np.ndarray:
        """The delays since the last call."""
        taken, self.late_ms = np.array(self.late_ms), []
        return taken

    def _on_tick(self) -> None:
        self.late_ms.append(max(0.0, (time.perf_counter() - self._due) * 1000))
        self.begin()
