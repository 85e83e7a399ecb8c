"""How long each step from a video to its boxes takes, and how fast each network size is on this machine.

Timing needs no trained network: the work is the same whatever the weights are, except for suppression, of which random
weights would make too much or too little. Tables of sizes therefore time the network alone.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch
from torch import Tensor

from yolox_core.checkpoint import Checkpoint
from yolox_core.errors import UserError
from yolox_core.export.network import ExportedNetwork
from yolox_core.export.session import OnnxSession
from yolox_core.infer.backends import Backend, exported_content
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.ops.letterbox import input_shape
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.sources import FrameSource
    from yolox_core.infer.thresholds import Thresholds

Result = TypeVar("Result")

PRECISIONS = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
STEPS = ("decode", "preprocess", "network", "suppression", "drawing")
COMPARED = ("nano", "tiny", "s", "m", "l", "x")
COCO_CLASSES = 80
WARM_UP, LEAST_PASSES, LEAST_S = 2, 3, 1.0


@dataclass(frozen=True, slots=True)
class StepTime:
    """Milliseconds a frame of one step: mean and 95th percentile."""

    step: str
    mean_ms: float
    p95_ms: float


@dataclass(frozen=True, slots=True)
class SizeSpeed:
    """A network size with 80 classes and random weights: million parameters, ms an image, and what computed it."""

    size: str
    image_size: int
    parameters_m: float
    ms: float
    backend: str

    @property
    def images_per_s(self) -> float:
        """Images a second, one after the other."""
        return 1000 / self.ms


def time_steps(
    video: "FrameSource", detector: "Detector", thresholds: "Thresholds", *, frames: int = 60
) -> Iterator[Progress | tuple[StepTime, ...]]:
    """What each step costs over the first frames of a video, drawing into the picture included; the result last."""
    from yolox_core.infer.drawing import draw_detections

    count = min(frames, video.frames)
    costs: dict[str, list[float]] = {name: [] for name in STEPS}
    detector.predict([video.frame(0)])
    decode, preprocess, network, suppression, drawing = costs.values()
    for number in range(count):
        image = _timed(decode, partial(video.frame, number))
        prepared = _timed(preprocess, partial(detector.prepare, [image]))
        [candidates] = _timed(network, partial(detector.look, prepared))
        found = _timed(suppression, partial(thresholds.detections, candidates))
        _timed(drawing, partial(draw_detections, image, found, detector.class_names))
        yield Progress(number + 1, count, "timing the steps")
    yield tuple(StepTime(step, float(np.mean(ms)), float(np.percentile(ms, 95))) for step, ms in costs.items())


def compare_sizes(
    device: torch.device, *, image_size: int = 0, precision: str = "float32", sizes: tuple[str, ...] = COMPARED
) -> Iterator[Progress | SizeSpeed]:
    """The speed of each network size with random weights, batch 1; `image_size` 0 takes the usual one of each size."""
    for place, size in enumerate(sizes):
        yield Progress(place, len(sizes), f"timing {size}")
        side = image_size or SIZES[size].image_size
        model = YOLOX(SIZES[size], COCO_CLASSES)
        names = tuple(str(number) for number in range(COCO_CLASSES))
        parameters = sum(weight.numel() for weight in model.parameters())
        checkpoint = Checkpoint(size, names, side, model.state_dict())
        network, backend = _network(checkpoint, device, precision)
        images = torch.zeros(1, 3, side, side, device=device)
        yield SizeSpeed(size, side, parameters / 1e6, _network_ms(network, images), backend)
    yield Progress(len(sizes), len(sizes), "done")


def _network(checkpoint: Checkpoint, device: torch.device, precision: str) -> tuple[Backend, str]:
    """The network as a detector would compute it on this device, and by what."""
    shape = input_shape(checkpoint.input_shape)
    if device.type == "cpu" and precision == "float32":
        with suppress(UserError):
            return OnnxSession(exported_content(checkpoint, shape)), "ONNX Runtime"
    return ExportedNetwork(checkpoint, shape, is_decoded=True).to(device, PRECISIONS[precision]), "torch"


@torch.inference_mode()
def _network_ms(network: Callable[[Tensor], Tensor], images: Tensor) -> float:
    """Median milliseconds of a pass: at least LEAST_PASSES of them, and as many as LEAST_S holds."""
    passes: list[float] = []
    for _ in range(WARM_UP):
        network(images).sum().item()
    while len(passes) < LEAST_PASSES or sum(passes) < LEAST_S * 1000:
        _timed(passes, lambda: network(images)[0, 0, 0].item())
    return float(np.median(passes))


def _timed(costs: list[float], work: Callable[[], Result]) -> Result:
    start_s = perf_counter()
    result = work()
    costs.append((perf_counter() - start_s) * 1000)
    return result
