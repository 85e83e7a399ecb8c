"""Two checkpoints on one video: their boxes, the views, and the frames worth a look."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app.player.analysis import Analysis
from app.player.second_view import OFF, SIDE_BY_SIDE, WIPE
from tests.app.player.conftest import Theatre
from tests.app.player.test_panel import press, wait_for_frame
from yolox_core.checkpoint import load_checkpoint, save_checkpoint

KEYS = Qt.Key
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def second(checkpoint: Path, tmp_path: Path) -> Path:
    """The same network under other names: what the first calls `drone` is a `bird`, what it calls `bird` a `kite`."""
    first = load_checkpoint(checkpoint)
    path = tmp_path / "second.pth"
    save_checkpoint(path, replace(first, class_names=("bird", "kite")))
    return path


@pytest.fixture
def compared(theatre: Theatre, clip: Path, checkpoint: Path, second: Path) -> Theatre:
    """The page with a clip and both networks."""
    theatre.open_video(clip)
    theatre.open_checkpoint(checkpoint)
    theatre.wait_for_boxes()
    theatre.panel.stage.thresholds.confidence.slider.setValue(21)
    theatre.panel.comparison.open(second)
    theatre.qtbot.waitUntil(lambda: theatre.panel.comparison.network is not None, timeout=60_000)
    return theatre


def wait_for_second(theatre: Theatre) -> None:
    picture = theatre.panel.comparison.view.picture
    theatre.qtbot.waitUntil(lambda: picture.detections is not None, timeout=60_000)


def look_at_all_with(theatre: Theatre, analysis: Analysis, modifier: Qt.KeyboardModifier) -> None:
    theatre.qtbot.waitUntil(lambda: analysis.predictions is not None)
    press(theatre, KEYS.Key_A, modifier)
    theatre.qtbot.waitUntil(lambda: analysis.is_complete, timeout=60_000)


def look_at_all(theatre: Theatre) -> None:
    page = theatre.panel
    for analysis, modifier in (
        (page.whole.analysis, Qt.KeyboardModifier.NoModifier),
        (page.comparison.analysis, SHIFT),
    ):
        look_at_all_with(theatre, analysis, modifier)


def test_that_the_second_checkpoint_stands_beside_the_first_with_its_name_and_boxes(compared: Theatre) -> None:
    wait_for_second(compared)
    page = compared.panel
    first, view = page.stage.view, page.comparison.view
    assert view.mode == SIDE_BY_SIDE
    assert view.picture.isVisible()
    assert abs(first.width() - view.picture.width()) < 8
    assert first.detections is not None
    assert view.picture.detections is not None
    names = [title.text() for title in view.titles]
    assert names == [f"A  small.pth  ·  {len(first.detections)}", f"B  second.pth  ·  {len(view.picture.detections)}"]
    assert "only A knows drone and only B knows kite" in compared.message


def test_that_both_follow_frame_thresholds_and_hidden_classes(compared: Theatre) -> None:
    page = compared.panel
    picture = page.comparison.view.picture
    wait_for_second(compared)
    press(compared, KEYS.Key_End)
    wait_for_frame(compared, 29)
    wait_for_second(compared)
    assert picture.image.pixelColor(5, 5) == page.stage.view.image.pixelColor(5, 5)
    page.stage.classes.set_hidden("bird", is_hidden=True)
    assert picture.detections is not None
    assert 0 not in picture.detections.class_ids
    page.stage.thresholds.confidence.slider.setValue(100)
    assert len(picture.detections) == 0


def test_that_the_line_of_the_wipe_is_dragged(compared: Theatre) -> None:
    wait_for_second(compared)
    view = compared.panel.comparison.view
    press(compared, KEYS.Key_B)
    assert view.mode == WIPE
    assert view.picture.geometry() == compared.panel.stage.view.rect()
    width, grip = view.picture.width(), view.divider
    assert abs(view.picture.mask().boundingRect().left() - width / 2) <= 1
    start = QPoint(grip.width() // 2, grip.height() // 2)
    QTest.mousePress(grip, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(grip, start + QPoint(-100, 0))
    QTest.mouseRelease(grip, Qt.MouseButton.LeftButton)
    assert abs(view.picture.mask().boundingRect().left() - (width / 2 - 100)) <= 2
    press(compared, KEYS.Key_B)
    assert view.mode == OFF
    assert not view.picture.isVisible()


def test_that_frames_of_disagreement_are_listed_and_a_click_goes_there(compared: Theatre) -> None:
    look_at_all(compared)
    page = compared.panel
    press(compared, KEYS.Key_U)
    strip = page.review.strip
    compared.qtbot.waitUntil(lambda: bool(strip.frames), timeout=30_000)
    assert strip.title.text().startswith("The checkpoints disagree:")
    assert "drone" in strip.title.toolTip()
    assert all(abs(a - b) > 12 for a in strip.frames for b in strip.frames if a != b)
    press(compared, KEYS.Key_End)
    wait_for_frame(compared, 29)
    item = strip.cards.item(len(strip.frames) - 1)
    QTest.mouseClick(strip.cards.viewport(), Qt.MouseButton.LeftButton, pos=strip.cards.visualItemRect(item).center())
    wait_for_frame(compared, strip.frames[-1])


def test_that_frames_in_doubt_follow_the_thresholds_and_can_be_sent(compared: Theatre) -> None:
    look_at_all(compared)
    page = compared.panel
    strip = page.review.strip
    sent: list[list[int]] = []
    page.review.frames_chosen.disconnect()
    page.review.frames_chosen.connect(sent.append)
    press(compared, KEYS.Key_U, SHIFT)
    compared.qtbot.waitUntil(lambda: bool(strip.frames), timeout=30_000)
    QTest.mouseClick(strip.send, Qt.MouseButton.LeftButton)
    assert sent == [strip.frames]
    page.stage.thresholds.confidence.slider.setValue(100)
    compared.qtbot.waitUntil(lambda: strip.title.text().endswith(("no frames", "frames", "frame")), timeout=30_000)
