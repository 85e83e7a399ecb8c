"""Batches for training: threads read and augment ahead of the network (OpenCV releases the GIL).

Every sample draws from a generator of its own, seeded by run, epoch and place, so that the number of threads does not
change what is learned. B images of a batch, S the input side, G the boxes of the fullest image.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter

import cv2
import numpy as np
import torch
from torch import Tensor

from yolox_core.errors import FileError, UserError
from yolox_core.images import read_image
from yolox_core.train import augment
from yolox_core.train.augment import Sample
from yolox_core.train.config import TrainConfig
from yolox_core.train.samples import LabelledImage

BATCHES_AHEAD = 2
MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Batch:
    """Images uint8 [B, 3, S, S] BGR (channels last), targets float32 [B, G, 5]: class id, cx, cy, w, h.

    Rows of zeros pad the targets. `wait_s` is how long the network waited for the batch.
    """

    images: Tensor
    targets: Tensor
    wait_s: float


class Sources:
    """Labelled images at the size at which they fit in S x S; kept in memory up to `cache_mb` megabytes."""

    def __init__(self, images: tuple[LabelledImage, ...], side: int, cache_mb: int) -> None:
        self.faults: list[str] = []
        self._images = images
        self._side = side
        self._free_bytes = cache_mb * MEGABYTE
        self._kept: dict[int, Sample] = {}
        self._broken: set[int] = set()

    def __len__(self) -> int:
        return len(self._images)

    def with_boxes(self) -> list[int]:
        """Places of the images that have boxes."""
        return [place for place, image in enumerate(self._images) if len(image.boxes)]

    def sample(self, place: int) -> Sample:
        """The image at `place`; the next readable one where it cannot be read, which is noted in `faults` once."""
        for step in range(len(self)):
            candidate = (place + step) % len(self)
            if candidate not in self._broken:
                try:
                    return self._kept.get(candidate) or self._read(candidate)
                except FileError as error:
                    self._broken.add(candidate)
                    self.faults.append(str(error))
        raise UserError("None of the training images can be read.", action=self.faults[0])

    def _read(self, place: int) -> Sample:
        labelled = self._images[place]
        image = read_image(labelled.file.path)
        height, width = image.shape[:2]
        scale = min(self._side / height, self._side / width)
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        boxes = labelled.boxes.clip(0, [width, height, width, height]) * np.float32(scale)
        shown = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        fitted = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
        sample = Sample(fitted, boxes[shown].astype(np.float32), labelled.class_ids[shown])
        if self._free_bytes >= fitted.nbytes:
            self._free_bytes -= fitted.nbytes
            self._kept[place] = sample
        return sample


class Loader:
    """Batches of augmented samples; `close()` ends its threads."""

    def __init__(self, sources: Sources, config: TrainConfig) -> None:
        self._sources = sources
        self._config = config
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

    def epoch(self, epoch: int, *, is_composed: bool) -> Iterator[Batch]:
        """The batches of one epoch; without mosaic and mixup unless `is_composed`."""
        order = self._order(epoch)
        size = self._config.batch_size
        pending: deque[list[Callable[[], Sample]]] = deque()
        starts = iter(range(0, len(order), size))
        for _ in range(len(order) // size):
            while len(pending) <= BATCHES_AHEAD and (start := next(starts, None)) is not None:
                places = range(start, start + size)
                pending.append([self._ask(epoch, order[place], place, is_composed=is_composed) for place in places])
            began = perf_counter()
            samples = [result() for result in pending.popleft()]
            yield _batch(samples, perf_counter() - began)

    def _order(self, epoch: int) -> list[int]:
        rng = np.random.default_rng((self._config.seed, epoch))
        length = self.steps_per_epoch * self._config.batch_size
        rounds = -(-length // len(self._sources))
        places = np.concatenate([rng.permutation(len(self._sources)) for _ in range(rounds)])
        return [int(place) for place in places[:length]]

    def _ask(self, epoch: int, index: int, place: int, *, is_composed: bool) -> Callable[[], Sample]:
        def make() -> Sample:
            rng = np.random.default_rng((self._config.seed, epoch, place, 1))
            return self.make_sample(index, rng, is_composed=is_composed)

        if self._pool is None:
            return make
        future: Future[Sample] = self._pool.submit(make)
        return future.result

    def make_sample(self, index: int, rng: np.random.Generator, *, is_composed: bool) -> Sample:
        """One augmented sample, S x S, about the image at `index`."""
        config = self._config
        source = self._sources.sample(index)
        if not is_composed or rng.random() >= config.mosaic_prob:
            return augment.plain(source, config.image_size, config, rng)
        others = tuple(self._sources.sample(int(other)) for other in rng.integers(0, len(self._sources), 3))
        sample = augment.mosaic((source, *others), config.image_size, config, rng)
        if len(sample.boxes) and self._with_boxes and rng.random() < config.mixup_prob:
            other = self._sources.sample(self._with_boxes[int(rng.integers(0, len(self._with_boxes)))])
            sample = augment.mixup(sample, other, config, rng)
        return augment.finished(sample, config, rng)


def _batch(samples: list[Sample], wait_s: float) -> Batch:
    images = torch.from_numpy(np.stack([sample.image for sample in samples])).permute(0, 3, 1, 2)
    targets = torch.zeros(len(samples), max(len(sample.boxes) for sample in samples), 5)
    for row, sample in enumerate(samples):
        boxes = torch.from_numpy(sample.boxes)
        count = len(boxes)
        targets[row, :count, 0] = torch.from_numpy(sample.class_ids).float()
        targets[row, :count, 1:3] = (boxes[:, :2] + boxes[:, 2:]) / 2
        targets[row, :count, 3:5] = boxes[:, 2:] - boxes[:, :2]
    return Batch(images, targets, wait_s)
