"""How long a run is and how fast it learns: epochs, the last ones without mosaic, the rate of each step. No torch."""

import math
from dataclasses import dataclass, replace

from yolox_core.train.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Schedule:
    """Quadratic warm-up from 0 to `peak`, a cosine down to `final`, then `final` for the last steps. Steps from 1."""

    peak: float
    final: float
    warmup_steps: int
    final_steps: int
    total_steps: int

    def learning_rate(self, step: int) -> float:
        """The learning rate of a step."""
        if step <= self.warmup_steps:
            return self.peak * (step / self.warmup_steps) ** 2
        falling = self.total_steps - self.warmup_steps - self.final_steps
        if step >= self.total_steps - self.final_steps:
            return self.final
        share = (step - self.warmup_steps) / falling
        return self.final + 0.5 * (self.peak - self.final) * (1 + math.cos(math.pi * share))


@dataclass(frozen=True, slots=True)
class Plan:
    """A run of `epochs` epochs, of which the last `plain_epochs` go without mosaic and mixup, with the L1 loss."""

    epochs: int
    plain_epochs: int
    steps_per_epoch: int
    schedule: Schedule

    @classmethod
    def of(cls, config: TrainConfig, *, batches_per_epoch: int) -> "Plan":
        """The recipe's plan; a run too short for its phases gets a warm-up and a last phase of at most a third each."""
        steps = -(-batches_per_epoch // config.accumulate)
        total = steps * config.epochs
        plain = min(config.no_aug_epochs, config.epochs // 3)
        warmup = min(config.warmup_epochs * steps, total // 3)
        peak = config.base_lr * config.batch_size * config.accumulate / 64
        return cls(
            config.epochs, plain, steps, Schedule(peak, peak * config.min_lr_ratio, warmup, plain * steps, total)
        )

    def ending_after(self, epoch: int) -> "Plan":
        """The plan of a run that stops early: only the last epochs without mosaic still come after `epoch`."""
        return replace(self, epochs=min(self.epochs, epoch + self.plain_epochs))

    def is_plain(self, epoch: int) -> bool:
        """Whether an epoch, counted from 1, goes without mosaic and mixup."""
        return epoch > self.epochs - self.plain_epochs

    def learning_rate(self, epoch: int, step: int) -> float:
        """The rate of a step of the whole run, counted from 1."""
        return self.schedule.final if self.is_plain(epoch) else self.schedule.learning_rate(step)
