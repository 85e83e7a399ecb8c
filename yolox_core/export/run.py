"""A checkpoint to a file for other runtimes: made, checked against torch on pictures, and only then put in place."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yolox_core.checkpoint import Checkpoint, build_model
from yolox_core.export.check import (
    HALF_FLOOR,
    HALF_TOLERANCE,
    TOLERANCE,
    check_batches,
    check_difference,
    check_suppressed,
    drawn_picture,
    largest_difference,
)
from yolox_core.export.metadata import file_metadata
from yolox_core.export.network import Deployed, ExportedNetwork, Suppression, undecoded
from yolox_core.export.onnx_file import onnx_model, without_inner_outputs
from yolox_core.export.session import OnnxSession
from yolox_core.export.settings import ExportSettings
from yolox_core.export.torchscript_file import load_torchscript, torchscript_content
from yolox_core.files import write_atomically
from yolox_core.ops.letterbox import input_shape
from yolox_core.records import Progress

DETECTION_NUMBERS = 7  # image, x1, y1, x2, y2, class id, score
BATCHES = (1, 2)
"""The batch sizes that are checked where any goes."""

Run = Callable[[Tensor], list[Tensor]]
"""A batch to what the file gives (first) and its network's predictions (last)."""


@dataclass(frozen=True, slots=True)
class CheckedContent:
    """The content of a file that has passed its check, and what it takes and gives; -1 stands where any number goes.

    `difference` from torch is the largest that was found: of scores as it is, of boxes relative to the input's longer
    side (undecoded: in cells). `batches` are the batch sizes that were compared.
    """

    content: bytes
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    difference: float
    batches: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Exported:
    """A finished file. `difference`, `batches` and the shapes are those of `CheckedContent`."""

    path: Path
    kind: str
    input_shape: tuple[int, ...]
    output_name: str
    output_shape: tuple[int, ...]
    difference: float
    batches: tuple[int, ...]
    size_mb: float


def export_checkpoint(
    checkpoint: Checkpoint, path: Path, settings: ExportSettings, pictures: Sequence[NDArray[np.uint8]] = ()
) -> Iterator[Progress | Exported]:
    """Write the checkpoint's network to `path`; progress, then Exported. The file appears once it has been checked.

    `pictures` (uint8 [H, W, 3] BGR) are what the check looks at: a drawn one if there is none. Raises UserError where
    the file differs from torch, ValueOutOfRange for the settings, Unavailable without onnx or onnxruntime, FileError
    where the file cannot be written; then nothing is left behind.
    """
    for checked in checked_content(checkpoint, settings, pictures):
        if isinstance(checked, Progress):
            yield checked
            continue
        yield Progress(2, 3, "writing the file")
        write_atomically(path, checked.content)
        yield Exported(
            path=path,
            kind=settings.kind,
            input_shape=checked.input_shape,
            output_name=settings.output_name,
            output_shape=checked.output_shape,
            difference=checked.difference,
            batches=checked.batches,
            size_mb=len(checked.content) / 1e6,
        )


def checked_content(
    checkpoint: Checkpoint,
    settings: ExportSettings,
    pictures: Sequence[NDArray[np.uint8]] = (),
    *,
    batches: Sequence[int] = BATCHES,
) -> Iterator[Progress | CheckedContent]:
    """Make the content of a file and compare it with torch; progress, then the content, which nobody has written yet.

    `batches` are the batch sizes to compare where any goes. Raises as `export_checkpoint`, but for FileError.
    """
    settings = settings.checked()
    shape = input_shape(settings.image_size or checkpoint.input_shape)
    sizes = (settings.batch,) if settings.batch else tuple(batches)
    inputs = check_batches(pictures or [drawn_picture()], shape, sizes)
    deployed = _deployed(checkpoint, shape, settings)
    yield Progress(0, 3, f"making the {settings.kind} file")
    make = _make_onnx if settings.kind == "onnx" else _make_torchscript
    metadata = file_metadata(checkpoint, shape, settings)
    content, run = make(deployed, images=inputs[0], settings=settings, metadata=metadata)
    yield Progress(1, 3, "comparing it with torch")
    difference = _checked_difference(run, checkpoint, deployed, inputs, settings)
    batch = settings.batch or -1
    points, numbers = len(deployed.network.cells), 5 + len(checkpoint.class_names)
    yield CheckedContent(
        content=content,
        input_shape=(batch, 3, *shape),
        output_shape=(-1, DETECTION_NUMBERS) if settings.has_nms else (batch, points, numbers),
        difference=difference,
        batches=sizes,
    )


def _deployed(checkpoint: Checkpoint, shape: tuple[int, int], settings: ExportSettings) -> Deployed:
    network = ExportedNetwork(checkpoint, shape, is_decoded=settings.is_decoded)
    if not settings.has_nms:
        return Deployed(network)
    return Deployed(network, Suppression(conf_threshold=settings.conf_threshold, nms_threshold=settings.nms_threshold))


def _make_onnx(
    deployed: Deployed, *, images: Tensor, settings: ExportSettings, metadata: dict[str, object]
) -> tuple[bytes, Run]:
    model = onnx_model(deployed.network, images, settings, metadata)
    session = OnnxSession(model.SerializeToString())
    return without_inner_outputs(model), session.outputs


def _make_torchscript(
    deployed: Deployed, *, images: Tensor, settings: ExportSettings, metadata: dict[str, object]
) -> tuple[bytes, Run]:
    if settings.is_half:
        deployed.network.body.half()
    content = torchscript_content(deployed, images, metadata)
    module = load_torchscript(content)
    return content, lambda batch: [module(batch), module.network(batch)]


def _checked_difference(
    run: Run, checkpoint: Checkpoint, deployed: Deployed, inputs: Sequence[Tensor], settings: ExportSettings
) -> float:
    """The largest difference from torch's own network, never above the tolerance: UserError instead."""
    model = build_model(checkpoint)
    largest = 0.0
    for images in inputs:
        with torch.inference_mode():
            given = run(images)
            expected = model(images) if settings.is_decoded else undecoded(model.head(model.backbone(images)))
            box_unit = max(images.shape[2:]) if settings.is_decoded else 1
            floor = HALF_FLOOR if settings.is_half else 0.0
            largest = max(largest, largest_difference(given[-1], expected, box_unit=box_unit, floor=floor))
            if settings.has_nms:
                check_suppressed(given[0], deployed.suppression(given[-1]))
    check_difference(largest, tolerance=HALF_TOLERANCE if settings.is_half else TOLERANCE)
    return largest
