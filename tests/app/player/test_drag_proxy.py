"""Preparing for dragging on the page: progress, cancel, and the right frame at once from then on."""

from pathlib import Path

from app.player.playback import ShownFrame
from tests.app.player.clips import grey_of, write_clip
from tests.app.player.conftest import Theatre
from yolox_core.infer.proxy import proxy_path


def test_that_a_prepared_video_shows_the_frame_asked_for_at_once(theatre: Theatre, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "long.mp4", frames=90)
    theatre.open_video(clip)
    panel = theatre.panel
    shown: list[ShownFrame] = []
    panel.playback.frame_shown.connect(shown.append)
    panel._actions["prepare_dragging"].trigger()
    assert not panel._actions["prepare_dragging"].isEnabled()
    theatre.wait_for_message("Prepared: any frame")
    assert panel.proxy.status.isHidden()
    panel.playback.begin_scrub()
    panel.playback.seek(50)
    theatre.qtbot.waitUntil(lambda: len(shown) == 2, timeout=10_000)
    panel.playback.end_scrub()
    assert [(frame.index, frame.is_near) for frame in shown] == [(50, True), (50, False)]
    assert shown[0].picture.shape == shown[1].picture.shape
    greys = [int(frame.picture[40, 40, 1]) for frame in shown]
    assert abs(greys[0] - greys[1]) <= 3  # the frames beside it differ by 8
    assert abs(greys[1] - grey_of(50)) <= 3
    assert "being decoded" not in panel.stage.view.notice
    panel._actions["prepare_dragging"].trigger()
    theatre.wait_for_message("prepared already")


def test_that_preparing_can_be_cancelled(theatre: Theatre, tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "long.mp4", frames=600)
    theatre.open_video(clip)
    panel = theatre.panel
    panel._actions["prepare_dragging"].trigger()
    theatre.qtbot.waitUntil(lambda: panel.proxy.status.bar.value() > 0, timeout=10_000)
    panel.proxy.status.cancel.click()
    assert panel._actions["prepare_dragging"].isEnabled()
    theatre.qtbot.waitUntil(lambda: not any(proxy_path(clip).parent.iterdir()), timeout=10_000)
