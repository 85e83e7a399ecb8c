from pathlib import Path
from threading import Event

import pytest
import torch
from pytestqt.qtbot import QtBot
from torch import Tensor

from app.player.playback import Playback, ShownFrame
from tests.app.player.clips import SIDE, four_box_detector, four_boxes, grey_of, write_clip
from yolox_core.infer.detector import Detector


class Gate:
    """A backend that waits for the test before each answer."""

    def __init__(self) -> None:
        self.entered = Event()
        self.may_go = Event()

    def __call__(self, batch: Tensor) -> Tensor:
        self.entered.set()
        assert self.may_go.wait(30)
        return four_boxes(batch)

    def detector(self) -> Detector:
        return Detector(self, ("drone", "bird"), SIDE, torch.device("cpu"))


@pytest.fixture
def opened(qtbot: QtBot, playback: Playback, clip: Path) -> Playback:
    with qtbot.waitSignal(playback.frame_shown):
        playback.open_video(clip)
    return playback


def wait_for(qtbot: QtBot, playback: Playback, index: int, *, boxes: int | None = None) -> ShownFrame:
    """The frame shown at the playhead, once it is there (with candidates, if their number is given)."""

    def is_there() -> bool:
        shown = playback.shown
        if shown is None or shown.index != index:
            return False
        return boxes is None or (shown.candidates is not None and len(shown.candidates) == boxes)

    qtbot.waitUntil(is_there, timeout=60_000)
    assert playback.shown is not None
    return playback.shown


def test_that_a_video_opens_on_its_first_frame_without_a_network(opened: Playback) -> None:
    assert opened.facts is not None
    assert (opened.facts.frames, opened.facts.width, opened.facts.height, opened.facts.fps) == (30, 160, 96, 25)
    assert opened.shown is not None
    assert opened.shown.candidates is None
    assert opened.shown.picture.shape == (96, 160, 4)


@pytest.mark.parametrize("index", [17, 3, 29, 0])
def test_that_a_seek_shows_the_frame_asked_for(qtbot: QtBot, opened: Playback, index: int) -> None:
    opened.seek(index)
    shown = wait_for(qtbot, opened, index)
    assert abs(int(shown.picture[48, 80, 1]) - grey_of(index)) <= 3


def test_that_steps_add_up_and_end_at_the_ends(qtbot: QtBot, opened: Playback) -> None:
    for _ in range(3):
        opened.step(10)
    wait_for(qtbot, opened, 29)
    opened.step(-1)
    wait_for(qtbot, opened, 28)
    opened.step(-100)
    wait_for(qtbot, opened, 0)


def test_that_playing_shows_frames_in_order_and_ends_on_the_last(qtbot: QtBot, opened: Playback) -> None:
    indices: list[int] = []
    opened.frame_shown.connect(lambda shown: indices.append(shown.index))
    opened.set_speed(4.0)
    opened.play()
    qtbot.waitUntil(lambda: not opened.is_playing)
    assert indices == sorted(set(indices))
    assert (indices[-1], opened.index) == (29, 29)


def test_that_every_frame_is_shown_with_its_boxes_when_real_time_is_not_kept(qtbot: QtBot, opened: Playback) -> None:
    shown: list[ShownFrame] = []
    opened.set_detector(four_box_detector())
    wait_for(qtbot, opened, 0, boxes=4)
    opened.frame_shown.connect(shown.append)
    opened.keeps_real_time = False
    opened.set_speed(4.0)
    opened.play()
    qtbot.waitUntil(lambda: not opened.is_playing)
    assert [frame.index for frame in shown] == list(range(1, 30))
    assert all(frame.candidates is not None for frame in shown)
    assert opened.feed.network_passes == 30


def test_that_playing_backward_reaches_the_first_frame(qtbot: QtBot, opened: Playback) -> None:
    opened.seek(20)
    wait_for(qtbot, opened, 20)
    opened.set_speed(4.0)
    opened.play(-1)
    qtbot.waitUntil(lambda: not opened.is_playing)
    assert opened.index == 0


def test_that_play_at_the_end_starts_over(qtbot: QtBot, opened: Playback) -> None:
    opened.seek_last()
    wait_for(qtbot, opened, 29)
    opened.play()
    assert opened.index == 0
    opened.pause()


def test_that_pause_stays_on_the_frame_on_show(qtbot: QtBot, opened: Playback) -> None:
    with qtbot.waitSignal(opened.frame_shown):
        opened.play()
    opened.pause()
    assert opened.shown is not None
    index = opened.shown.index
    with qtbot.assertNotEmitted(opened.frame_shown, wait=120):
        pass
    assert opened.index == index


def test_that_pressing_the_same_way_again_doubles_the_speed_and_the_other_way_turns(opened: Playback) -> None:
    opened.shuttle(1)
    assert (opened.is_playing, opened.direction, opened.speed) == (True, 1, 1.0)
    opened.shuttle(1)
    opened.shuttle(1)
    opened.shuttle(1)
    assert opened.speed == 8.0
    opened.seek(10)
    opened.shuttle(-1)
    assert (opened.is_playing, opened.direction) == (True, -1)
    opened.pause()


def test_that_a_visited_frame_shows_its_boxes_without_a_network_pass(qtbot: QtBot, opened: Playback) -> None:
    opened.set_detector(four_box_detector())
    wait_for(qtbot, opened, 0, boxes=4)
    opened.seek(5)
    wait_for(qtbot, opened, 5, boxes=4)
    passes = opened.feed.network_passes
    with qtbot.waitSignal(opened.frame_shown) as first:
        opened.seek(0)
    assert first.args is not None
    assert first.args[0].index == 0
    assert first.args[0].candidates is not None
    assert opened.feed.network_passes == passes


