"""Samples as a run will see them, before it starts: the batches of an epoch, and which anchor points learn which box.

They come from the run's own loader; a network, where one is asked for, sees them as in a step of training. It computes
on the CPU, so that no run beside it loses memory of its GPU.
"""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
import torch

from yolox_core.dataset.folder import DataFolder
from yolox_core.model.head import anchor_points
from yolox_core.model.simota import assign
from yolox_core.model.yolox import YOLOX
from yolox_core.ops.boxes import cxcywh_to_xyxy
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.loader import Loader
from yolox_core.train.network_input import NetworkInput, network_input, raw_predictions
from yolox_core.train.plan import Plan
from yolox_core.train.preview_network import network_key, preview_network
from yolox_core.train.preview_records import Positives, Preview, PreviewRequest, PreviewSample
from yolox_core.train.samples import TrainingData, read_training_data
from yolox_core.train.shapes import shape_of_step
from yolox_core.train.sizes import Shape
from yolox_core.train.sources import Sources
from yolox_core.train.start_network import StartNetwork, begin_training
from yolox_core.train.stepper import precision_of

CACHE_MB = 300
MOST_AT_ONCE = 16  # images of a batch that a network sees here: a larger batch does not fit into every memory
CPU = torch.device("cpu")

Reading = Generator[Progress, None, TrainingData]


class Previewer:
    """Makes previews of one data set, one after another, and keeps what the next one needs too."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._data: tuple[object, TrainingData] | None = None
        self._sources: tuple[object, Sources] | None = None
        self._network: tuple[object, StartNetwork] | None = None

    def records(self, request: PreviewRequest) -> Iterator[Progress | Preview]:
        """Progress, then the preview. Raises UserError where a run with these settings could not start either."""
        config = request.config.checked()
        data = yield from self._read(config)
        network = None
        if request.network:
            yield Progress(0, 0, "Loading the network")
            network = self._network_for(request, data.class_names)
        with closing(Loader(self._sources_for(config, data), config)) as loader:
            plan = Plan.of(config, batches_per_epoch=loader.steps_per_epoch)
            request = _placed(request, plan, loader)
            shape = _shape(request, plan)
            samples: list[PreviewSample] = []
            for given in _given(request, loader, shape, is_composed=not plan.is_plain(request.epoch)):
                yield Progress(len(samples), request.images, "Making samples")
                samples += _samples(given, network.model if network else None, config)
        yield Preview(
            request=request,
            samples=tuple(samples[: request.images]),
            class_names=data.class_names,
            shape=shape,
            epochs=plan.epochs,
            plain_epochs=plan.plain_epochs,
            steps_per_epoch=loader.steps_per_epoch,
            remarks=_remarks(network, config),
        )

    def _read(self, config: TrainConfig) -> Reading:
        key = (config.train_split, config.val_split, config.seed)
        if self._data is None or self._data[0] != key:
            for record in read_training_data(self._folder, config):
                if isinstance(record, TrainingData):
                    self._data = (key, record)
                else:
                    yield record
        assert self._data is not None
        return self._data[1]

    def _sources_for(self, config: TrainConfig, data: TrainingData) -> Sources:
        key = (id(data), config.input_shape)
        if self._sources is None or self._sources[0] != key:
            self._sources = (key, Sources(data.train, config.input_shape, CACHE_MB))
        return self._sources[1]

    def _network_for(self, request: PreviewRequest, class_names: tuple[str, ...]) -> StartNetwork:
        key = network_key(request, class_names)
        if self._network is None or self._network[0] != key:
            self._network = (key, preview_network(request, class_names))
        return self._network[1]


def _placed(request: PreviewRequest, plan: Plan, loader: Loader) -> PreviewRequest:
    """The request at the nearest place that the run has."""
    epoch, step = min(max(request.epoch, 1), plan.epochs), min(max(request.step, 1), loader.steps_per_epoch)
    return replace(request, epoch=epoch, step=step)


def _shape(request: PreviewRequest, plan: Plan) -> Shape:
    if not request.is_resized:
        return request.config.input_shape
    steps_before = (request.epoch - 1) * plan.steps_per_epoch + (request.step - 1) // request.config.accumulate
    return shape_of_step(request.config, steps_before + 1)


def _given(request: PreviewRequest, loader: Loader, shape: Shape, *, is_composed: bool) -> Iterator[NetworkInput]:
    """What the network gets, batch by batch, until there are as many images as are asked for or the epoch ends."""
    wanted, step = request.images, request.step - 1
    while wanted > 0 and step < loader.steps_per_epoch:
        most = MOST_AT_ONCE if request.network else wanted
        given = network_input(loader.batch(request.epoch, step, is_composed=is_composed, most=most), shape, CPU)
        yield given
        wanted, step = wanted - len(given.images), step + 1


@torch.no_grad()
def _samples(given: NetworkInput, network: YOLOX | None, config: TrainConfig) -> list[PreviewSample]:
    """The images and boxes of a batch, with the positives of a network in training mode."""
    images = given.images.round().to(torch.uint8).permute(0, 2, 3, 1).numpy()
    targets, samples = given.targets, []
    found = _positives(given, network, config) if network else [None] * len(images)
    for image, rows, positives in zip(images, targets, found, strict=True):
        rows = rows[rows.sum(dim=1) > 0]
        boxes = cxcywh_to_xyxy(rows[:, 1:]).numpy()
        samples.append(PreviewSample(np.ascontiguousarray(image), boxes, rows[:, 0].long().numpy(), positives))
    return samples


def _positives(given: NetworkInput, network: YOLOX, config: TrainConfig) -> list[Positives | None]:
    begin_training(network, config)
    raw = raw_predictions(network, given.images, precision_of(config.precision, CPU))
    height, width = given.images.shape[2:]
    points = anchor_points(height, width, like=raw)
    found = assign(raw, points, given.targets)
    centres, strides = (points.cells + 0.5) * points.strides, points.strides[:, 0].long()
    masks = [found.image == number for number in range(len(raw))]
    return [
        Positives(
            centres=centres[found.anchor[mask]].numpy(),
            strides=strides[found.anchor[mask]].numpy(),
            boxes=found.box[mask].numpy(),
            ious=found.iou[mask].numpy(),
        )
        for mask in masks
    ]


def _remarks(network: StartNetwork | None, config: TrainConfig) -> tuple[str, ...]:
    if network is None:
        return ()
    if config.batch_size <= MOST_AT_ONCE:
        return network.remarks
    part = f"Normalised over {MOST_AT_ONCE} images of the {config.batch_size} of a batch."
    return (*network.remarks, part)
