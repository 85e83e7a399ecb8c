"""What a video has at hand: frames near a place, frames fetched ahead, decoding that is given up."""

from pathlib import Path

import pytest

from tests.core.infer.clips import HEIGHT, WIDTH, number_shown, write_clip
from yolox_core.infer.frame_cache import LEAST_BYTES, MOST_BYTES, memory_share
from yolox_core.infer.video import AHEAD, Video

FRAMES, GOP = 100, 12
FRAME_BYTES = WIDTH * HEIGHT * 3 // 2


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", "libx264", FRAMES, options={"bf": "3", "sc_threshold": "0"})


def test_that_a_frame_far_away_is_near_its_keyframe(clip: Path) -> None:
    with Video.open(clip) as video:
        near = video.near(70)
        assert 70 - GOP < near < 70
        assert number_shown(video.frame(near)) == near
        assert video.near(near + 1) == near + 1  # comes next


def test_that_a_kept_frame_that_is_closer_comes_before_the_keyframe(clip: Path) -> None:
    with Video.open(clip) as video:
        key = video.near(70)
        video.frame(key + 8)
        video.frame(20)  # decoding goes on elsewhere
        assert video.near(key + 10) == key + 8
        assert video.near(key + 8) == key + 8


def test_that_decoding_is_given_up_between_two_frames_and_goes_on_later(clip: Path) -> None:
    with Video.open(clip) as video:
        key = video.near(70)
        answers = iter([True] * 3)
        assert not video.approach(key + 10, lambda: next(answers, False))
        asked = []
        assert video.approach(key + 10, lambda: not asked.append(None))
        assert len(asked) <= 10 - 2  # those decoded before are not decoded again
        assert [number_shown(video.frame(number)) for number in range(key, key + 11)] == [*range(key, key + 11)]


def test_that_frames_are_missing_in_the_direction_of_travel(clip: Path) -> None:
    with Video.open(clip) as video:
        video.frame(50)
        assert video.missing(50, 1) == 51
        assert video.missing(50, -1) in range(50 - GOP, 50)
        for number in range(51, 51 + AHEAD):
            video.frame(number)
        assert video.missing(50, 1) is None
        for number in range(51):
            video.frame(number)
        assert video.missing(50, -1) is None


def test_that_nothing_is_fetched_for_which_what_is_near_would_have_to_go(clip: Path) -> None:
    with Video.open(clip, cache_bytes=6 * FRAME_BYTES) as video:
        video.frame(47)
        assert video.missing(47, -1) is None


def test_that_the_frames_before_are_decoded_once_for_steps_back(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    with Video.open(clip) as video:
        step = video._decoder.next
        monkeypatch.setattr(video._decoder, "next", lambda: decoded.append(None) or step())
        for number in reversed(range(FRAMES)):
            assert number_shown(video.frame(number)) == number
    assert len(decoded) <= FRAMES * 1.1


def test_that_frames_take_a_bounded_share_of_the_memory() -> None:
    assert LEAST_BYTES <= memory_share() <= MOST_BYTES
