"""The speed report: every step and size gets its row, it can be cancelled, and it says what it lacks."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from app.player.speed_window import SpeedWindow
from tests.app.player.conftest import Theatre
from yolox_core.infer.speed import COMPARED, STEPS


def opened(theatre: Theatre) -> SpeedWindow:
    theatre.panel.speed.show()
    window = theatre.panel.speed.window
    assert window is not None
    return window


def first_column(text: str) -> list[str]:
    return [line.split("\t")[0] for line in text.splitlines()[1:]]


def test_that_it_says_what_is_missing(theatre: Theatre) -> None:
    window = opened(theatre)
    assert "Open a video" in window.steps.result.text()
    assert not window.steps.start.isEnabled()
    assert window.sizes.start.isEnabled()


def test_that_each_step_of_the_open_video_has_its_row(theatre: Theatre, clip: Path, checkpoint: Path) -> None:
    theatre.open_video(clip)
    theatre.open_checkpoint(checkpoint)
    window = opened(theatre)
    theatre.qtbot.mouseClick(window.steps.start, Qt.MouseButton.LeftButton)
    assert window.steps.cancel.isVisible()
    theatre.qtbot.waitUntil(lambda: window.steps.start.isVisible(), timeout=60_000)
    assert first_column(window.steps.text) == [step.capitalize() for step in STEPS]
    assert "frames/s" in window.steps.result.text()
    window.steps.copy.click()
    assert QGuiApplication.clipboard().text() == window.steps.text
    theatre.open_video(clip)
    assert window.steps.table.rowCount() == 0


def test_that_sizes_come_one_after_the_other_until_cancelled(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yolox_core.infer.speed.LEAST_S", 0.0)
    window = opened(theatre)
    window.sizes.start.click()
    theatre.qtbot.waitUntil(lambda: window.sizes.table.rowCount() > 0, timeout=60_000)
    window.sizes.cancel.click()
    assert window.sizes.result.text() == "Cancelled."
    assert window.sizes.start.isEnabled()
    rows = first_column(window.sizes.text)
    assert rows == [f"YOLOX-{size}" for size in COMPARED[: len(rows)]]
