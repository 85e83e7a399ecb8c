"""A few real steps on real batches, to measure time and memory before a run; nothing of it is kept."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from itertools import chain, count
from time import perf_counter

import torch

from yolox_core.dataset.folder import DataFolder
from yolox_core.infer.device import pick_device
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.device_memory import DeviceMemory
from yolox_core.train.diagnosis import Learning
from yolox_core.train.events import Evaluated
from yolox_core.train.loader import Loader
from yolox_core.train.samples import TrainingData, read_training_data
from yolox_core.train.sizes import largest_shape
from yolox_core.train.sources import Sources
from yolox_core.train.start import local_start
from yolox_core.train.start_network import start_network
from yolox_core.train.stepper import Stepper
from yolox_core.train.validation import Validation
from yolox_core.train.world import ALONE

WARM_UP_STEPS = 2
TIMED_S = 12.0  # one step at least is timed, and no more than fit into this
FEW_IMAGES, MORE_IMAGES = 4, 24
BATCHES_KEPT = 4


def prepared(config: TrainConfig, folder: DataFolder) -> Iterator["Progress | DryRun"]:
    """Progress of reading the labels, then a dry run. Raises UserError where these settings could not train."""
    for record in read_training_data(folder, config.checked()):
        yield DryRun(config, folder, record) if isinstance(record, TrainingData) else record


class DryRun:
    """A network in training on a part of the data set."""

    def __init__(self, config: TrainConfig, folder: DataFolder, data: TrainingData) -> None:
        self.config, self.data = config, data
        self.device = pick_device(config.device)
        self.memory = DeviceMemory(self.device)
        self._folder = folder
        model = start_network(config, data.class_names, local_start(config)).model
        self._stepper = Stepper(model, config, self.device, ALONE, classes=len(data.class_names))

    def steps(self, batch_size: int, *, timed: int) -> Iterator[float]:
        """Seconds of each timed step. Two steps at the largest input come first: for the peak of memory."""
        config = replace(self.config, batch_size=batch_size)
        self._stepper.train_mode()
        with closing(Loader(self._sources(batch_size), config)) as loader:
            batches = chain.from_iterable(loader.epoch(epoch, is_composed=True) for epoch in count(1))
            for _ in range(WARM_UP_STEPS):
                self._stepper.step([next(batches)], rate=0.0, shape=largest_shape(config), use_l1=True)
            first = perf_counter()
            for _ in range(timed):
                began = perf_counter()
                self._stepper.step([next(batches)], rate=0.0, shape=config.input_shape, use_l1=False)
                yield perf_counter() - began
                if perf_counter() - first > TIMED_S:
                    return

    def evaluation(self) -> tuple[float, float]:
        """Seconds of an evaluation beside its images, and of each image; both 0 without validation images."""
        if not self.data.val:
            return 0.0, 0.0
        self._evaluation_s(FEW_IMAGES)
        few, few_s = min(FEW_IMAGES, len(self.data.val)), self._evaluation_s(FEW_IMAGES)
        more = min(MORE_IMAGES, len(self.data.val))
        if more == few or few_s > TIMED_S:
            return 0.0, few_s / few
        image_s = max((self._evaluation_s(MORE_IMAGES) - few_s) / (more - few), 0.0)
        return max(few_s - few * image_s, 0.0), image_s

    def saving(self) -> float:
        """Seconds that the checkpoints of an epoch take: one copy to go back to, one for the disk."""
        began = perf_counter()
        state = self._stepper.state()
        copied = perf_counter()
        with tempfile.TemporaryFile() as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        return perf_counter() - began + (copied - began)

    def reading(self) -> tuple[float, int]:
        """Seconds of reading an image for the first time, and bytes that it takes in the cache."""
        sources = self._sources(1)
        began = perf_counter()
        samples = [sources.sample(place) for place in range(len(sources))]
        return (perf_counter() - began) / len(samples), sum(s.image.nbytes for s in samples) // len(samples)

    def _sources(self, batch_size: int) -> Sources:
        """A part of the images, all of which the cache takes: reading is measured by itself."""
        some = self.data.train[: max(batch_size * BATCHES_KEPT, FEW_IMAGES)]
        return Sources(some, self.config.input_shape, cache_mb=1_000_000)

    def _evaluation_s(self, images: int) -> float:
        part = replace(self.data, val=self.data.val[:images])
        validation = Validation(self.config, self._folder, part, self.device, ALONE)
        nothing_learned = Learning(steps=1, warmup_steps=1, first_loss=0.0, latest_loss=0.0)
        events = validation.events(self._stepper.average.model, nothing_learned, epoch=1)
        return next(event.time_s for event in events if isinstance(event, Evaluated))
