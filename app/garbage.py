"""Cycles are freed in the GUI thread alone: a worker that deletes a QObject of the window can deadlock it."""

import gc
import sys

from PySide6.QtCore import QObject, QTimer

INTERVAL_MS = 1000
MANY_MODULES = 50  # torch brings some 1,500; looking through what it leaves in memory takes a quarter of a second


class GarbageCollector(QObject):
    """Takes the place of Python's automatic collector until `stop()`; live in the GUI thread.

    What is in memory at the start, and what large libraries leave there, is to stay, and is not looked through again.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._modules = len(sys.modules)
        self._timer = QTimer(self, interval=INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        gc.disable()
        gc.freeze()
        self._timer.start()

    def stop(self) -> None:
        """Leave the work to Python's own collector again."""
        self._timer.stop()
        gc.enable()

    def collect(self) -> None:
        """Free what Python's own collector would free now: its generations and thresholds decide."""
        if len(sys.modules) - self._modules > MANY_MODULES:
            self._modules = len(sys.modules)
            gc.freeze()
        due = [number for number, limit in enumerate(gc.get_threshold()) if gc.get_count()[number] > limit]
        if due:
            gc.collect(due[-1])
