"""The chart of boxes over time: it follows thresholds, a click goes to the frame, and its files say the same."""

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage

from app.player.counts import EMPTY, CountsOverTime
from tests.app.player.conftest import Theatre
from yolox_core.infer.candidates import Candidates

FRAMES = 30


@pytest.fixture
def counts(theatre: Theatre, clip: Path, checkpoint: Path) -> CountsOverTime:
    """The chart of a video in whose frame n there are n % 3 drones, sure ones in even frames only."""
    theatre.open_checkpoint(checkpoint)
    theatre.open_video(clip)
    analysis = theatre.panel.whole.analysis
    theatre.qtbot.waitUntil(lambda: analysis.predictions is not None, timeout=30_000)
    known = analysis.predictions
    assert known is not None
    theatre.panel.counts.show()
    assert theatre.panel.counts.window is not None
    assert theatre.panel.counts.window.note.text() == EMPTY
    edges = np.array([[0, 0, 20, 20], [60, 0, 80, 20]], np.float32)
    for frame in range(FRAMES):
        boxes = edges[: frame % 3]
        score = 0.4 if frame % 2 else 0.9
        known.append(frame, Candidates(boxes, np.full(len(boxes), score, np.float32), np.zeros(len(boxes), np.int64)))
    theatre.panel.stage.thresholds.confidence.slider.setValue(30)
    analysis.changed.emit()
    return theatre.panel.counts


def written(counts: CountsOverTime, target: Path) -> list[int]:
    counts.write_numbers(target)
    with target.open(newline="") as file:
        return [int(row["drone"]) for row in csv.DictReader(file)]


def test_that_the_chart_follows_the_thresholds(theatre: Theatre, counts: CountsOverTime, tmp_path: Path) -> None:
    theatre.qtbot.waitUntil(lambda: "30 of 30" in counts.window.note.text(), timeout=10_000)  # type: ignore[union-attr]
    assert written(counts, tmp_path / "a.csv") == [frame % 3 for frame in range(FRAMES)]
    theatre.panel.stage.thresholds.confidence.slider.setValue(80)
    sure = [0 if frame % 2 else frame % 3 for frame in range(FRAMES)]
    theatre.qtbot.waitUntil(lambda: written(counts, tmp_path / "b.csv") == sure, timeout=10_000)


def test_that_a_click_goes_to_the_frame(theatre: Theatre, counts: CountsOverTime) -> None:
    window = counts.window
    assert window is not None
    theatre.qtbot.waitUntil(lambda: "30 of 30" in window.note.text(), timeout=10_000)
    theatre.qtbot.wait(50)
    place = window.chart.plotItem.vb.mapViewToScene(QPointF(18, 1))
    at = window.chart.mapFromScene(place)
    theatre.qtbot.mouseClick(window.chart.viewport(), Qt.MouseButton.LeftButton, pos=at)
    theatre.qtbot.waitUntil(lambda: theatre.panel.playback.index == 17, timeout=10_000)


def test_that_the_picture_is_the_chart(counts: CountsOverTime, tmp_path: Path) -> None:
    counts.write_picture(tmp_path / "chart.png")
    assert counts.window is not None
    assert QImage(str(tmp_path / "chart.png")).width() >= counts.window.chart.width()
