import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.player.clock import Clock, next_index

STEADY = np.arange(100) / 25
UNEVEN = np.array([0.0, 0.1, 0.15, 0.5, 0.52, 1.0])


def test_that_each_frame_is_due_at_its_own_time_and_speed() -> None:
    clock = Clock(UNEVEN, 1, 50.0, 2.0)
    assert clock.due_s(1) == 50.0
    assert clock.due_s(3) == pytest.approx(50.2)


@given(st.sampled_from([0.25, 1.0, 4.0, -0.5, -2.0]), st.integers(0, 5))
def test_that_the_frame_on_show_when_one_is_due_is_that_one(speed: float, index: int) -> None:
    clock = Clock(UNEVEN, 2, 7.0, speed)
    assert clock.index_at(clock.due_s(index)) == index


def test_that_the_frame_on_show_stays_within_the_video() -> None:
    assert Clock(STEADY, 50, 0.0, 1.0).index_at(1e6) == 99
    assert Clock(STEADY, 50, 0.0, -1.0).index_at(1e6) == 0


def test_that_the_next_frame_is_the_neighbour_unless_one_further_on_is_wanted() -> None:
    assert next_index(10, ends=(0, 99), direction=1) == 11
    assert next_index(10, ends=(0, 99), direction=-1) == 9
    assert next_index(10, ends=(0, 99), direction=1, wanted=15) == 15
    assert next_index(10, ends=(0, 99), direction=1, wanted=8) == 11
    assert next_index(10, ends=(0, 99), direction=-1, wanted=4) == 4


def test_that_the_last_frame_is_never_skipped_and_nothing_follows_it() -> None:
    assert next_index(95, ends=(0, 99), direction=1, wanted=300) == 99
    assert next_index(5, ends=(0, 99), direction=-1, wanted=-300) == 0
    assert next_index(99, ends=(0, 99), direction=1) is None
    assert next_index(0, ends=(0, 99), direction=-1) is None
    assert next_index(0, ends=(0, 0), direction=1) is None
