"""Rows of reading and augmenting against the reference's mosaic data set as kept by `pixeltable-yolox`.

Both work in one thread and are timed by the seconds of processor they use, so that other work on the machine counts
little.
"""

import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import process_time

import cv2
import numpy as np
import torch
from yolox.data import CocoDataset, MosaicDetection, TrainTransform

from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.dataset.folder import ImageFile
from yolox_core.images import read_size
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.loader import Loader
from yolox_core.train.samples import LabelledImage
from yolox_core.train.sources import Sources

IMAGES = 48
SAMPLES = 32
BCCD = Path(__file__).resolve().parents[3] / "shared" / "data" / "BCCD" / "JPEGImages"
Truth = list[LabelledImage]


def rows() -> list[Row]:
    """Mosaic with mixup at both sizes, images read each time and from memory; bytes to the device; bytes kept."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        truth = _images(Path(folder))
        rows = [row for side in (320, 640) for row in _sample_rows(truth, Path(folder), side)]
        return [*rows, _bytes_row(truth), _cache_row(truth)]


def _images(folder: Path) -> Truth:
    """Images with eight boxes each: of BCCD where it is there, else of noise as large, which is slower to decode."""
    rng = np.random.default_rng(0)
    paths = sorted(BCCD.glob("*.jpg"))[:IMAGES] if BCCD.is_dir() else []
    for number in range(0 if paths else IMAGES):
        path = folder / f"{number}.jpg"
        cv2.imwrite(str(path), cv2.blur(rng.integers(0, 256, (480, 640, 3), dtype=np.uint8), (9, 9)))
        paths.append(path)
    return [_labelled(path, rng) for path in paths]


def _labelled(path: Path, rng: np.random.Generator) -> LabelledImage:
    width, height = read_size(path)
    low = rng.uniform(0, 0.6, (8, 2))
    boxes = np.hstack((low, low + rng.uniform(0.1, 0.4, (8, 2)))) * [width, height, width, height]
    return LabelledImage(ImageFile.at(path.stem, path, path), boxes.astype(np.float32), rng.integers(0, 3, 8))


def _sample_rows(truth: Truth, folder: Path, side: int) -> list[Row]:
    """As we train, with images kept, against the peer as it trains and with its cache; last, neither keeps any."""
    kept, read = _ours(truth, side, 1000), _ours(truth, side, 0)
    peer_kept, peer_read = (_peer(truth, folder, side, is_cached=is_cached) for is_cached in (True, False))
    what = f"mosaic + mixup, {side} px"
    return [
        _sample_row(f"{what}, defaults of both", kept, peer_read, 4.0),
        _sample_row(f"{what}, images kept in memory by both", kept, peer_kept, 2.5),
        _sample_row(f"{what}, images decoded each time by both", read, peer_read, 1.0),
    ]


def _sample_row(what: str, ours: Callable[[], None], peer: Callable[[], None], at_least: float) -> Row:
    mine, theirs = (SAMPLES / time * 1000 for time in in_turns(ours, peer, repeats=5, clock=process_time))
    return Row(what, mine, theirs, "/s", mine / theirs, f">= {at_least:g}x", mine / theirs >= at_least)


def _config(side: int) -> TrainConfig:
    return replace(recipe("s"), image_size=side, workers=0, batch_size=8)


def _ours(truth: Truth, side: int, cache_mb: int) -> Callable[[], None]:
    """Whole batches, as the network gets them."""
    loader = Loader(Sources(tuple(truth), (side, side), cache_mb), _config(side))

    def make() -> None:
        for _, _batch in zip(range(SAMPLES // 8), loader.epoch(1, is_composed=True), strict=False):
            pass

    return make


def _peer(truth: Truth, folder: Path, side: int, *, is_cached: bool) -> Callable[[], None]:
    """Samples, stacked into batches as its data loader stacks them."""
    config = _config(side)
    data = CocoDataset(str(folder), str(_coco_file(truth, folder)), "", (side, side), cache=is_cached)
    samples = MosaicDetection(
        data,
        (side, side),
        preproc=TrainTransform(max_labels=120),
        mosaic_scale=(config.mosaic_scale_min, config.mosaic_scale_max),
    )

    def make() -> None:
        for start in range(0, SAMPLES, 8):
            made = [samples[place % len(truth)] for place in range(start, start + 8)]
            np.stack([image for image, *_ in made])
            np.stack([labels for _, labels, *_ in made])

    return make


def _coco_file(truth: Truth, folder: Path) -> Path:
    images: list[dict[str, object]] = []
    boxes: list[dict[str, object]] = []
    for number, labelled in enumerate(truth, 1):
        width, height = read_size(labelled.file.path)
        images.append({"id": number, "file_name": str(labelled.file.path), "width": width, "height": height})
        for (x1, y1, x2, y2), class_id in zip(labelled.boxes.tolist(), labelled.class_ids.tolist(), strict=True):
            bbox, area = [x1, y1, x2 - x1, y2 - y1], (x2 - x1) * (y2 - y1)
            names = {"id": len(boxes) + 1, "image_id": number, "category_id": class_id, "iscrowd": 0}
            boxes.append({**names, "bbox": bbox, "area": area})
    categories = [{"id": number, "name": str(number)} for number in range(3)]
    path = folder / "truth.json"
    path.write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))
    return path


def _bytes_row(truth: Truth) -> Row:
    """What one image costs on its way to the device."""
    loader = Loader(Sources(tuple(truth), (640, 640), 0), _config(640))
    batch = next(loader.epoch(1, is_composed=True))
    ours, peer = batch.images.nbytes / len(batch.images) / 1e6, 640 * 640 * 3 * 4 / 1e6
    return Row("bytes to the device for an image of 640 px", ours, peer, "MB", peer / ours, "<= 1.23 MB", ours < 1.23)


def _cache_row(truth: Truth) -> Row:
    """Memory kept against its bound of 20 MB, where all images would need more."""
    sources = Sources(tuple(truth), (640, 640), 20)
    for place in range(len(sources)):
        sources.sample(place)
    ours = sources.kept_bytes / 1e6
    return Row("images kept in memory, bound of 20 MB", ours, 20.0, "MB", 20 / ours, "<= 20 MB", ours <= 20)
