"""Rows of the window's answer while a network trains on the CPU: how late a 60 Hz timer of the real page fires.

The peer is the same window without a run, measured just before: what the machine's other load costs.
"""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from app.garbage import GarbageCollector
from app.main_window import MainWindow
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.start import SWITCH_INTERVAL_S
from app.training.panel import TrainingPanel
from tests.speed.event_loop import LagMeter, run_loop
from tests.speed.row import Row
from tests.squares import make_squares
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig

TARGET_MS = 16
IDLE_S, STEADY_S = 5, 40
CONFIG = TrainConfig(epochs=1000, batch_size=8, image_size=416, device="cpu", weights="")


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
        run_loop(2)
        usual_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        collector = GarbageCollector(window)
        meter = LagMeter()
        run_loop(IDLE_S)
        idle = meter.taken()
        panel.setup.start.click()
        while panel.status.step < 3 and panel.live.is_busy:
            run_loop(0.05)
        start = meter.taken()
        run_loop(STEADY_S)
        steady = meter.taken()
        panel.live.stop()
        while panel.live.is_busy:
            run_loop(0.05)
        window.close()
        collector.stop()
        sys.setswitchinterval(usual_s)
    return [_row("start of a run", start, idle), _row(f"{STEADY_S} s of a run", steady, idle)]


def _row(what: str, late: np.ndarray, idle: np.ndarray) -> Row:
    middle, high = (float(np.percentile(late, share)) for share in (50, 99))
    usual = float(np.percentile(idle, 99))
    text = f"lag of the window, {what}: p99 (p50 {middle:.1f}, most {late.max():.0f})"
    return Row(text, high, usual, "ms", usual / high, f"<= {TARGET_MS} ms", high <= TARGET_MS)


if __name__ == "__main__":
    for row in rows(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(row)
