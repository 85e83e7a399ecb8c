"""`yolox-workbench train`: the trainer's events as bars, lines or one JSON object."""

import argparse
from contextlib import closing
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from statistics import mean

from rich.progress import Progress as Bars

from yolox_core.cli.console import OneBar, bars, put_json, stderr
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.events import (
    EpochDone,
    EvalProgress,
    Evaluated,
    Notice,
    Preparing,
    RunFinished,
    RunStarted,
    StepDone,
    TrainEvent,
)
from yolox_core.train.trainer import Trainer


def run(options: argparse.Namespace) -> None:
    """Train as the options say."""
    config = _config(options)
    folder = open_folder(options.data)
    output = options.output or Path("runs") / folder.root.name / f"{datetime.now():%Y%m%d-%H%M%S}-{config.size}"
    with bars() as shown, closing(Trainer(config, folder, output).run()) as events:
        report = RunReport(shown)
        for event in events:
            report.show(event)
    finished = report.finished
    if finished is None:
        raise UserError("The run ended without a result.", where=output)
    if options.json:
        put_json(
            {
                "run": str(output),
                "best": finished.best,
                "ap": finished.ap,
                "ap50": finished.ap50,
                "ap50_per_class": report.ap50_per_class,
                "epochs": finished.epochs,
                "seconds_per_epoch": report.seconds_per_epoch,
                "seconds": finished.time_s,
            }
        )
    else:
        print(f"AP {finished.ap:.3f}, AP50 {finished.ap50:.3f} after {finished.epochs} epochs; best: {finished.best}")


class RunReport:
    """Follows the events of a run on stderr and remembers what the result needs."""

    def __init__(self, shown: Bars) -> None:
        self.finished: RunFinished | None = None
        self.ap50_per_class: dict[str, float] = {}
        self._best_ap = -1.0
        self._bar = OneBar(shown)
        self._steps = 0
        self._steps_per_epoch = 0
        self._times: list[float] = []

    @property
    def seconds_per_epoch(self) -> float:
        """Mean time of the epochs without their evaluations."""
        return mean(self._times) if self._times else 0.0

    def show(self, event: TrainEvent) -> None:
        """Take in one event."""
        match event:
            case Preparing():
                self._bar.show(Progress(event.done, event.total, event.text))
            case RunStarted():
                self._steps_per_epoch = event.steps_per_epoch
                self._steps = event.steps_per_epoch * event.epochs
                stderr.print(
                    f"{event.train_images} images to learn from, {event.val_images} to measure on, "
                    f"{len(event.class_names)} classes, {event.parameters:,} parameters, on {event.device}"
                )
            case StepDone():
                text = f"Epoch {event.epoch}, loss {event.total_loss:.2f}"
                self._bar.show(Progress(event.step, self._steps, text))
            case EpochDone():
                self._times.append(event.time_s)
            case EvalProgress():
                done = event.epoch * self._steps_per_epoch
                self._bar.show(Progress(done, self._steps, f"Measuring {event.done}/{event.total}"))
            case Evaluated():
                if event.ap > self._best_ap:
                    self._best_ap, self.ap50_per_class = event.ap, event.ap50_per_class
                stderr.print(f"epoch {event.epoch}: AP {event.ap:.3f}, AP50 {event.ap50:.3f}")
            case Notice():
                stderr.print(event.text, style="yellow" if event.level == "warning" else "")
            case RunFinished():
                self.finished = event
            case _:
                pass


def _config(options: argparse.Namespace) -> TrainConfig:
    """The recipe of the chosen network size, with every option that was given."""
    given = {f.name: getattr(options, f.name) for f in fields(TrainConfig) if hasattr(options, f.name)}
    return replace(recipe(str(given.get("size", TrainConfig.size))), **given).checked()