def test_that_another_network_forgets_what_the_first_one_saw(qtbot: QtBot, opened: Playback) -> None:
    opened.set_detector(four_box_detector())
    wait_for(qtbot, opened, 0, boxes=4)
    opened.set_detector(four_box_detector().with_limits(floor=0.5, top_k=None))
    wait_for(qtbot, opened, 0, boxes=2)
    opened.set_detector(None)
    qtbot.waitUntil(lambda: opened.shown is not None and opened.shown.candidates is None)


def test_that_an_answer_of_an_earlier_generation_is_dropped(qtbot: QtBot, opened: Playback) -> None:
    gate = Gate()
    opened.set_detector(gate.detector())
    qtbot.waitUntil(gate.entered.is_set)
    candidates: list[int | None] = []
    opened.frame_shown.connect(lambda s: candidates.append(None if s.candidates is None else len(s.candidates)))
    opened.set_detector(four_box_detector().with_limits(floor=0.5, top_k=None))
    gate.may_go.set()
    wait_for(qtbot, opened, 0, boxes=2)
    assert 4 not in candidates
    assert opened.cache.get(0) is not None


def test_that_only_the_newest_of_many_seeks_reaches_the_network(qtbot: QtBot, opened: Playback) -> None:
    gate = Gate()
    opened.set_detector(gate.detector())
    qtbot.waitUntil(gate.entered.is_set)
    for index in range(1, 25):
        opened.seek(index)
    gate.may_go.set()
    wait_for(qtbot, opened, 24, boxes=4)
    assert opened.feed.network_passes == 2


def test_that_scrubbing_waits_with_the_network_until_the_playhead_rests(qtbot: QtBot, opened: Playback) -> None:
    opened.set_detector(four_box_detector())
    wait_for(qtbot, opened, 0, boxes=4)
    opened.begin_scrub()
    for index in (5, 9, 14):
        opened.seek(index)
        wait_for(qtbot, opened, index)
    assert opened.feed.network_passes == 1
    opened.end_scrub()
    wait_for(qtbot, opened, 14, boxes=4)
    assert opened.feed.network_passes == 2


def test_that_a_scrub_while_playing_goes_on_playing(qtbot: QtBot, opened: Playback) -> None:
    opened.play()
    opened.begin_scrub()
    assert not opened.is_playing
    opened.seek(15)
    opened.end_scrub()
    assert opened.is_playing
    with qtbot.waitSignal(opened.frame_shown) as first:
        pass
    assert first.args is not None
    assert first.args[0].index >= 15
    opened.pause()


def test_that_a_seek_while_playing_goes_on_from_there(qtbot: QtBot, opened: Playback) -> None:
    with qtbot.waitSignal(opened.frame_shown):
        opened.play()
    indices: list[int] = []
    opened.frame_shown.connect(lambda shown: indices.append(shown.index))
    opened.seek(20)
    qtbot.waitUntil(lambda: not opened.is_playing)
    assert indices[0] >= 20
    assert indices[-1] == 29


def test_that_a_video_of_one_frame_plays_and_stops(qtbot: QtBot, playback: Playback, tmp_path: Path) -> None:
    with qtbot.waitSignal(playback.frame_shown):
        playback.open_video(write_clip(tmp_path / "one.mp4", frames=1))
    playback.play()
    qtbot.waitUntil(lambda: not playback.is_playing)
    assert playback.index == 0


def test_that_a_bad_video_is_told_and_the_one_before_stays(qtbot: QtBot, opened: Playback, tmp_path: Path) -> None:
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"not a video" * 100)
    opened.seek(7)
    wait_for(qtbot, opened, 7)
    with qtbot.waitSignal(opened.failed) as failed:
        opened.open_video(bad)
    assert failed.args is not None
    assert str(bad) in failed.args[0].where
    assert opened.facts is not None
    assert opened.facts.source.path.name == "clip.mp4"
    opened.seek(8)
    wait_for(qtbot, opened, 8)


def test_that_a_second_video_starts_at_its_first_frame(qtbot: QtBot, opened: Playback, tmp_path: Path) -> None:
    opened.seek(12)
    wait_for(qtbot, opened, 12)
    with qtbot.waitSignal(opened.video_opened):
        opened.open_video(write_clip(tmp_path / "second.mp4", frames=12))
    wait_for(qtbot, opened, 0)
    assert opened.facts is not None
    assert opened.facts.frames == 12


def test_that_the_thread_ends_while_the_network_works(qtbot: QtBot, opened: Playback) -> None:
    gate = Gate()
    opened.set_detector(gate.detector())
    qtbot.waitUntil(gate.entered.is_set)
    gate.may_go.set()
    opened.shut_down()
    assert opened.feed.isFinished()


def test_that_dragging_shows_a_frame_near_by_first_and_then_the_one_asked_for(
    qtbot: QtBot, playback: Playback, tmp_path: Path
) -> None:
    with qtbot.waitSignal(playback.frame_shown):
        playback.open_video(write_clip(tmp_path / "long.mp4", frames=200))
    shown: list[ShownFrame] = []
    playback.frame_shown.connect(shown.append)
    playback.begin_scrub()
    playback.seek(199)
    last = wait_for(qtbot, playback, 199)
    playback.end_scrub()
    assert not last.is_near
    assert shown[0].is_near
    assert shown[0].index < 199
    assert all(abs(int(each.picture[48, 80, 1]) - grey_of(each.index)) <= 3 for each in shown)


def test_that_what_comes_next_is_decoded_while_nothing_is_asked_for(
    qtbot: QtBot, opened: Playback, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened.seek(10)
    wait_for(qtbot, opened, 10)
    video = opened.feed._video
    assert video is not None
    qtbot.waitUntil(lambda: video.missing(10, 1) is None)
