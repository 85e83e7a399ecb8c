"""How long a run will take and how much memory, from what a dry run has measured. No torch.

A pace holds for every run on the same data with the same network, sizes, batch and device: epochs may change.
"""

from dataclasses import dataclass, replace

from yolox_core.train.config import TrainConfig
from yolox_core.train.plan import Plan
from yolox_core.train.sizes import mean_area

ARENAS = 1.2  # measured on BCCD: real runs took 1.1 (nano) and 1.3 (tiny) times what some steps and the cache took
WITHOUT_EFFECT = (
    *("epochs", "seed", "base_lr", "min_lr_ratio", "warmup_epochs", "no_aug_epochs", "patience", "momentum"),
    *("weight_decay", "clip_norm", "history_interval", "tensorboard", "eval_interval", "weights"),
)
"""Fields that change neither the time of a step nor its memory."""


@dataclass(frozen=True, slots=True)
class Pace:
    """What a dry run has measured, in seconds and bytes.

    `eval_start_s` is what an evaluation costs beside its images, `save_s` the checkpoint of an epoch, `read_s` reading
    an image for the first time. `readers` are the threads that share the reading; a network on a GPU hides it. Without
    the cached images, `peak_bytes` is the most memory that was taken at once, of the GPU where the run is on one.
    """

    step_s: float
    eval_start_s: float
    eval_image_s: float
    save_s: float
    read_s: float
    readers: int
    is_on_gpu: bool
    image_bytes: int
    train_images: int
    val_images: int
    peak_bytes: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """What to expect of a run: seconds of an epoch with its evaluation and of the whole, bytes, images per second."""

    epoch_s: float
    run_s: float
    peak_bytes: int
    images_per_s: float


def estimate_of(pace: Pace, config: TrainConfig) -> Estimate:
    """The estimate for a run whose steps go at this pace."""
    batches = -(-pace.train_images // config.batch_size)
    plan = Plan.of(config, batches_per_epoch=batches)
    step_s = pace.step_s * mean_area(config)
    steps_s = step_s * plan.steps_per_epoch
    evaluation_s = (pace.eval_start_s + pace.eval_image_s * pace.val_images) if pace.val_images else 0.0
    evaluations = -(-config.epochs // config.eval_interval)
    later_s = _reading_s(pace, config, steps_s)
    first_s = max(pace.train_images * _shared_read_s(pace) - (steps_s if pace.is_on_gpu else 0.0), later_s)
    epoch_s = steps_s + later_s + pace.save_s
    return Estimate(
        epoch_s + evaluation_s,
        epoch_s * config.epochs + first_s - later_s + evaluation_s * evaluations,
        _memory(pace, config),
        config.batch_size * config.accumulate / step_s,
    )


def pace_key(config: TrainConfig) -> TrainConfig:
    """The same for all settings that go at one pace."""
    plain = TrainConfig()
    return replace(config, **{name: getattr(plain, name) for name in WITHOUT_EFFECT})


def _reading_s(pace: Pace, config: TrainConfig, steps_s: float) -> float:
    """What an epoch waits for images that did not fit into the cache."""
    kept = min(1.0, config.cache_mb * 1_000_000 / max(pace.train_images * pace.image_bytes, 1))
    reads = (1 - kept) * pace.train_images * (1 + 3 * config.mosaic_prob + config.mixup_prob)
    return max(0.0, reads * _shared_read_s(pace) - (steps_s if pace.is_on_gpu else 0.0))


def _memory(pace: Pace, config: TrainConfig) -> int:
    """Most memory of the device; the cache lies in main memory, which a process takes more of than it fills."""
    if pace.is_on_gpu:
        return pace.peak_bytes
    cached = min(config.cache_mb * 1_000_000, pace.train_images * pace.image_bytes)
    return round((pace.peak_bytes + cached) * ARENAS)


def _shared_read_s(pace: Pace) -> float:
    return pace.read_s / pace.readers
