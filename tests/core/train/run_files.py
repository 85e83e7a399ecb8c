"""Run folders made without training, as the trainer writes them."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, Evaluated, RunFinished, RunStarted, StepDone, TrainEvent, to_line
from yolox_core.train.run_folder import RunFolder


def make_run(
    path: Path,
    config: TrainConfig | None = None,
    *,
    aps: Sequence[float] = (0.2, 0.4, 0.3),
    steps: int = 3,
    state: str = "done",
) -> Path:
    """A run with an epoch of `steps` steps for each AP; without a state it has no end, as after a kill."""
    config = config or TrainConfig(epochs=len(aps))
    path.mkdir(parents=True)
    run = RunFolder(path)
    run.config.write_text(config.to_json())
    events: list[TrainEvent] = [
        RunStarted(str(path), "cpu", ("square",), 8, 2, len(aps), steps, 900_000, config=asdict(config))
    ]
    for epoch, ap in enumerate(aps, start=1):
        for step in range((epoch - 1) * steps + 1, epoch * steps + 1):
            events.append(StepDone(epoch, step, 5 / step, 1 / step, 1, 1, 0, 0.01, 416, 8, 0.1, 0.01))
        events.append(EpochDone(epoch, epoch * steps, 5 / epoch, 1.5))
        events.append(Evaluated(epoch, epoch * steps, ap, min(1.5 * ap, 1), ap, {"square": ap}, 2, 0.5))
    if state:
        events.append(RunFinished(state, "", "", max(aps), 0.0, len(aps), 10.0))
    run.events.write_text("".join(to_line(event) + "\n" for event in events))
    return path
