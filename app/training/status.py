"""What a run's events amount to at each moment: state, progress, figures. No widgets here."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import numpy as np

from app.training.eta import Eta
from app.training.steps import Steps
from yolox_core.train.events import (
    CheckpointSaved,
    EpochDone,
    EvalProgress,
    Evaluated,
    Notice,
    Paused,
    Preparing,
    Resumed,
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
    PAUSING = "pausing"
    PAUSED = "paused"
    STOPPING = "stopping"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


BUSY = frozenset({State.PREPARING, State.RUNNING, State.MEASURING, State.PAUSING, State.PAUSED, State.STOPPING})

WISHES = frozenset({State.PAUSING, State.PAUSED, State.STOPPING})
"""What the user has asked for stays on show until it has come."""


@dataclass
class RunStatus:
    """A run as its events tell it: of a run under way, of a past one, of one on another machine.

    `is_watched`: another process works on it, which this window cannot steer, but stop where `may_stop`.
    """

    state: State = State.READY
    path: Path | None = None
    started: RunStarted | None = None
    finished: RunFinished | None = None
    epoch: int = 0
    step: int = 0
    activity: str = ""
    is_watched: bool = False
    may_stop: bool = False
    best: Evaluated | None = None
    latest: Evaluated | None = None
    best_path: str = ""
    last_path: str = ""
    notices: list[Notice] = field(default_factory=list)
    steps: Steps = field(default_factory=Steps)
    evaluations: list[Evaluated] = field(default_factory=list)
    _eta: Eta = field(default_factory=Eta)

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
    def wait_share(self) -> float:
        """Share of the latest steps' time that the network waited for images, 0..1."""
        times, shares = (self.steps.column(name)[-RECENT_STEPS:] for name in ("time_s", "wait_share"))
        return float(np.nansum(times * shares) / np.nansum(times)) if times.any() else 0.0

    @property
    def remaining_s(self) -> float:
        """Seconds to the end; 0 when unknown."""
        return self._eta.remaining_s

    def take(self, event: TrainEvent) -> None:
        """Bring the status up to date with one more event."""
        self._eta.take(event)
        match event:
            case Preparing():
                counted = f"{event.text} {event.done} of {event.total}" if event.total else event.text
                self._show(State.PREPARING, counted)
            case RunStarted():
                self.started, self.path = event, Path(event.run)
                self.steps.expect(epochs=event.epochs, steps_per_epoch=event.steps_per_epoch)
                self._show(State.RUNNING, "")
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
            case Paused():
                self.state, self.activity = (
                    State.PAUSED,
                    "The memory of the device is free; the run goes on where it was",
                )
            case Resumed():
                self._show_again("Taking up the network again")
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
        if self.state not in WISHES:
            self.state, self.activity = state, activity

    def _show_again(self, activity: str) -> None:
        """A pause is over, by the wish to go on or to stop."""
        if self.state is not State.STOPPING:
            self.state, self.activity = State.RUNNING, activity

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
        if self.best is None or event.ap > self.best.ap:
            self.best = event
