"""Which images to label next: those on which the network is least sure, near-identical ones counted once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.alike_groups import alike_groups
from yolox_core.dataset.folder import ImageFile
from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Progress
from yolox_core.review.fitting import Softmax, fit_softmax
from yolox_core.review.planting import Labels
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]

TRUE_IOU = 0.5
FEWEST = 50  # candidates of labelled images from which on their scores are calibrated


@dataclass(frozen=True, slots=True)
class NextImage:
    """An image worth labelling: `doubt` is the sum of 4p(1 - p) over its candidates, `likes` as many images like it."""

    image: str
    doubt: float
    candidates: int
    likes: int = 0


def rank_next(
    images: Sequence[ImageFile], seen: Mapping[str, Seen], labelled: Sequence[tuple[Labels, Seen]]
) -> Iterator[Progress | tuple[NextImage, ...]]:
    """The images [among which to choose], most doubtful first, one of each near-identical group; progress first.

    Probabilities are calibrated on `labelled` images, as far as there are enough; scores stand in for them else.
    """
    groups = np.zeros(0, np.int64)
    for record in alike_groups(images):
        if isinstance(record, Progress):
            yield record
        else:
            groups = record
    model = calibrated_scores(labelled)
    rows = [_row(image.name, seen[image.name], model) for image in images if image.name in seen]
    group_of = dict(zip((image.name for image in images), groups.tolist(), strict=True))
    best: dict[int, NextImage] = {}
    sizes: dict[int, int] = {}
    for row in sorted(rows, key=lambda row: -row.doubt):
        best.setdefault(group_of[row.image], row)
        sizes[group_of[row.image]] = sizes.get(group_of[row.image], 0) + 1
    yield tuple(NextImage(row.image, row.doubt, row.candidates, sizes[group] - 1) for group, row in best.items())


def calibrated_scores(labelled: Sequence[tuple[Labels, Seen]]) -> Softmax | None:
    """What tells true candidates from false ones on labelled images; None where there are too few of either."""
    if not labelled:
        return None
    features = np.concatenate([_features(seen) for _, seen in labelled])
    is_true = np.concatenate([_is_true(labels, seen) for labels, seen in labelled])
    if len(is_true) < FEWEST or is_true.all() or not is_true.any():
        return None
    return fit_softmax(features, is_true.astype(np.int64), 2)


def _row(name: str, seen: Seen, model: Softmax | None) -> NextImage:
    chances = seen.scores if model is None else model.probabilities(_features(seen))[:, 1]
    return NextImage(name, float((4 * chances * (1 - chances)).sum()), len(chances))


def _features(seen: Seen) -> Floats:
    columns = (np.log(seen.scores), seen.scores, seen.margins, np.log(seen.spreads + 0.01), np.log1p(seen.support))
    return np.stack(columns, axis=1)


def _is_true(labels: Labels, seen: Seen) -> NDArray[np.bool_]:
    overlap = pairwise_iou(seen.proposals, labels.boxes) * (seen.class_ids[:, None] == labels.class_ids)
    found: NDArray[np.bool_] = overlap.max(axis=1, initial=0.0) >= TRUE_IOU
    return found
