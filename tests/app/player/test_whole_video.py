"""The pass over the whole video through the page: strips, jumps, no second pass, kept on disk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot

from app.player.panel import PlayerPanel
from app.player.reach import MARGIN
from tests.app.player.conftest import Theatre
from tests.app.player.test_panel import press, wait_for_frame

KEYS = Qt.Key


@pytest.fixture
def analysed(theatre: Theatre, clip: Path, checkpoint: Path) -> Theatre:
    """The page with a clip that was looked at from its first frame to its last."""
    theatre.open_video(clip)
    theatre.open_checkpoint(checkpoint)
    theatre.wait_for_boxes()
    theatre.qtbot.waitUntil(lambda: theatre.panel.whole.analysis.predictions is not None)
    theatre.panel.stage.thresholds.confidence.slider.setValue(21)
    press(theatre, KEYS.Key_A)
    theatre.qtbot.waitUntil(lambda: theatre.panel.whole.analysis.is_complete, timeout=60_000)
    strip = theatre.panel.stage.strip
    theatre.qtbot.waitUntil(lambda: strip.text_at(QPointF(strip.width() / 2, 3)).endswith("a frame"))
    return theatre


@pytest.fixture
def again(qtbot: QtBot, analysed: Theatre) -> Iterator[PlayerPanel]:
    """A second page in the same session."""
    panel = PlayerPanel(analysed.session)
    qtbot.addWidget(panel)
    panel.show()
    yield panel
    panel.shut_down()


def test_that_the_pass_says_how_far_it_is_and_ends(analysed: Theatre) -> None:
    page = analysed.panel
    texts = [label.text() for label in page.findChildren(type(page.stage.status)) if "looked at" in label.text()]
    assert texts == ["All 30 frames looked at"]
    analyse = next(action for action in page.actions() if action.objectName() == "analyse")
    assert not analyse.isEnabled()


def test_that_strips_follow_the_sliders_without_the_network(analysed: Theatre) -> None:
    page = analysed.panel
    passes, strip = page.playback.feed.network_passes, page.stage.strip
    assert set(strip.names) <= {"drone", "bird"}
    assert "a frame" in strip.text_at(QPointF(strip.width() / 2, 3))
    page.stage.thresholds.confidence.slider.setValue(100)
    analysed.qtbot.waitUntil(lambda: strip.text_at(QPointF(strip.width() / 2, 3)).endswith(" 0 a frame"))
    assert page.playback.feed.network_passes == passes


def test_that_hidden_classes_leave_the_strips(analysed: Theatre) -> None:
    stage = analysed.panel.stage
    middle = QPointF(stage.strip.width() / 2, 3)
    assert stage.strip.text_at(middle) == "drone: 4 a frame"
    stage.classes.set_hidden("drone", is_hidden=True)
    analysed.qtbot.waitUntil(lambda: stage.strip.text_at(middle) == "drone: 0 a frame")


def test_that_frames_looked_at_need_no_second_pass(analysed: Theatre) -> None:
    page = analysed.panel
    passes = page.playback.feed.network_passes
    for index in (7, 29, 12):
        page.playback.seek(index)
        analysed.wait_for_boxes()
    assert page.playback.feed.network_passes == passes
    known, found = page.whole.analysis.predictions, page.stage.detections
    assert known is not None
    assert found is not None
    assert len(found) == len(known.detections(12, page.stage.thresholds.thresholds))


def test_that_below_the_floor_the_network_looks_again(analysed: Theatre) -> None:
    page = analysed.panel
    page.playback.seek(5)
    analysed.wait_for_boxes()
    passes = page.playback.feed.network_passes
    page.stage.thresholds.confidence.slider.setValue(1)
    analysed.qtbot.waitUntil(lambda: page.playback.feed.network_passes == passes + 1, timeout=60_000)


def test_that_the_list_names_the_classes_of_frames_not_shown_yet(analysed: Theatre) -> None:
    stage = analysed.panel.stage
    stage.classes.clear()
    stage.timeline.set_reach(stage.timeline.reach.zoomed(2, 20))
    analysed.qtbot.waitUntil(lambda: stage.classes.count_of("drone") is not None)


def test_that_a_click_on_the_strip_goes_there(analysed: Theatre) -> None:
    strip = analysed.panel.stage.strip
    quarter = MARGIN + (strip.width() - 2 * MARGIN) // 4
    analysed.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(quarter, 3))
    wait_for_frame(analysed, 7)


def test_that_n_goes_from_box_to_box_and_says_where_there_is_none(analysed: Theatre) -> None:
    page = analysed.panel
    known, thresholds = page.whole.analysis.predictions, page.stage.thresholds.thresholds
    assert known is not None
    frames = known.frames_with([0, 1], thresholds).tolist()
    assert frames[:1] == [0]
    press(analysed, KEYS.Key_N)
    wait_for_frame(analysed, frames[1])
    press(analysed, KEYS.Key_N, Qt.KeyboardModifier.ShiftModifier)
    wait_for_frame(analysed, 0)
    press(analysed, KEYS.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert "No frame before this one" in analysed.message


def test_that_what_was_seen_is_there_at_once_the_next_time(analysed: Theatre, again: PlayerPanel, clip: Path) -> None:
    again.open_video(clip)
    analysed.qtbot.waitUntil(lambda: again.whole.analysis.is_complete, timeout=60_000)
    analysed.qtbot.waitUntil(lambda: again.stage.strip.isVisible())


def test_that_the_pass_can_be_stopped_and_waits_while_playing(theatre: Theatre, clip: Path, checkpoint: Path) -> None:
    theatre.open_video(clip)
    theatre.open_checkpoint(checkpoint)
    theatre.wait_for_boxes()
    analysis, playback = theatre.panel.whole.analysis, theatre.panel.playback
    theatre.qtbot.waitUntil(lambda: analysis.predictions is not None)
    playback.set_speed(0.25)
    playback.play()
    press(theatre, KEYS.Key_A)
    assert analysis.is_running
    theatre.qtbot.wait(300)
    assert analysis.predictions is not None
    assert analysis.predictions.done <= 1
    press(theatre, KEYS.Key_A)
    assert not analysis.is_running
    assert not analysis.is_complete


def test_that_objects_carry_numbers_that_follow_thresholds_and_hidden_classes(analysed: Theatre) -> None:
    page = analysed.panel
    view = page.stage.view
    assert view.tracks is None
    without = view.image_with_boxes()
    press(analysed, KEYS.Key_T)
    analysed.qtbot.waitUntil(lambda: view.tracks is not None)
    assert "Objects followed:" in analysed.message
    assert view.detections is not None
    assert view.tracks is not None
    assert len(view.tracks) == len(view.detections)
    assert view.tracks.tolist() == page.tracks.of(page.playback.index).tolist()
    assert view.image_with_boxes() != without
    page.stage.thresholds.confidence.slider.setValue(40)
    assert view.tracks is None  # until they are known at the new threshold
    analysed.qtbot.waitUntil(lambda: view.tracks is not None)
    press(analysed, KEYS.Key_T)
    assert view.tracks is None


def test_that_numbers_before_any_frame_was_looked_at_say_what_to_do(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    press(theatre, KEYS.Key_T)
    assert "Look at all frames" in theatre.message
