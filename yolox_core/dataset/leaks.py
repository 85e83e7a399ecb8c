"""Validation images that the network has seen in training, whose AP therefore says too much."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from pathlib import Path

import numpy as np

from yolox_core.dataset.folder import ImageFile
from yolox_core.dataset.similar import SIDE, Look, alike_pairs, look_of
from yolox_core.records import Progress

BATCH = 64
WORKERS = 2
COPIES = ".rf."  # Roboflow puts it between the name of a source and that of each augmented copy


class LeakKind(Enum):
    """How a validation image is known to the training; the value says it."""

    LISTED = "is in both splits"
    COPY = "has the very bytes of a training image"
    SOURCE = "comes from the same source as a training image"
    ALIKE = "looks almost the same as a training image"


@dataclass(frozen=True, slots=True)
class Leak:
    """A validation image and the training image that gives it away."""

    kind: LeakKind
    val: ImageFile
    train: ImageFile


def find_leaks(
    train: Sequence[ImageFile], val: Sequence[ImageFile], *, looks_at_pictures: bool = True
) -> Iterator[Progress | Leak]:
    """At most one leak for each validation image, the surest kind; progress while pictures are looked at."""
    found: set[str] = set()
    for leak in (*_listed_twice(train, val), *_copies(train, val), *_same_source(train, val)):
        if leak.val.name not in found:
            found.add(leak.val.name)
            yield leak
    if looks_at_pictures:
        yield from _alike(train, [image for image in val if image.name not in found])


def _listed_twice(train: Sequence[ImageFile], val: Sequence[ImageFile]) -> Iterator[Leak]:
    known = {image.name: image for image in train}
    yield from (Leak(LeakKind.LISTED, image, known[image.name]) for image in val if image.name in known)


def _copies(train: Sequence[ImageFile], val: Sequence[ImageFile]) -> Iterator[Leak]:
    """Files of the same bytes: only those of the same length are read."""
    by_length: dict[int, list[ImageFile]] = defaultdict(list)
    for image in train:
        by_length[_length(image.path)].append(image)
    digests: dict[Path, bytes] = {}
    for image in val:
        others = by_length.get(_length(image.path), ())
        same = next((other for other in others if _digest(image.path, digests) == _digest(other.path, digests)), None)
        if same is not None:
            yield Leak(LeakKind.COPY, image, same)


def _same_source(train: Sequence[ImageFile], val: Sequence[ImageFile]) -> Iterator[Leak]:
    known = {_source(image): image for image in train if COPIES in image.file_name}
    for image in val:
        if COPIES in image.file_name and _source(image) in known:
            yield Leak(LeakKind.SOURCE, image, known[_source(image)])


def _alike(train: Sequence[ImageFile], val: Sequence[ImageFile]) -> Iterator[Progress | Leak]:
    images = [*val, *train] if val else []
    looks: Look = np.zeros((len(images), SIDE * SIDE), np.float32)
    with ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, len(images), BATCH):
            yield Progress(start, len(images), "Comparing the pictures of the splits")
            part = images[start : start + BATCH]
            looks[start : start + len(part)] = list(pool.map(lambda image: look_of(image.path), part))
    for one, other in alike_pairs(looks[: len(val)], looks[len(val) :]):
        yield Leak(LeakKind.ALIKE, val[one], train[other])


def _source(image: ImageFile) -> str:
    return image.file_name.partition(COPIES)[0]


def _length(path: Path) -> int:
    with suppress(OSError):
        return path.stat().st_size
    return -1


def _digest(path: Path, known: dict[Path, bytes]) -> bytes:
    """A digest of the file; of one that cannot be read its path, which no other has."""
    if path not in known:
        try:
            known[path] = blake2b(path.read_bytes()).digest()
        except OSError:
            known[path] = str(path).encode("utf-8", "surrogateescape")
    return known[path]
