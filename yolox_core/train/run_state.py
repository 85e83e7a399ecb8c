"""Where a run stands, as plain values that a checkpoint can hold. No torch here."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass
class RunState:
    """Progress of a run. `steps` counts the optimiser steps of the run; `batch`, `steps_in_epoch` and `loss_sum` the
    batches, steps and losses of the epoch under way.

    `rate_factor` is what rollbacks have left of the learning rate, `stale` the evaluations since the best one,
    `shape` the present input size (height, width), `last_epoch` the end after an early stop (0: as planned),
    `first_loss` the mean loss of the first epoch.
    """

    batch_size: int
    shape: tuple[int, int]
    epochs_done: int = 0
    steps: int = 0
    batch: int = 0
    steps_in_epoch: int = 0
    loss_sum: float = 0.0
    best_ap: float = -1.0
    best_ap50: float = 0.0
    stale: int = 0
    rate_factor: float = 1.0
    rollbacks: int = 0
    last_epoch: int = 0
    first_loss: float = 0.0

    @property
    def ap(self) -> float:
        """The best AP so far, 0 before the first evaluation."""
        return max(self.best_ap, 0.0)

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RunState":
        """The state with these values."""
        known = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        return cls(**{**known, "shape": tuple(known["shape"])})

    def start_epoch(self) -> None:
        """Nothing of an epoch is done yet."""
        self.batch, self.steps_in_epoch, self.loss_sum = 0, 0, 0.0

    def note_ap(self, ap: float, ap50: float) -> bool:
        """Take in an evaluation; whether its weights are the best so far: while AP is 0, those that learned longest."""
        is_better = ap > self.best_ap
        self.stale = 0 if is_better else self.stale + 1
        is_best = is_better or ap == self.best_ap == 0
        if is_best:
            self.best_ap, self.best_ap50 = ap, ap50
        return is_best
