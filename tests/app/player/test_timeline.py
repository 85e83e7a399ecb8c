import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from app.player.timeline import MARGIN, Timeline, index_at, place_of, tick_step_s, time_text


@pytest.mark.parametrize(
    ("time_s", "decimals", "text"),
    [(0, 0, "0:00"), (59.9996, 3, "1:00.000"), (61.5, 1, "1:01.5"), (3661, 0, "1:01:01"), (9.04, 2, "0:09.04")],
)
def test_that_times_read_as_minutes_and_seconds(time_s: float, decimals: int, text: str) -> None:
    assert time_text(time_s, decimals=decimals) == text


@pytest.mark.parametrize("frames", [1, 2, 250, 216_000])
def test_that_every_end_of_the_bar_is_a_frame_and_places_lead_back_to_frames(frames: int) -> None:
    assert index_at(-50, left=10, width=600, frames=frames) == 0
    assert index_at(9999, left=10, width=600, frames=frames) == frames - 1
    for index in {0, frames // 3, frames - 1}:
        assert index_at(place_of(index, left=10, width=600, frames=frames), left=10, width=600, frames=frames) == index


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


def test_that_without_a_video_a_click_asks_for_nothing(qtbot: QtBot) -> None:
    timeline = Timeline()
    qtbot.addWidget(timeline)
    with qtbot.assertNotEmitted(timeline.frame_requested):
        qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton)
