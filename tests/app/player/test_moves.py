"""Going to a frame or time, and playing a stretch over and over, with the keys of the real page."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolTip

from app.player.frame_box import frame_of
from app.player.playback import ShownFrame
from tests.app.player.conftest import Theatre

TIMES = [number / 25 for number in range(100_000)]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("12", 11), ("0", 0), ("1000000", 99_999), ("+50", 350), ("-10", 290), ("-400", 0),
        ("0:01", 25), ("1:02.5", 1562), ("1:02,5", 1562), ("1:02:03", 93_075), ("90 s", 2250), ("1.9s", 47),
        ("", None), ("twelve", None), ("1:2:3:4", None), ("12:", None), ("++3", None), ("1.5", None),
    ],
)  # fmt: skip
def test_that_a_frame_is_named_by_number_time_or_distance(text: str, index: int | None) -> None:
    assert frame_of(text, current=300, times_s=TIMES) == index


def _go_to(theatre: Theatre, text: str) -> None:
    panel = theatre.panel
    panel.stage.view.setFocus()
    QTest.keyClick(panel.stage.view, Qt.Key.Key_G, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(panel.stage.transport.frame, text)
    QTest.keyClick(panel.stage.transport.frame, Qt.Key.Key_Return)


@pytest.mark.parametrize(("text", "index"), [("8", 7), ("0:00.5", 12), ("+3", 3)])
def test_that_ctrl_g_goes_to_a_number_a_time_or_some_frames_on(
    theatre: Theatre, clip: Path, text: str, index: int
) -> None:
    theatre.open_video(clip)
    _go_to(theatre, text)
    assert theatre.panel.playback.index == index
    assert theatre.panel.stage.view.hasFocus()


def test_that_what_names_no_frame_is_told_and_moves_nothing(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    theatre.panel.playback.seek(5)
    _go_to(theatre, "nine")
    assert "“nine” names no frame" in QToolTip.text()
    assert theatre.panel.playback.index == 5
    assert theatre.panel.stage.transport.frame.value() == 6


def test_that_a_stretch_plays_over_and_over_until_it_is_cleared(theatre: Theatre, clip: Path) -> None:
    panel = theatre.panel
    theatre.open_video(clip)
    shown: list[ShownFrame] = []
    panel.playback.frame_shown.connect(shown.append)
    panel.stage.transport.real_time.setChecked(False)
    view = panel.stage.view
    panel.playback.seek(4)
    QTest.keyClick(view, Qt.Key.Key_BracketLeft)
    panel.playback.seek(8)
    QTest.keyClick(view, Qt.Key.Key_BracketRight)
    assert panel.loop.frames == (4, 8)
    theatre.qtbot.waitUntil(lambda: bool(shown) and shown[-1].index == 8)
    shown.clear()
    QTest.keyClick(view, Qt.Key.Key_Space)
    theatre.qtbot.waitUntil(lambda: len(shown) >= 11)
    assert [each.index for each in shown[:11]] == [4, 5, 6, 7, 8, 4, 5, 6, 7, 8, 4]
    QTest.keyClick(view, Qt.Key.Key_Backspace)
    theatre.qtbot.waitUntil(lambda: not panel.playback.is_playing, timeout=20_000)
    assert panel.playback.index == 29


def test_that_keys_change_the_speed_step_by_step(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    view = theatre.panel.stage.view
    for _ in range(5):
        QTest.keyClick(view, Qt.Key.Key_Less)
    assert theatre.panel.playback.speed == 0.1
    assert theatre.panel.stage.transport.speed.currentText() == "0.1×"
    for _ in range(9):
        QTest.keyClick(view, Qt.Key.Key_Greater)
    assert theatre.panel.playback.speed == 16


def test_that_sixteen_times_the_speed_leaves_frames_out_and_says_so(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    panel = theatre.panel
    panel.playback.set_speed(16)
    shown: list[ShownFrame] = []
    panel.playback.frame_shown.connect(shown.append)
    panel.playback.play()
    theatre.qtbot.waitUntil(lambda: not panel.playback.is_playing, timeout=20_000)
    assert shown[-1].index == 29
    assert len(shown) < 30
