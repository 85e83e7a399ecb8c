"""A run's status follows its events."""

import pytest

from app.runs import time_text
from app.training.status import RunStatus, State
from yolox_core.train.events import (
    CheckpointSaved,
    EpochDone,
    Evaluated,
    Notice,
    RunFinished,
    RunStarted,
    StepDone,
    TrainEvent,
)

STARTED = RunStarted("runs/a", "cpu", ("drone",), 8, 2, epochs=2, steps_per_epoch=2, parameters=1)


def _step(epoch: int, step: int) -> StepDone:
    return StepDone(epoch, step, 10.0 / step, 1, 2, 3, 0, 0.01, 320, 4, step_time_s=1.5, load_time_s=0.5)


def _evaluated(epoch: int, ap: float) -> Evaluated:
    return Evaluated(epoch, epoch * 2, ap, ap + 0.1, ap, {"drone": ap}, 2, 3.0)


def _after(*events: TrainEvent) -> RunStatus:
    status = RunStatus()
    for event in events:
        status.take(event)
    return status


def test_that_pace_and_remaining_time_follow_the_steps() -> None:
    status = _after(STARTED, _step(1, 1), _step(1, 2), EpochDone(1, 2, 5.0, 4.0), _evaluated(1, 0.2))
    assert status.state is State.RUNNING
    assert status.images_per_s == pytest.approx(2.0)
    assert status.remaining_s == pytest.approx(2 * 2.0 + 3.0)


def test_that_the_best_epoch_is_kept_when_later_ones_are_worse() -> None:
    status = _after(STARTED, _evaluated(1, 0.5), _evaluated(2, 0.3), CheckpointSaved("a/best.pth", "best", 1, 0.5))
    assert status.best is not None
    assert status.latest is not None
    assert (status.best.epoch, status.latest.epoch, status.best_path) == (1, 2, "a/best.pth")
    assert [event.ap for event in status.evaluations] == [0.5, 0.3]


@pytest.mark.parametrize("state", ["done", "stopped", "failed"])
def test_that_the_end_reads_as_it_was(state: str) -> None:
    status = _after(STARTED, RunFinished(state, "", "", 0.0, 0.0, 1, 2.0), Notice("late"))
    assert status.state.value == state
    assert [notice.text for notice in status.notices] == ["late"]


def test_that_a_step_does_not_undo_the_wish_to_stop() -> None:
    status = _after(STARTED)
    status.state = State.STOPPING
    status.take(_step(1, 1))
    assert status.state is State.STOPPING


@pytest.mark.parametrize(("seconds", "text"), [(5.4, "5 s"), (200, "3 min 20 s"), (7500, "2 h 05 min")])
def test_that_times_read_well(seconds: float, text: str) -> None:
    assert time_text(seconds) == text
