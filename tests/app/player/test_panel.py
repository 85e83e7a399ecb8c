from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QMessageBox
from pytestqt.qtbot import QtBot

from app.player.class_list import COUNT, NAME
from tests.app.player.clips import write_clip
from tests.app.player.conftest import Theatre
from yolox_core.infer.suppress import suppress

KEYS = Qt.Key


def drop(theatre: Theatre, *paths: Path) -> None:
    """Drop files on the page, as a file manager does."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(theatre.panel, QDragEnterEvent(QPoint(50, 50), copy, mime, left, none))
    QApplication.sendEvent(theatre.panel, QDropEvent(QPointF(50, 50), copy, mime, left, none))


def press(theatre: Theatre, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    theatre.qtbot.keyClick(theatre.panel.stage.view, key, modifier)


def wait_for_frame(theatre: Theatre, index: int) -> None:
    playback = theatre.panel.playback
    theatre.qtbot.waitUntil(lambda: playback.shown is not None and playback.shown.index == index)


def boxes(theatre: Theatre) -> int:
    """How many boxes are drawn."""
    found = theatre.panel.stage.view.detections
    assert found is not None
    return len(found)


@pytest.fixture
def playing(theatre: Theatre, clip: Path, checkpoint: Path) -> Theatre:
    """The page with the clip and the small network, boxes of the first frame on show."""
    theatre.open_video(clip)
    theatre.open_checkpoint(checkpoint)
    theatre.wait_for_boxes()
    return theatre


def test_that_the_page_starts_as_a_drop_target(theatre: Theatre) -> None:
    assert theatre.panel.empty.isVisible()
    assert not theatre.panel.stage.isVisible()
    enabled = {action.objectName() for action in theatre.panel.actions() if action.isEnabled()}
    assert enabled == {"open_video", "open_images", "open_stream", "open_checkpoint", "speed_report"}


def test_that_a_dropped_video_is_opened_and_named(theatre: Theatre, clip: Path) -> None:
    with theatre.qtbot.waitSignal(theatre.panel.playback.frame_shown):
        drop(theatre, clip)
    assert theatre.panel.stage.isVisible()
    assert "clip.mp4" in theatre.panel.header.video.text()
    assert theatre.panel.stage.transport.frames.text() == "/ 30"


def test_that_video_and_checkpoint_may_be_dropped_together(theatre: Theatre, clip: Path, checkpoint: Path) -> None:
    with theatre.qtbot.waitSignal(theatre.panel.networks.network_changed, timeout=60_000):
        drop(theatre, checkpoint, clip)
    theatre.wait_for_boxes()
    assert theatre.session.checkpoint == checkpoint


def test_that_a_dropped_folder_without_images_is_refused_in_words(theatre: Theatre, tmp_path: Path) -> None:
    drop(theatre, tmp_path)
    theatre.wait_for_message("no image in this folder")
    assert theatre.panel.empty.isVisible()


@pytest.mark.parametrize("content", [b"", b"no video at all" * 50])
def test_that_a_file_that_is_no_video_is_told_and_the_page_stays_alive(
    theatre: Theatre, tmp_path: Path, clip: Path, content: bytes
) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(content)
    theatre.panel.open_video(bad)
    theatre.wait_for_message("bad.mp4")
    theatre.open_video(clip)
    assert theatre.message == ""


def test_that_a_missing_video_is_told(theatre: Theatre, tmp_path: Path) -> None:
    theatre.panel.open_video(tmp_path / "gone.mp4")
    theatre.wait_for_message("gone.mp4")


def test_that_a_damaged_checkpoint_is_told_and_the_network_before_stays(playing: Theatre, tmp_path: Path) -> None:
    before = playing.panel.networks.network
    bad = tmp_path / "bad.pth"
    bad.write_bytes(b"\x80\x02not a checkpoint")
    playing.panel.open_files([bad])
    playing.wait_for_message("bad.pth")
    assert playing.panel.networks.network is before
    assert playing.panel.networks.text.startswith("small.pth")
    press(playing, KEYS.Key_Right)
    playing.wait_for_boxes()


def test_that_the_sessions_checkpoint_is_followed(theatre: Theatre, clip: Path, checkpoint: Path) -> None:
    theatre.open_video(clip)
    with theatre.qtbot.waitSignal(theatre.panel.networks.network_changed, timeout=60_000):
        theatre.session.set_checkpoint(checkpoint)
    theatre.wait_for_boxes()
    theatre.session.set_checkpoint(None)
    assert theatre.panel.networks.network is None
    assert "Frames only" in theatre.panel.stage.view.notice


def test_that_keys_play_step_and_jump(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    for key, modifier, index in [
        (KEYS.Key_Right, Qt.KeyboardModifier.NoModifier, 1),
        (KEYS.Key_Right, Qt.KeyboardModifier.ShiftModifier, 11),
        (KEYS.Key_Left, Qt.KeyboardModifier.NoModifier, 10),
        (KEYS.Key_Left, Qt.KeyboardModifier.ShiftModifier, 0),
        (KEYS.Key_End, Qt.KeyboardModifier.NoModifier, 29),
        (KEYS.Key_Home, Qt.KeyboardModifier.NoModifier, 0),
    ]:
        press(theatre, key, modifier)
        wait_for_frame(theatre, index)
        assert theatre.panel.stage.transport.frame.value() == index + 1
    playback = theatre.panel.playback
    press(theatre, KEYS.Key_Space)
    assert playback.is_playing
    press(theatre, KEYS.Key_Space)
    assert not playback.is_playing
    press(theatre, KEYS.Key_L)
    press(theatre, KEYS.Key_L)
    assert (playback.direction, playback.speed) == (1, 2.0)
    assert theatre.panel.stage.transport.speed.currentText() == "2×"
    press(theatre, KEYS.Key_K)
    assert not playback.is_playing
    press(theatre, KEYS.Key_End)
    press(theatre, KEYS.Key_J)
    assert (playback.is_playing, playback.direction) == (True, -1)


def test_that_a_frame_number_can_be_typed(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    press(theatre, KEYS.Key_G, Qt.KeyboardModifier.ControlModifier)
    number = theatre.panel.stage.transport.frame
    assert number.hasFocus()
    theatre.qtbot.keyClicks(number, "17")
    theatre.qtbot.keyClick(number, KEYS.Key_Return)
    wait_for_frame(theatre, 16)
    assert theatre.panel.stage.view.hasFocus()
    assert theatre.panel.stage.transport.time.text().startswith("0:00.640 /")


def test_that_a_drag_on_the_timeline_shows_the_frame_under_the_mouse(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    timeline = theatre.panel.stage.timeline
    left = Qt.MouseButton.LeftButton
    theatre.qtbot.mousePress(timeline, left, pos=QPoint(timeline.width() // 2, 14))
    theatre.qtbot.mouseMove(timeline, QPoint(timeline.width() - 1, 14))
    theatre.qtbot.mouseRelease(timeline, left, pos=QPoint(timeline.width() - 1, 14))
    wait_for_frame(theatre, 29)


def test_that_sliders_change_the_boxes_without_the_network(playing: Theatre) -> None:
    feed, thresholds = playing.panel.playback.feed, playing.panel.stage.thresholds
    passes = feed.network_passes
    thresholds.confidence.slider.setValue(0)
    every = boxes(playing)
    thresholds.overlap.slider.setValue(10)
    fewer = boxes(playing)
    assert 0 < fewer < every
    shown = playing.panel.playback.shown
    assert shown is not None
    assert shown.candidates is not None
    thresholds.confidence.number.setValue(float(np.median(shown.candidates.scores)))
    some = boxes(playing)
    assert 0 < some < fewer
    thresholds.confidence.slider.setValue(0)
    thresholds.agnostic.click()
    across = suppress(shown.candidates, conf_threshold=0, nms_threshold=0.1, class_agnostic=True)
    assert boxes(playing) == len(across)
    assert feed.network_passes == passes


def test_that_sliders_act_on_visited_frames_without_the_network(playing: Theatre) -> None:
    press(playing, KEYS.Key_Right)
    wait_for_frame(playing, 1)
    playing.wait_for_boxes()
    passes = playing.panel.playback.feed.network_passes
    press(playing, KEYS.Key_Left)
    wait_for_frame(playing, 0)
    playing.panel.stage.thresholds.confidence.slider.setValue(100)
    assert boxes(playing) == 0
    playing.panel.stage.thresholds.confidence.slider.setValue(0)
    assert boxes(playing) > 0
    assert playing.panel.playback.feed.network_passes == passes


def test_that_classes_are_counted_and_a_tick_hides_one(playing: Theatre) -> None:
    stage = playing.panel.stage
    stage.thresholds.confidence.slider.setValue(0)
    every = boxes(playing)
    counts = {name: stage.classes.count_of(name) for name in ("drone", "bird")}
    assert sum(count or 0 for count in counts.values()) == every
    rows = [stage.classes.tree.topLevelItem(row) for row in range(2)]
    playing.qtbot.waitUntil(
        lambda: (
            [(row.text(NAME), row.text(COUNT)) for row in rows]
            == [("bird", str(counts["bird"])), ("drone", str(counts["drone"]))]
        )
    )
    stage.classes.set_hidden("drone", is_hidden=True)
    assert boxes(playing) == counts["bird"]
    assert stage.classes.count_of("drone") == counts["drone"]
    stage.classes.set_hidden("drone", is_hidden=False)
    assert boxes(playing) == every


def test_that_the_cost_of_each_step_is_written(playing: Theatre) -> None:
    press(playing, KEYS.Key_Right)
    playing.wait_for_boxes()
    playing.qtbot.waitUntil(lambda: "network" in playing.panel.stage.status.text())
    assert "decode" in playing.panel.stage.status.text()
    assert "draw" in playing.panel.stage.status.text()


def test_that_a_saved_frame_holds_the_pixels_of_the_frame(playing: Theatre, tmp_path: Path) -> None:
    playing.panel.stage.thresholds.confidence.slider.setValue(0)
    target = tmp_path / "frame.png"
    playing.panel.save_frame_to(target, playing.panel.stage.view.image)
    saved = QImage(str(target))
    shown = playing.panel.playback.shown
    assert shown is not None
    assert (saved.width(), saved.height()) == (160, 96)
    blue, green, red = shown.picture[48, 80, :3].tolist()
    assert saved.pixelColor(80, 48).getRgb()[:3] == (red, green, blue)
    with_boxes = playing.panel.stage.view.image_with_boxes()
    assert with_boxes != saved


def test_that_a_frame_that_cannot_be_saved_is_told(playing: Theatre, tmp_path: Path) -> None:
    playing.panel.save_frame_to(tmp_path / "none" / "frame.png", playing.panel.stage.view.image)
    playing.wait_for_message("cannot be written")


def test_that_an_opened_video_is_offered_again(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    assert str(clip.resolve()) in theatre.session.settings.get("recent_videos")


def test_that_a_video_deleted_while_open_does_not_end_the_page(theatre: Theatre, clip: Path, tmp_path: Path) -> None:
    theatre.open_video(clip)
    clip.unlink()
    press(theatre, KEYS.Key_Right)
    other = write_clip(tmp_path / "other.mp4", frames=5)
    theatre.open_video(other)
    assert theatre.panel.stage.transport.frames.text() == "/ 5"


def test_that_an_export_is_written_whole(playing: Theatre, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    with playing.qtbot.waitSignal(playing.panel.outputs.strip.ended, timeout=60_000):
        playing.panel.outputs.write_video(target)
    assert target.stat().st_size > 0
    assert "Saved" in playing.panel.outputs.strip.text.text()
    assert [path.name for path in tmp_path.glob("*out*")] == ["out.mp4"]
    playing.open_video(target)
    assert playing.panel.stage.transport.frames.text() == "/ 30"


def test_that_a_cancelled_export_leaves_no_file(playing: Theatre, tmp_path: Path) -> None:
    long = write_clip(tmp_path / "long.mp4", frames=300)
    playing.open_video(long)
    folder = tmp_path / "out"
    folder.mkdir()
    exports = playing.panel.outputs.strip
    playing.panel.outputs.write_video(folder / "long_boxes.mp4")
    playing.qtbot.waitUntil(lambda: exports.bar.value() > 0, timeout=30_000)
    with playing.qtbot.waitSignal(exports.ended, timeout=30_000):
        playing.qtbot.mouseClick(exports.cancel, Qt.MouseButton.LeftButton)
    assert list(folder.iterdir()) == []
    assert not exports.isVisible()


def test_that_an_export_never_replaces_its_source(playing: Theatre, clip: Path, tmp_path: Path) -> None:
    before = clip.read_bytes()
    link = tmp_path / "link.mp4"
    link.symlink_to(clip)
    for target in (clip, link):
        playing.panel.outputs.write_video(target)
        assert "replace the video" in playing.panel.outputs.messages.text
    assert clip.read_bytes() == before
    assert not playing.panel.outputs.strip.is_busy


def test_that_an_export_asks_before_it_replaces_a_file(playing: Theatre, tmp_path: Path) -> None:
    target = tmp_path / "out.mp4"
    target.write_bytes(b"mine")
    asked: list[str] = []

    def answer_no() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.text())
        box.button(QMessageBox.StandardButton.Cancel).click()

    QTimer.singleShot(0, answer_no)
    playing.panel.outputs.write_video(target)
    assert asked == ["Replace out.mp4?"]
    assert target.read_bytes() == b"mine"
    assert not playing.panel.outputs.strip.is_busy


def test_that_real_video_and_weights_show_people_and_bicycles(theatre: Theatre, shared: Path) -> None:
    theatre.open_checkpoint(shared / "weights" / "yolox_nano.pth")
    theatre.open_video(shared / "videos" / "bikes.mp4")
    theatre.wait_for_boxes()
    stage, feed = theatre.panel.stage, theatre.panel.playback.feed
    theatre.panel.playback.seek(60)
    wait_for_frame(theatre, 60)
    theatre.wait_for_boxes()
    assert stage.classes.count_of("bicycle") or stage.classes.count_of("person")
    passes, few = feed.network_passes, boxes(theatre)
    stage.thresholds.confidence.slider.setValue(5)
    assert boxes(theatre) > few
    assert feed.network_passes == passes
    theatre.panel.playback.seek(125)
    wait_for_frame(theatre, 125)
    theatre.wait_for_boxes()
    theatre.panel.playback.toggle()
    theatre.qtbot.waitUntil(lambda: theatre.panel.playback.index > 128, timeout=60_000)
    theatre.panel.playback.pause()
    assert np.isfinite(stage.view.draw_ms)


def test_that_tab_gives_a_slider_its_own_arrow_keys(playing: Theatre, qtbot: QtBot) -> None:
    slider = playing.panel.stage.thresholds.confidence.slider
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    before = slider.value()
    qtbot.keyClick(slider, KEYS.Key_Right)
    assert slider.value() == before + 1
    assert playing.panel.playback.index == 0
