import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.player.reach import LEAST_FRAMES, MARGIN, Reach
from app.player.timeline import Timeline, tick_step_s, time_text


@pytest.mark.parametrize(
    ("time_s", "decimals", "text"),
    [(0, 0, "0:00"), (59.9996, 3, "1:00.000"), (61.5, 1, "1:01.5"), (3661, 0, "1:01:01"), (9.04, 2, "0:09.04")],
)
def test_that_times_read_as_minutes_and_seconds(time_s: float, decimals: int, text: str) -> None:
    assert time_text(time_s, decimals=decimals) == text


@pytest.mark.parametrize("frames", [1, 2, 250, 216_000])
def test_that_every_end_of_the_bar_is_a_frame_and_places_lead_back_to_frames(frames: int) -> None:
    whole = Reach.whole(frames)
    assert whole.index_at(-50, 600) == 0
    assert whole.index_at(9999, 600) == frames - 1
    for reach in (whole, whole.zoomed(3, frames / 2)):
        for index in {round(reach.first), round((reach.first + reach.last) / 2)}:
            assert reach.index_at(reach.place_of(index, 600), 600) == index


def test_that_zooming_keeps_the_frame_under_the_pointer_and_stays_in_the_video() -> None:
    reach = Reach.whole(1001).zoomed(4, 300)
    assert reach.last - reach.first == 250
    assert reach.place_of(300, 600) == Reach.whole(1001).place_of(300, 600)
    assert reach.zoomed(1e9, 300).last - reach.zoomed(1e9, 300).first == LEAST_FRAMES
    assert reach.zoomed(1e-9, 300).is_whole
    assert (reach.moved(99).last, reach.moved(-99).first) == (1000, 0)
    assert Reach.whole(1).zoomed(2, 0).is_whole


def test_that_the_bar_follows_a_playhead_that_leaves_it() -> None:
    reach = Reach.whole(1001).zoomed(10, 500)
    assert reach.holding(500) is reach
    assert reach.holding(900).last == 900
    assert reach.holding(3).first == 3


def test_that_labels_keep_their_distance() -> None:
    for duration_s in (0.4, 10, 250, 7200):
        step_s = tick_step_s(duration_s, 600)
        assert step_s / duration_s * 600 >= 90 or step_s == 7200


def test_that_a_click_jumps_and_a_drag_scrubs(qtbot: QtBot) -> None:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(400 + 2 * MARGIN, 40)
    timeline.set_video(101, 4.0)
    timeline.show()
    asked: list[object] = []
    timeline.scrub_began.connect(lambda: asked.append("began"))
    timeline.frame_requested.connect(asked.append)
    timeline.scrub_ended.connect(lambda: asked.append("ended"))
    qtbot.mousePress(timeline, Qt.MouseButton.LeftButton, pos=QPoint(MARGIN + 100, 14))
    qtbot.mouseMove(timeline, QPoint(MARGIN + 200, 14))
    qtbot.mouseRelease(timeline, Qt.MouseButton.LeftButton, pos=QPoint(MARGIN + 200, 14))
    qtbot.mouseMove(timeline, QPoint(MARGIN + 300, 14))
    assert asked == ["began", 25, 50, "ended"]


def test_that_the_wheel_zooms_and_a_double_click_shows_everything(qtbot: QtBot) -> None:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    timeline.resize(400 + 2 * MARGIN, 40)
    timeline.set_video(1001, 40.0)
    timeline.show()
    turn(timeline, QPoint(0, 360))
    assert timeline.reach.last - timeline.reach.first < 400
    first = timeline.reach.first
    turn(timeline, QPoint(0, -120), Qt.KeyboardModifier.ShiftModifier)
    assert timeline.reach.first > first
    timeline.set_index(1000)
    assert timeline.reach.last == 1000
    qtbot.mouseDClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(MARGIN, 14))
    assert timeline.reach.is_whole


def turn(timeline: Timeline, angle: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Turn the wheel over the middle of the bar."""
    at = QPointF(timeline.width() / 2, 14)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, timeline.mapToGlobal(at), QPoint(), angle, none, modifier, phase, False)
    QApplication.sendEvent(timeline, event)


def test_that_without_a_video_a_click_asks_for_nothing(qtbot: QtBot) -> None:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    with qtbot.assertNotEmitted(timeline.frame_requested):
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton)
