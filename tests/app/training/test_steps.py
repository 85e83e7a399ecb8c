"""Curves of many steps are the running means and extremes that a slow count finds, in few points."""

import numpy as np
import pytest
from numpy.typing import NDArray

from app.training.steps import BLOCK, MOST_POINTS, Steps, View
from yolox_core.train.events import StepDone

FIELDS = 12
LOSS, STEP, IMAGES, STEP_TIME, LOAD_TIME = 2, 1, 9, 10, 11


def _rows(count: int, *, first: int = 1) -> NDArray[np.float32]:
    random = np.random.default_rng(first)
    rows = random.uniform(0.5, 2, (count, FIELDS)).astype(np.float32)
    rows[:, STEP] = np.arange(first, first + count)
    rows[:, 0] = (rows[:, STEP] - 1) // 100 + 1
    return rows


def _steps(rows: NDArray[np.float32]) -> Steps:
    made = Steps()
    made.expect(epochs=3, steps_per_epoch=100)
    made.extend(rows)
    return made


@pytest.mark.parametrize("count", [1, 2, 63, 64, 65, 1999, 2001, 70_000])
@pytest.mark.parametrize("window", [1, 10, 128, 5000])
def test_that_a_curve_is_the_running_mean_of_its_window(count: int, window: int) -> None:
    rows = _rows(count)
    trace = _steps(rows).trace("total_loss", View(window=window))
    assert max(len(trace.x), len(trace.raw_x)) <= MOST_POINTS
    stretch = int(trace.x[0])
    ends = trace.x.astype(int)
    starts = np.maximum(np.minimum(np.append(0, ends[:-1]), ends - window), 0)
    if count > MOST_POINTS // 2 * BLOCK:
        assert stretch % BLOCK == 0
        starts = np.maximum(np.minimum(np.append(0, ends[:-1]), ends - -(-window // BLOCK) * BLOCK), 0)
    slow = [rows[start:end, LOSS].mean(dtype=float) for start, end in zip(starts, ends, strict=True)]
    np.testing.assert_allclose(trace.y, slow, rtol=1e-6)
    assert count - trace.x[-1] < BLOCK


@pytest.mark.parametrize("count", [500, 5000, 200_000])
def test_that_peaks_stay_behind_the_curve(count: int) -> None:
    rows = _rows(count)
    rows[count // 2, LOSS], rows[count // 3, LOSS] = 99, -99
    trace = _steps(rows).trace("total_loss", View(window=100))
    assert (trace.raw_y.max(), trace.raw_y.min()) == (99, -99)
    assert trace.y.max() < 50


def test_that_a_part_of_many_steps_is_drawn_from_the_steps_themselves() -> None:
    rows = _rows(200_000)
    trace = _steps(rows).trace("total_loss", View(low=150_000, high=150_100, window=10))
    assert trace.x[0] <= 150_000
    assert trace.x[-1] >= 150_100
    assert len(trace.x) <= 104
    place = int(np.flatnonzero(trace.x == 150_050)[0])
    assert trace.y[place] == pytest.approx(rows[150_040:150_050, LOSS].mean())
    assert trace.raw_y[place] == rows[150_049, LOSS]


@pytest.mark.parametrize("axis", ["step", "epoch", "clock"])
def test_that_every_axis_grows_with_the_run(axis: str) -> None:
    steps = _steps(_rows(1000))
    steps.wait(100.0)
    steps.extend(_rows(1000, first=1001))
    x = steps.trace("total_loss", View(axis=axis)).x
    assert (np.diff(x) > 0).all()
    assert steps.place("epoch", 1000) == pytest.approx(10)
    clock = steps.column("clock")
    assert clock[1000] - clock[999] > 100


def test_that_pace_and_waiting_are_weighed_by_time() -> None:
    rows = _rows(100)
    rows[:, LOAD_TIME] = np.where(np.arange(100) % 10 == 0, 9, 0.1)
    steps = _steps(rows)
    times = rows[:, STEP_TIME] + rows[:, LOAD_TIME]
    pace = steps.trace("images_per_s", View(window=100)).y[-1]
    assert pace == pytest.approx(rows[:, IMAGES].sum() / times.sum(), rel=1e-5)
    wait = steps.trace("wait_share", View(window=100)).y[-1]
    assert wait == pytest.approx(rows[:, LOAD_TIME].sum() / times.sum(), rel=1e-5)


def test_that_steps_one_by_one_and_in_rows_are_the_same() -> None:
    rows = _rows(300)
    one_by_one = Steps()
    one_by_one.expect(epochs=3, steps_per_epoch=100)
    for row in rows.tolist():
        one_by_one.append(StepDone(*row))
    at_once = _steps(rows)
    for name in ("step", "epoch", "clock", "total_loss", "wait_share"):
        np.testing.assert_allclose(one_by_one.column(name), at_once.column(name), rtol=1e-6)
    view = View(window=50)
    np.testing.assert_allclose(one_by_one.trace("l1_loss", view).y, at_once.trace("l1_loss", view).y)


@pytest.mark.parametrize("step", [1, 40, 64, 200, 300])
def test_that_steps_done_again_replace_those_that_were_rolled_back(step: int) -> None:
    again = _rows(300, first=step)
    steps = _steps(np.concatenate((_rows(300), again)))
    assert list(steps.column("step")) == list(range(1, step + 300))
    np.testing.assert_array_equal(steps.column("total_loss")[step - 1 :], again[:, LOSS])
    assert (np.diff(steps.column("clock")) > 0).all()
    assert steps.trace("total_loss", View()).x[-1] == step + 299


def test_that_values_that_are_no_numbers_are_gaps() -> None:
    rows = _rows(100_000)
    rows[10, LOSS], rows[20, LOSS], rows[5000:8000, LOSS] = np.nan, np.inf, np.nan
    rows[30, STEP_TIME], rows[30, LOAD_TIME] = 0, 0
    steps = _steps(rows)
    whole = steps.trace("total_loss", View())
    assert np.isnan(whole.y).sum() >= 20
    assert np.isfinite(whole.y).sum() > 700
    part = steps.trace("total_loss", View(low=1, high=40))
    assert list(np.flatnonzero(np.isnan(part.y))) == [10, 20]
    assert np.isnan(steps.trace("images_per_s", View(low=1, high=40)).y[30])


def test_that_a_million_steps_take_few_bytes_each() -> None:
    steps = Steps()
    for first in range(1, 1_000_000, 100_000):
        steps.extend(_rows(100_000, first=first))
    assert len(steps) == 1_000_000
    assert steps.nbytes <= 56 * len(steps)


def test_that_nothing_draws_as_nothing() -> None:
    assert len(Steps().trace("total_loss", View()).x) == 0
