"""The time left is right for runs whose steps, evaluations and sizes are known."""

import random

import pytest

from app.training.eta import Eta
from yolox_core.train.events import CheckpointSaved, EpochDone, Evaluated, Resumed, RunStarted, StepDone, TrainEvent

EPOCHS, STEPS = 10, 26
CONFIG = {"image_size": 320, "multiscale_range": 3, "eval_interval": 2}


def _events(rng: random.Random) -> list[tuple[float, TrainEvent]]:
    """A run whose steps cost as their area, each with the seconds that it takes; the first steps are slow."""
    started = RunStarted("r", "cpu", ("a",), 200, 80, epochs=EPOCHS, steps_per_epoch=STEPS, parameters=1, config=CONFIG)
    events: list[tuple[float, TrainEvent]] = [(0.0, started)]
    step, width = 0, 320
    for epoch in range(1, EPOCHS + 1):
        times = []
        for _ in range(STEPS):
            step += 1
            time_s = (0.1 + 0.5 * (width / 320) ** 2) * rng.uniform(0.95, 1.05) + (5.0 if step < 3 else 0.0)
            times.append(time_s)
            events.append((time_s, StepDone(epoch, step, 1, 1, 1, 1, 0, 0.01, width, 8, time_s - 0.05, 0.05)))
            width = 320 + 32 * rng.randint(-3, 3) if step % 10 == 0 else width
        events.append((0.0, EpochDone(epoch, step, 1.0, sum(times))))
        if epoch % 2 == 0 or epoch == EPOCHS:
            events.append((8.0, Evaluated(epoch, step, 0.1, 0.1, 0.1, {}, 80, 8.0)))
        events.append((1.5, CheckpointSaved("last.pth", "last", epoch, 0.1, 1.5)))
    return events


@pytest.mark.parametrize("seed", range(20))
def test_that_the_time_left_after_two_epochs_is_right_within_15_percent(seed: int) -> None:
    events = _events(random.Random(seed))
    eta, passed_s = Eta(), 0.0
    for time_s, event in events:
        passed_s += time_s
        eta.take(event)
        if isinstance(event, CheckpointSaved) and event.epoch == 2:
            eta.take(Resumed(step=52, paused_s=1000.0))
            break
    true_s = sum(time_s for time_s, _ in events) - passed_s
    assert eta.remaining_s == pytest.approx(true_s, rel=0.15)


def test_that_nothing_is_left_at_the_end() -> None:
    eta = Eta()
    assert eta.remaining_s == 0.0
    for _, event in _events(random.Random(0)):
        eta.take(event)
    assert eta.remaining_s == pytest.approx(0.0, abs=1e-6)
