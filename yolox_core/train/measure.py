"""What a dry run is for: the pace of some settings, and the batch size that suits a machine."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median

import torch

from yolox_core.dataset.folder import DataFolder
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.dry_run import DryRun, prepared
from yolox_core.train.estimate import Pace
from yolox_core.train.recovery import is_out_of_memory

TIMED_STEPS = 8
MARGIN = 0.85  # of the memory: other programs take some meanwhile
GROWTH = 1.7  # of the memory when a batch doubles, at the least
WORTH = 1.05  # on the CPU a larger batch must be faster by this
FEWEST_STEPS = 4  # of an epoch, whatever the memory would allow
LARGEST_BATCH = 256


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """The batch size to take, its speed and memory, and why no larger one."""

    batch_size: int
    images_per_s: float
    peak_bytes: int
    reason: str = ""


def measure_pace(config: TrainConfig, folder: DataFolder) -> Iterator[Progress | Pace]:
    """Progress, then the pace of a run with these settings. Raises UserError where they could not train."""
    for record in prepared(config, folder):
        yield from _pace(record) if isinstance(record, DryRun) else (record,)


def find_batch_size(config: TrainConfig, folder: DataFolder) -> Iterator[Progress | BatchChoice]:
    """Progress, then a power of two: on a GPU the largest that fits, on the CPU the fastest that fits."""
    for record in prepared(config, folder):
        yield from _best_batch(record) if isinstance(record, DryRun) else (record,)


def _pace(run: DryRun) -> Iterator[Progress | Pace]:
    total = TIMED_STEPS + 1
    yield Progress(0, total, "Trying some steps")
    read_s, image_bytes = run.reading()
    times = []
    for step_s in run.steps(run.config.batch_size, timed=TIMED_STEPS):
        times.append(step_s)
        yield Progress(len(times), total, "Trying some steps")
    yield Progress(TIMED_STEPS, total, "Trying an evaluation")
    eval_start_s, eval_image_s = run.evaluation()
    yield Pace(
        step_s=median(times) * run.config.accumulate,
        eval_start_s=eval_start_s,
        eval_image_s=eval_image_s,
        save_s=run.saving(),
        read_s=read_s,
        readers=min(max(run.config.workers, 1), os.cpu_count() or 1),
        is_on_gpu=run.device.type != "cpu",
        image_bytes=image_bytes,
        train_images=len(run.data.train),
        val_images=len(run.data.val),
        peak_bytes=run.memory.peak(),
    )


def _best_batch(run: DryRun) -> Iterator[Progress | BatchChoice]:
    limit = int(MARGIN * run.memory.limit())
    powers = [1 << power for power in range(LARGEST_BATCH.bit_length())]
    sizes = [size for size in powers if size == 1 or size * FEWEST_STEPS <= len(run.data.train)]
    best = BatchChoice(1, 0.0, 0)
    reason = f"a larger one leaves an epoch fewer than {FEWEST_STEPS} steps"
    for number, size in enumerate(sizes):
        yield Progress(number, len(sizes), f"Trying a batch of {size}")
        if limit and best.peak_bytes * GROWTH > limit:
            reason = "the next one does not fit into memory"
            break
        tried = _tried(run, size)
        if tried is None or (limit and tried.peak_bytes > limit):
            reason = "the next one does not fit into memory"
            break
        if run.device.type == "cpu" and tried.images_per_s < best.images_per_s * WORTH:
            reason = "a larger one is no faster"
            break
        best = tried
    yield replace(best, reason=reason)


def _tried(run: DryRun, size: int) -> BatchChoice | None:
    """Speed and memory of a batch size; None where memory gives out."""
    run.memory.forget_peak()
    try:
        times = list(run.steps(size, timed=3))
    except RuntimeError as error:
        if not is_out_of_memory(error):
            raise
        return None
    finally:
        if run.device.type == "cuda":
            torch.cuda.empty_cache()
    return BatchChoice(size, size / min(times), run.memory.peak())
