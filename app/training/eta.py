"""How long a run still takes, from the times of its steps, evaluations and checkpoints. No widgets here.

A step's time depends on its input size, which changes at random: what the steps cost so far is brought to the mean of
the sizes to come. Pauses count nowhere, for no event's time holds them.
"""

from collections import deque
from dataclasses import dataclass

from yolox_core.train.config import TrainConfig
from yolox_core.train.events import CheckpointSaved, EpochDone, Evaluated, RunStarted, StepDone, TrainEvent
from yolox_core.train.sizes import mean_area

WARM_UP_STEPS = 3  # the first steps also set up what later ones find ready
EPOCHS_KEPT = 3


@dataclass(slots=True)
class _Steps:
    """Sums over the steps of an epoch: time t, relative input area a; `overhead_s` went by between two steps."""

    count: int = 0
    t: float = 0.0
    a: float = 0.0
    aa: float = 0.0
    at: float = 0.0
    overhead_s: float = 0.0

    def add(self, time_s: float, area: float) -> None:
        """Take in a step."""
        self.count += 1
        self.t += time_s
        self.a += area
        self.aa += area * area
        self.at += area * time_s


class Eta:
    """Seconds to the end, taken from events in order."""

    def __init__(self) -> None:
        self._started: RunStarted | None = None
        self._config = TrainConfig()
        self._epochs: deque[_Steps] = deque(maxlen=EPOCHS_KEPT)
        self._current = _Steps()
        self._steps_done = 0
        self._seen = 0
        self._spent_s = 0.0
        self._epochs_done = 0
        self._evaluations: deque[float] = deque(maxlen=EPOCHS_KEPT)
        self._measured_epoch = 0
        self._saving_s: dict[str, float] = {}

    def take(self, event: TrainEvent) -> None:
        """Take in one more event."""
        match event:
            case RunStarted():
                self._started, self._config = event, TrainConfig.from_dict(event.config)
                self._epochs_done = event.first_epoch - 1
                self._measured_epoch = self._epochs_done
            case StepDone():
                self._take_step(event)
            case EpochDone():
                self._end_epoch(event)
            case Evaluated():
                self._evaluations.append(event.time_s)
                self._measured_epoch = event.epoch
            case CheckpointSaved():
                self._saving_s[event.kind] = event.time_s
            case _:
                pass

    @property
    def remaining_s(self) -> float:
        """Seconds to the end; 0 while unknown."""
        if self._started is None:
            return 0.0
        steps_left = self._started.epochs * self._started.steps_per_epoch - self._steps_done
        epochs_left = self._started.epochs - self._epochs_done
        evaluation_s = sum(self._evaluations) / max(len(self._evaluations), 1)
        saving_s = self._saving_s.get("last", 0.0) * epochs_left
        return self._step_s() * steps_left + evaluation_s * self._evaluations_left() + saving_s

    def _take_step(self, event: StepDone) -> None:
        self._steps_done = event.step
        self._seen += 1
        time_s = event.step_time_s + event.load_time_s
        self._spent_s += time_s
        if self._seen > WARM_UP_STEPS or self._is_short:
            self._current.add(time_s, (event.image_size / self._config.image_size) ** 2)

    @property
    def _is_short(self) -> bool:
        """Whether an epoch has so few steps that the first ones must do."""
        return self._started is not None and self._started.steps_per_epoch <= 2 * WARM_UP_STEPS

    def _end_epoch(self, event: EpochDone) -> None:
        if self._current.count:
            self._current.overhead_s = max(event.time_s - self._spent_s, 0.0) / self._current.count
            self._epochs.append(self._current)
        self._current, self._spent_s = _Steps(), 0.0
        self._epochs_done, self._steps_done = event.epoch, event.step

    def _evaluations_left(self) -> int:
        assert self._started is not None
        last, interval = self._started.epochs, self._config.eval_interval
        coming = range(self._measured_epoch + 1, last + 1)
        return sum(epoch % interval == 0 or epoch == last for epoch in coming) if self._started.val_images else 0

    def _step_s(self) -> float:
        """Seconds of a step at the mean of all input sizes."""
        parts = [*self._epochs, self._current]
        n, t, a, aa, at = (sum(getattr(part, name) for part in parts) for name in ("count", "t", "a", "aa", "at"))
        if not n:
            return 0.0
        spread = aa - a * a / n
        slope = (at - a * t / n) / spread if spread > 1e-6 * aa else 0.0
        overhead_s = self._epochs[-1].overhead_s if self._epochs else 0.0
        return float(t / n + min(max(slope, 0.0), t / a) * (mean_area(self._config) - a / n) + overhead_s)
