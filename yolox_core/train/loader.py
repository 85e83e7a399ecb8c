"""Batches for training: threads read and augment ahead of the network (OpenCV releases the GIL).

Every sample draws from a generator of its own, seeded by run, epoch and place in the epoch: what is learned depends
neither on the number of threads, nor on the cache, nor on how many processes share a batch.
B: images of a batch in this process; H, W: the network input; G: the boxes of the fullest image.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import torch
from torch import Tensor

from yolox_core.errors import ValueOutOfRange
from yolox_core.train import augment
from yolox_core.train.augment import Image, Sample
from yolox_core.train.config import TrainConfig
from yolox_core.train.sources import Sources

BATCHES_AHEAD = 2


@dataclass(frozen=True)
class Batch:
    """Images uint8 [B, 3, H, W] BGR (channels last), targets float32 [B, G, 5]: class id, cx, cy, w, h.

    Rows of zeros pad the targets. `wait_s` is how long the network waited for the batch.
    """

    images: Tensor
    targets: Tensor
    wait_s: float


@dataclass(frozen=True)
class _Pending:
    """A batch under way: its images, which threads draw into, and what to call for each finished sample."""

    images: Tensor
    samples: list[Callable[[], Sample]]


class Loader:
    """Batches of augmented samples; `close()` ends its threads.

    `config.batch_size` counts the images of all `world_size` processes together. Each process makes its own part, so
    that all of them together see exactly what one alone would see. `pin` puts batches where a GPU copies them faster.
    """

    def __init__(
        self, sources: Sources, config: TrainConfig, *, rank: int = 0, world_size: int = 1, pin: bool = False
    ) -> None:
        if config.batch_size % world_size:
            raise ValueOutOfRange(
                f"A batch of {config.batch_size} images cannot be shared among {world_size} processes.",
                field="batch_size",
                action=f"Use a multiple of {world_size}.",
            )
        self._sources = sources
        self._config = config
        self._part = config.batch_size // world_size
        self._first = rank * self._part
        self._pin = pin
        self._with_boxes = sources.with_boxes()
        self._pool = ThreadPoolExecutor(config.workers, "augment") if config.workers else None

    @property
    def steps_per_epoch(self) -> int:
        """Full batches that show every image at least once."""
        return -(-len(self._sources) // self._config.batch_size)

    def close(self) -> None:
        """End the threads; samples under way are dropped."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def epoch(self, epoch: int, *, is_composed: bool, first_step: int = 0) -> Iterator[Batch]:
        """The batches of one epoch from `first_step` (counted from 0); no mosaic and mixup unless `is_composed`."""
        order = self._order(epoch)
        pending: deque[_Pending] = deque()
        for step in range(first_step, self.steps_per_epoch + BATCHES_AHEAD):
            if step < self.steps_per_epoch:
                start = step * self._config.batch_size + self._first
                pending.append(self._started(epoch, order, start, self._part, is_composed=is_composed))
            if step >= first_step + BATCHES_AHEAD:
                yield _awaited(pending.popleft())

    def batch(self, epoch: int, step: int, *, is_composed: bool, most: int) -> Batch:
        """The first `most` images of a batch of an epoch, `step` counted from 0: the same as `epoch` gives."""
        start, count = step * self._config.batch_size + self._first, min(most, self._part)
        return _awaited(self._started(epoch, self._order(epoch), start, count, is_composed=is_composed))

    def make_sample(
        self, index: int, rng: np.random.Generator, *, is_composed: bool, out: Image | None = None
    ) -> Sample:
        """One augmented sample, H x W, about the image at `index`, drawn into `out` where it is given."""
        config, sources = self._config, self._sources
        out = np.empty((*config.input_shape, 3), np.uint8) if out is None else out
        source = sources.sample(index)
        if not is_composed or rng.random() >= config.mosaic_prob:
            return augment.plain(source, out, config, rng)
        others = tuple(sources.sample(int(other)) for other in rng.integers(0, len(sources), 3))
        is_mirrored = rng.random() < config.flip_prob
        sample = augment.mosaic((source, *others), config.input_shape, config, rng, is_mirrored=is_mirrored)
        if len(sample.boxes) and self._with_boxes and rng.random() < config.mixup_prob:
            other = sources.sample(self._with_boxes[int(rng.integers(0, len(self._with_boxes)))])
            sample = augment.mixup(sample, other, config, rng, is_mirrored=is_mirrored)
        return augment.finished(sample, out, config, rng)

    def _order(self, epoch: int) -> list[int]:
        rng = np.random.default_rng((self._config.seed, epoch))
        length = self.steps_per_epoch * self._config.batch_size
        rounds = -(-length // len(self._sources))
        places = np.concatenate([rng.permutation(len(self._sources)) for _ in range(rounds)])
        return [int(place) for place in places[:length]]

    def _started(self, epoch: int, order: list[int], start: int, count: int, *, is_composed: bool) -> _Pending:
        images = torch.empty((count, *self._config.input_shape, 3), dtype=torch.uint8, pin_memory=self._pin)
        samples = [
            self._ask((epoch, place), order[place], out, is_composed=is_composed)
            for place, out in enumerate(images.numpy(), start)
        ]
        return _Pending(images, samples)

    def _ask(self, seed: tuple[int, int], index: int, out: Image, *, is_composed: bool) -> Callable[[], Sample]:
        def make() -> Sample:
            rng = np.random.default_rng((self._config.seed, *seed, 1))
            return self.make_sample(index, rng, is_composed=is_composed, out=out)

        if self._pool is None:
            return make
        future: Future[Sample] = self._pool.submit(make)
        return future.result


def _awaited(pending: _Pending) -> Batch:
    began = perf_counter()
    samples = [result() for result in pending.samples]
    targets = np.zeros((len(samples), max(len(sample.boxes) for sample in samples), 5), np.float32)
    for rows, sample in zip(targets, samples, strict=True):
        count, boxes = len(sample.boxes), sample.boxes
        rows[:count, 0] = sample.class_ids
        rows[:count, 1:3] = (boxes[:, :2] + boxes[:, 2:]) / 2
        rows[:count, 3:5] = boxes[:, 2:] - boxes[:, :2]
    return Batch(pending.images.permute(0, 3, 1, 2), torch.from_numpy(targets), perf_counter() - began)
