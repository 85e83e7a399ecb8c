"""Dense predictions of a checkpoint for images of a data set, kept in the cache by checkpoint and image file."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from yolox_core.dataset.folder import ImageFile
from yolox_core.errors import FileError
from yolox_core.files import make_folder
from yolox_core.images import read_image
from yolox_core.infer.detector import Detector
from yolox_core.ops.postprocess import boxes_from_cxcywh
from yolox_core.records import Fault, Progress
from yolox_core.review.dense import FLOOR, MOST_BOXES, MOST_CLASSES, STEPS, Dense, read_dense, write_dense
from yolox_core.user_folders import cache_folder

BATCH = 8
KEPT_BYTES = 2_000_000_000
"""Predictions of the checkpoints that were not used for longest go when all together are larger."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """Dense predictions by name of image, the network's class names, and what kept other images out."""

    class_names: tuple[str, ...]
    dense: dict[str, Dense]
    faults: tuple[Fault, ...] = ()


def predict_images(
    checkpoint: Path, images: Sequence[ImageFile], *, device: str = "auto", image_size: int = 0
) -> Iterator[Progress | Predictions]:
    """What the checkpoint sees in these images; progress first. Only images that are not in the cache are computed.

    Raises FileError for the checkpoint, Unavailable for the device. An image that cannot be read is a fault.
    """
    detector = Detector.open(checkpoint, device=device, image_size=image_size)
    kept = _folder_of(checkpoint, detector.input_shape)
    found: dict[str, Dense] = {}
    faults: list[Fault] = []
    for start in range(0, len(images), BATCH):
        yield Progress(start, len(images), "Looking at the images")
        part = images[start : start + BATCH]
        found |= {image.name: dense for image in part if (dense := read_dense(_place(kept, image))) is not None}
        faults += _predict_new([image for image in part if image.name not in found], detector, kept, found)
    forget_oldest(kept.parent)
    yield Predictions(detector.class_names, found, tuple(faults))


def _predict_new(images: Sequence[ImageFile], detector: Detector, kept: Path, found: dict[str, Dense]) -> list[Fault]:
    """Compute, keep and add the predictions of these images; what is wrong with those that cannot be read."""
    with ThreadPoolExecutor(2) as readers:
        read = list(readers.map(_read, images))
    faults = [picture for picture in read if isinstance(picture, Fault)]
    pairs = [(image, picture) for image, picture in zip(images, read, strict=True) if not isinstance(picture, Fault)]
    if pairs:
        prepared = detector.prepare([picture for _, picture in pairs])
        for (image, _), output, scale in zip(pairs, detector.decoded(prepared), prepared.scales, strict=True):
            found[image.name] = dense_of(output, scale, detector.input_shape)
            with suppress(FileError):  # without a cache the next review takes longer, nothing else
                write_dense(_place(kept, image), found[image.name])
    return faults


def dense_of(output: Tensor, scale: float, input_shape: tuple[int, int]) -> Dense:
    """What is worth keeping of one image's decoded output [A, 5 + C]."""
    scores = output[:, 4] * output[:, 5:].max(dim=1).values
    chosen = torch.argsort(scores, descending=True)[:MOST_BOXES]
    chosen = chosen[scores[chosen] >= FLOOR]
    rows = output[chosen].float().cpu()
    rows = rows[torch.isfinite(rows).all(dim=1)]
    height, width = input_shape
    boxes = boxes_from_cxcywh(rows[:, :4]).clamp(min=0).minimum(torch.tensor((width, height, width, height)))
    probs, ids = rows[:, 5:].topk(min(MOST_CLASSES, rows.shape[1] - 5), dim=1)
    return Dense(
        np.rint(boxes.numpy() * STEPS).astype(np.uint16),
        rows[:, 4].numpy().astype(np.float16),
        ids.numpy().astype(np.uint16),
        probs.numpy().astype(np.float16),
        scale,
    )


def _read(image: ImageFile) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]] | Fault":
    try:
        return read_image(image.path)
    except FileError as error:
        return Fault(error.what, error.where, error.action)


def _folder_of(checkpoint: Path, shape: tuple[int, int]) -> Path:
    """Where predictions of this content of a checkpoint lie, marked as just used."""
    with checkpoint.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(f"{shape} {FLOOR} {MOST_BOXES} {MOST_CLASSES}".encode())
    folder = cache_folder() / "review" / digest.hexdigest()[:32]
    with suppress(FileError, OSError):
        make_folder(folder)
        os.utime(folder)
    return folder


def _place(folder: Path, image: ImageFile) -> Path:
    """The file for an image as it is now; one that is gone has a place, too, where nothing lies."""
    path = image.path
    try:
        state = path.stat()
        text = f"{path.resolve()} {state.st_size} {state.st_mtime_ns}"
    except OSError:
        text = str(path)
    return folder / f"{hashlib.blake2b(text.encode('utf-8', 'surrogateescape'), digest_size=12).hexdigest()}.npz"


def forget_oldest(root: Path, most_bytes: int = KEPT_BYTES) -> None:
    """Delete the predictions of whole checkpoints, those unused for longest first; the latest stays."""
    with suppress(OSError):
        newest_first = sorted(root.iterdir(), key=lambda folder: folder.stat().st_mtime, reverse=True)
        total = 0
        for place, folder in enumerate(newest_first):
            total += sum(file.stat().st_size for file in folder.iterdir())
            if place and total > most_bytes:
                shutil.rmtree(folder, ignore_errors=True)
