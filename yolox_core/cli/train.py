"""`yolox-workbench train`: the trainer's events as bars, lines or one JSON object."""

import argparse
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from statistics import mean
from typing import Any

from rich.console import Console
from rich.progress import Progress as Bars

from yolox_core.cli.console import OneBar, bars, put_json, stderr
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.control import RunControl
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
from yolox_core.train.presets import PRESETS
from yolox_core.train.run_folder import RunFolder, data_of, read_config
from yolox_core.train.trainer import Trainer
from yolox_core.train.world import World, is_restart, joined_world

MAY_CHANGE = ("device", "workers", "cache_mb")
"""Settings that a resumed run takes from the command line: they do not change what is learned."""


def run(options: argparse.Namespace) -> None:
    """Train as the options say; under `torchrun` as one of several processes, of which the first reports."""
    with joined_world() as world, _steered_by_signals() as control:
        trainer, output = _trainer(options, world, control)
        with bars(is_shown=world.is_main) as shown, closing(trainer.run()) as events:
            report = RunReport(shown, is_shown=world.is_main)
            for event in events:
                report.show(event)
        if world.is_main:
            _put_result(report, output, as_json=options.json)


@contextmanager
def _steered_by_signals() -> Iterator[RunControl]:
    """A control that the first SIGTERM or Ctrl+C asks to stop; the next one ends the program as ever."""
    control = RunControl()

    def stop(_number: int, _frame: object) -> None:
        control.stop()
        restore()

    def restore() -> None:
        for number, before in former.items():
            signal.signal(number, before)

    is_main = threading.current_thread() is threading.main_thread()
    former = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT) if is_main}
    try:
        yield control
    finally:
        restore()


def _trainer(options: argparse.Namespace, world: World, control: RunControl) -> tuple[Trainer, Path]:
    resumed: Path | None = options.resume
    if resumed is None and is_restart() and options.output and RunFolder(options.output).events.exists():
        resumed = options.output
    if resumed is not None:
        stored = RunFolder(resumed).read_config()
        config = replace(stored, **{name: value for name, value in _given(options).items() if name in MAY_CHANGE})
        data = options.data or data_of(RunFolder(resumed))
        return Trainer(config, open_folder(Path(data)), resumed, world=world, is_resumed=True, control=control), resumed
    if world.size > 1 and options.output is None:
        raise UserError("Several processes need one run folder.", where="--output", action="Name it.")
    config, folder = _config(options), open_folder(options.data)
    output = options.output or Path("runs") / folder.root.name / f"{datetime.now():%Y%m%d-%H%M%S}-{config.size}"
    return Trainer(config, folder, output, world=world, control=control), output


def _put_result(report: "RunReport", output: Path, *, as_json: bool) -> None:
    finished = report.finished
    if finished is None:
        raise UserError("The run ended without a result.", where=output)
    if not as_json:
        print(f"AP {finished.ap:.3f}, AP50 {finished.ap50:.3f} after {finished.epochs} epochs; best: {finished.best}")
        return
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


class RunReport:
    """Follows the events of a run on stderr and remembers what the result needs."""

    def __init__(self, shown: Bars, *, is_shown: bool = True) -> None:
        self._console = stderr if is_shown else Console(stderr=True, quiet=True)
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
                self._console.print(
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
                self._console.print(f"epoch {event.epoch}: AP {event.ap:.3f}, AP50 {event.ap50:.3f}")
            case Notice():
                self._console.print(event.text, style="yellow" if event.level == "warning" else "")
            case RunFinished():
                self.finished = event
            case _:
                pass


def _given(options: argparse.Namespace) -> dict[str, Any]:
    return {f.name: getattr(options, f.name) for f in fields(TrainConfig) if hasattr(options, f.name)}


def _config(options: argparse.Namespace) -> TrainConfig:
    """The settings of a file, a preset or the recipe of the network size, with every option that was given."""
    given = _given(options)
    size = str(given.get("size", ""))
    if options.config:
        base = read_config(options.config)
    elif options.preset:
        base = PRESETS[options.preset].config(size)
    else:
        base = recipe(size or TrainConfig.size)
    return replace(base, **given).checked()
