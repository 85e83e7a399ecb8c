"""Least scores of single classes and the region of interest act on frame, strips, jumps and files alike."""

import json
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from app.player.class_list import SCORE
from tests.app.player.conftest import Theatre
from yolox_core.infer.candidates import Candidates

FRAMES = 30
LEFT, RIGHT = [10, 20, 30, 40], [100, 20, 140, 60]


@pytest.fixture
def seen(theatre: Theatre, clip: Path, checkpoint: Path) -> Theatre:
    """Each frame of the clip has a drone of .6 on the left and a bird of .5 on the right."""
    theatre.open_checkpoint(checkpoint)
    theatre.open_video(clip)
    analysis = theatre.panel.whole.analysis
    theatre.qtbot.waitUntil(lambda: analysis.predictions is not None, timeout=30_000)
    assert analysis.predictions is not None
    boxes = np.array([LEFT, RIGHT], np.float32)
    for frame in range(FRAMES):
        analysis.predictions.append(frame, Candidates(boxes, np.array([0.6, 0.5], np.float32), np.array([0, 1])))
    analysis.changed.emit()
    theatre.panel.stage.thresholds.confidence.slider.setValue(40)
    show(theatre, 5)
    assert drawn(theatre) == [0, 1]
    return theatre


def show(theatre: Theatre, frame: int) -> None:
    playback = theatre.panel.playback
    playback.cache.clear()
    playback.seek(frame)
    theatre.qtbot.waitUntil(lambda: playback.shown is not None and playback.shown.index == frame, timeout=10_000)


def drawn(theatre: Theatre) -> list[int]:
    found = theatre.panel.stage.view.detections
    assert found is not None
    return found.class_ids.tolist()


def written(theatre: Theatre, target: Path) -> dict[str, object]:
    theatre.panel.outputs.write_numbers(target)
    theatre.qtbot.waitUntil(target.exists, timeout=30_000)
    whole = json.loads(target.read_text())
    boxes = {row["class"] for frame in whole["frames"] for row in frame["detections"]}
    return {"classes": boxes, "thresholds": whole["thresholds"]}


def test_that_a_class_has_a_least_score_of_its_own(seen: Theatre, tmp_path: Path) -> None:
    classes, stage = seen.panel.stage.classes, seen.panel.stage
    [row] = classes.tree.findItems("bird", Qt.MatchFlag.MatchExactly)
    seen.qtbot.waitUntil(lambda: row.text(SCORE) == "0.4", timeout=5_000)
    row.setData(SCORE, Qt.ItemDataRole.EditRole, 0.55)
    assert drawn(seen) == [0]
    assert stage.thresholds.thresholds.own == ((1, 0.55),)
    known = seen.panel.whole.analysis.predictions
    assert known is not None
    means = known.mean_counts(stage.thresholds.thresholds, bins=1)
    assert means[:, 0].tolist() == [1, 0]
    assert written(seen, tmp_path / "a.json")["classes"] == {"drone"}
    stage.thresholds.confidence.slider.setValue(70)
    assert drawn(seen) == []
    classes.set_own("bird", 0.2)
    assert drawn(seen) == [1]
    classes.clear_own()
    assert drawn(seen) == []


def test_that_least_scores_of_classes_stay_with_their_names(seen: Theatre, clip: Path) -> None:
    seen.panel.stage.classes.set_own("bird", 0.9)
    seen.open_video(clip)
    assert seen.panel.stage.thresholds.thresholds.own == ((1, 0.9),)
    seen.panel.stage.set_class_names(("bird", "plane"))
    assert seen.panel.stage.thresholds.thresholds.own == ((0, 0.9),)


def test_that_only_boxes_centred_in_the_region_count(seen: Theatre, tmp_path: Path) -> None:
    view = seen.panel.stage.view
    seen.panel._actions["draw_region"].trigger()
    placing = view._placing()

    def at(x: float, y: float) -> QPoint:
        return QPoint(round(placing.left + x * placing.scale), round(placing.top + y * placing.scale))

    seen.qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at(80, 0))
    seen.qtbot.mouseMove(view, at(100, 50))
    seen.qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at(159, 90))
    region = seen.panel.region.region
    assert region is not None
    assert np.abs(np.array(region) - (80, 0, 159, 90)).max() <= 1
    assert drawn(seen) == [1]
    known = seen.panel.whole.analysis.predictions
    assert known is not None
    assert known.frames_with([0], seen.panel.stage.thresholds.thresholds).tolist() == []
    assert written(seen, tmp_path / "a.json")["classes"] == {"bird"}
    seen.panel._actions["clear_region"].trigger()
    assert drawn(seen) == [0, 1]


def test_that_drawing_a_region_can_be_left(seen: Theatre) -> None:
    seen.panel.region.set_region((0, 0, 50, 90))
    seen.panel._actions["draw_region"].trigger()
    seen.qtbot.keyClick(seen.panel.stage.view, Qt.Key.Key_Escape)
    assert seen.panel.region.region == (0, 0, 50, 90)
    seen.panel._actions["draw_region"].trigger()
    seen.qtbot.mouseClick(seen.panel.stage.view, Qt.MouseButton.LeftButton, pos=QPoint(200, 120))
    assert seen.panel.region.region == (0, 0, 50, 90)
