"""What a run's events amount to at each moment: state, progress, figures. No widgets here."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np

from app.training.steps import Steps
from yolox_core.train.events import (
    CheckpointSaved,
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
from yolox_core.train.run_folder import StepValues
from yolox_core.train.step_index import COLUMNS

RECENT_STEPS = 50


class State(Enum):
    """Where a run stands; only a run that reached its last epoch is done."""

    READY = "ready"
    PREPARING = "preparing"
    RUNNING = "running"
    MEASURING = "measuring"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


BUSY = frozenset({State.PREPARING, State.RUNNING, State.MEASURING, State.PAUSED, State.STOPPING})


@dataclass
class RunStatus:
    """A run as its events tell it: of a run under way, of a past one, of one on another machine."""

    state: State = State.READY
    path: Path | None = None
    started: RunStarted | None = None
    finished: RunFinished | None = None
    epoch: int = 0
    step: int = 0
    activity: str = ""
    best: Evaluated | None = None
    latest: Evaluated | None = None
    best_path: str = ""
    last_path: str = ""
    notices: list[Notice] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)
    evaluations: list[Evaluated] = field(default_factory=list)
    _epoch_overheads: list[float] = field(default_factory=list)

    @property
    def total_steps(self) -> int:
        """Steps of the whole run; 0 before it has started."""
        return self.started.epochs * self.started.steps_per_epoch if self.started else 0

    @property
    def images_per_s(self) -> float:
        """Images per second over the latest steps, waiting for data included."""
        times, paces = (self.steps.column(name)[-RECENT_STEPS:] for name in ("time_s", "images_per_s"))
        return float(np.nansum(times * paces) / np.nansum(times)) if times.any() else 0.0

    @property
    def remaining_s(self) -> float:
        """Seconds to the end at the pace of the latest steps and evaluations; 0 when unknown."""
        if not len(self.steps) or self.started is None:
            return 0.0
        step_s = float(self.steps.column("time_s")[-RECENT_STEPS:].mean())
        evaluation_s = sum(self._epoch_overheads) / max(len(self._epoch_overheads), 1)
        epochs_left = self.started.epochs - len(self._epoch_overheads)
        return step_s * (self.total_steps - self.step) + evaluation_s * max(epochs_left, 0)

    def take(self, event: TrainEvent) -> None:
        """Bring the status up to date with one more event."""
        match event:
            case Preparing():
                self.state = State.PREPARING
                self.activity = f"{event.text} {event.done} of {event.total}" if event.total else event.text
            case RunStarted():
                self.started, self.path = event, Path(event.run)
                self.steps.expect(epochs=event.epochs, steps_per_epoch=event.steps_per_epoch)
                self.state, self.activity = State.RUNNING, ""
            case StepDone():
                self._take_step(event)
            case EpochDone():
                self.epoch = event.epoch
            case EvalProgress():
                self._show(State.MEASURING, f"Measuring AP: image {event.done} of {event.total}")
            case Evaluated():
                self._take_figures(event)
            case CheckpointSaved(kind="best"):
                self.best_path = event.path
            case CheckpointSaved():
                self.last_path = event.path
            case Notice():
                self.notices.append(event)
            case RunFinished():
                self.finished = event
                self.best_path, self.last_path = event.best or self.best_path, event.last or self.last_path
                self.state, self.activity = State(event.state), ""

    def take_steps(self, values: StepValues) -> None:
        """Bring the status up to date with many steps in a row, as rows of numbers."""
        self.steps.extend(values)
        epoch, step = (int(values[-1, COLUMNS.index(name)]) for name in ("epoch", "step"))
        self._note_step(epoch, step)

    def _show(self, state: State, activity: str) -> None:
        """A new state, unless the user has asked for another meanwhile."""
        if self.state not in (State.PAUSED, State.STOPPING):
            self.state = state
        self.activity = activity

    def _take_step(self, event: StepDone) -> None:
        self.steps.append(event)
        self._note_step(event.epoch, event.step)

    def _note_step(self, epoch: int, step: int) -> None:
        self._show(State.RUNNING, "")
        self.epoch, self.step = epoch, step

    def _take_figures(self, event: Evaluated) -> None:
        self._show(State.RUNNING, "")
        self.latest = event
        self.steps.wait(event.time_s)
        self.evaluations.append(event)
        self._epoch_overheads.append(event.time_s)
        if self.best is None or event.ap > self.best.ap:
            self.best = event


def time_text(seconds: float) -> str:
    """A length of time for a person: `45 s`, `3 min 20 s`, `2 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
