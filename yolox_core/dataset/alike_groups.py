"""Images that belong together: near-identical pictures and augmented copies of one source."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import ImageFile
from yolox_core.dataset.similar import ALIKE, ROWS, SIDE, Look, look_of
from yolox_core.records import Progress

BATCH = 64
WORKERS = 2
COPIES = ".rf."  # Roboflow puts it between the name of a source and that of each augmented copy


def alike_groups(images: Sequence[ImageFile]) -> Iterator[Progress | NDArray[np.int64]]:
    """Progress while the pictures are looked at, then the group of each image: the place of its first member."""
    looks: Look = np.zeros((len(images), SIDE * SIDE), np.float32)
    with ThreadPoolExecutor(WORKERS) as pool:
        for start in range(0, len(images), BATCH):
            yield Progress(start, len(images), "Looking for near-identical images")
            part = images[start : start + BATCH]
            looks[start : start + len(part)] = list(pool.map(lambda image: look_of(image.path), part))
    yield _joined(len(images), (*_source_pairs(images), *_look_pairs(looks)))


def _look_pairs(looks: Look) -> Iterator[tuple[int, int]]:
    for start in range(0, len(looks), ROWS):
        first, second = np.nonzero(looks[start : start + ROWS] @ looks[start:].T >= ALIKE)
        before = first < second
        yield from zip((first[before] + start).tolist(), (second[before] + start).tolist(), strict=True)


def _source_pairs(images: Sequence[ImageFile]) -> Iterator[tuple[int, int]]:
    first: dict[str, int] = {}
    for place, image in enumerate(images):
        source, is_copy, _ = image.file_name.partition(COPIES)
        if is_copy:
            yield first.setdefault(source, place), place


def _joined(count: int, pairs: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """The first member of the chain of pairs that each of 0..count-1 hangs on."""
    above = list(range(count))

    def top(place: int) -> int:
        while above[place] != place:
            above[place] = above[above[place]]
            place = above[place]
        return place

    for one, other in pairs:
        low, high = sorted((top(one), top(other)))
        above[high] = low
    return np.array([top(place) for place in range(count)], np.int64)
