"""Rows of the window's answer while a network trains on the CPU: how late a 60 Hz timer of the real page fires.

The peer is the same window without a run, measured just before: what the machine's other load costs.
"""

import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.garbage import GarbageCollector
from app.main_window import MainWindow
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.start import SWITCH_INTERVAL_S
from app.training.panel import TrainingPanel
from tests.speed.row import Row
from tests.squares import make_squares
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig

FRAME_MS = 1000 / 60
TARGET_MS = 16
IDLE_S, STEADY_S = 5, 40
CONFIG = TrainConfig(epochs=1000, batch_size=8, image_size=416, device="cpu", weights="")


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


def rows(data: Path | None = None) -> list[Row]:
    """Delays at the start of a run, where torch is imported, and while it goes on."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as scratch:
        root = data or make_squares(Path(scratch) / "VOC2012")
        window = MainWindow(Session(SettingsStore(Path(scratch) / "settings.json"), Problems()))
        window.session.set_folder(open_folder(root))
        window.show()
        window.pages.show_page("train")
        panel = window.pages.made_page("train")
        assert isinstance(panel, TrainingPanel)
        panel.setup.set_config(replace(CONFIG))
        _turn(app, 2)
        usual_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        collector = GarbageCollector(window)
        meter = LagMeter()
        _turn(app, IDLE_S)
        idle = meter.taken()
        panel.setup.start.click()
        while panel.status.step < 3 and panel.live.is_busy:
            _turn(app, 0.05)
        start = meter.taken()
        _turn(app, STEADY_S)
        steady = meter.taken()
        panel.live.stop()
        while panel.live.is_busy:
            _turn(app, 0.05)
        window.close()
        collector.stop()
        sys.setswitchinterval(usual_s)
    return [_row("start of a run", start, idle), _row(f"{STEADY_S} s of a run", steady, idle)]


def _turn(app: QApplication, seconds: float) -> None:
    """Let the window live: its loop waits without Python's lock."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _row(what: str, late: np.ndarray, idle: np.ndarray) -> Row:
    middle, high = (float(np.percentile(late, share)) for share in (50, 99))
    usual = float(np.percentile(idle, 99))
    text = f"lag of the window, {what}: p99 (p50 {middle:.1f}, most {late.max():.0f})"
    return Row(text, high, usual, "ms", usual / high, f"<= {TARGET_MS} ms", high <= TARGET_MS)


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(row)
