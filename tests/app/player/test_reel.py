import numpy as np
import pytest

from app.player.feed import Answer
from app.player.reel import AHEAD, Reel

PICTURE = np.zeros((2, 2, 4), np.uint8)
STEADY = np.arange(50) / 10


def answer(index: int, *, cost_s: float = 0.0) -> Answer:
    return Answer(1, index, PICTURE, None, cost_s * 1000, 0.0, is_last=True)


def run(reel: Reel, *, cost_s: float, until_s: float = 1e9) -> list[tuple[float, int]]:
    """Play with a feed that needs `cost_s` a frame: when each frame was shown."""
    now_s, ready_s, wanted, shown = 0.0, 0.0, reel.fetch(0.0), []
    while not reel.is_over and now_s < until_s:
        if wanted is not None and now_s >= ready_s:
            reel.add(answer(wanted, cost_s=cost_s))
            wanted = None
        due = reel.take_due(now_s)
        if due is not None:
            shown.append((round(now_s, 3), due.index))
        if wanted is None:
            wanted = reel.fetch(now_s)
            ready_s = now_s + cost_s
        now_s += 0.001
    return shown


def test_that_a_fast_feed_shows_every_frame_at_its_time() -> None:
    shown = run(Reel(0, times_s=STEADY, ends=(0, len(STEADY) - 1), speed=1.0, keeps_real_time=True), cost_s=0.02)
    assert [index for _, index in shown] == list(range(50))
    start_s = shown[0][0]
    assert all(abs(at_s - start_s - STEADY[index]) < 0.01 for at_s, index in shown)


def test_that_a_slow_feed_leaves_frames_out_to_keep_real_time() -> None:
    reel = Reel(0, times_s=STEADY, ends=(0, len(STEADY) - 1), speed=1.0, keeps_real_time=True)
    shown = run(reel, cost_s=0.25)
    indices = [index for _, index in shown]
    assert indices == sorted(set(indices))
    assert indices[-1] == 49
    assert reel.pace(1e9).skipped == 50 - len(indices)
    assert 15 <= len(indices) <= 22
    assert all(at_s - shown[0][0] - STEADY[index] < 0.35 for at_s, index in shown)


def test_that_every_frame_is_shown_at_the_networks_speed_when_real_time_is_not_kept() -> None:
    shown = run(Reel(0, times_s=STEADY, ends=(0, len(STEADY) - 1), speed=1.0, keeps_real_time=False), cost_s=0.25)
    assert [index for _, index in shown] == list(range(50))
    assert shown[-1][0] - shown[0][0] == pytest.approx(49 * 0.25, rel=0.03)


def test_that_backward_frames_come_in_falling_order() -> None:
    shown = run(Reel(20, times_s=STEADY, ends=(0, len(STEADY) - 1), speed=-1.0, keeps_real_time=True), cost_s=0.01)
    assert [index for _, index in shown] == list(range(20, -1, -1))


def test_that_a_new_speed_acts_from_the_frame_on_show() -> None:
    reel = Reel(0, times_s=STEADY, ends=(0, len(STEADY) - 1), speed=1.0, keeps_real_time=True)
    run(reel, cost_s=0.01, until_s=1.0)
    reel.set_pace(2.0, keeps_real_time=True, now_s=1.0)
    wait_s = reel.wait_s(1.0)
    assert wait_s is not None
    assert wait_s <= 0.051


def test_that_no_more_than_a_few_frames_wait() -> None:
    reel = Reel(0, times_s=STEADY, ends=(0, len(STEADY) - 1), speed=1.0, keeps_real_time=True)
    for _ in range(AHEAD):
        index = reel.fetch(0.0)
        assert index is not None
        assert reel.fetch(0.0) is None  # one at a time
        reel.add(answer(index))
    assert reel.fetch(0.0) is None
