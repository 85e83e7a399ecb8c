"""Self-calibration: known errors are planted into the user's own labels, and a model learns what gives them away.

Letters: `N` labels or free candidates of all images, `F` features.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.features import Compared, compare
from yolox_core.review.fitting import Softmax, fit_softmax
from yolox_core.review.planting import Error, Labels, Planted, Rates, plant
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

PLANTED = Rates(0.12, 0.12, 0.08, 0.08, 0.03, (0.3, 0.8), (0.6, 0.97))
ROUNDS, ROUNDS_OF_FEW, FEW = 4, 8, 100
SAME_OBJECT = 0.5
CONTEXT = (1, 3, 6, 8, 9, 13, 20)
"""Columns of the label features that are also given as their distance from the mean of the class."""
FREE_CONTEXT = (0, 11)


@dataclass(frozen=True, eq=False)
class Models:
    """What tells faults: `labels` gives probabilities of Error's five, `missing` of no object and an object."""

    labels: Softmax
    missing: Softmax


def calibrate(images: Sequence[tuple[Labels, Seen]], *, seed: int = 0) -> Models:
    """The models fitted to errors planted into these labels, with features taken against what is seen."""
    rng = np.random.default_rng(seed)
    rounds = ROUNDS if len(images) >= FEW else ROUNDS_OF_FEW
    parts: list[tuple[Floats, Ints, Floats, Ints]] = []
    for _ in range(rounds):
        planted = plant([labels for labels, _ in images], PLANTED, rng)
        compared = [compare(one.labels, seen) for one, (_, seen) in zip(planted, images, strict=True)]
        features, free = features_of([one.labels for one in planted], compared, [seen for _, seen in images])
        outcomes = np.concatenate([_outcomes(one, found) for one, found in zip(planted, compared, strict=True)])
        objects = np.concatenate(
            [
                _objects(before, one, found, seen)
                for (before, seen), one, found in zip(images, planted, compared, strict=True)
            ]
        )
        parts.append((features, outcomes, free, objects))
    features, outcomes, free, objects = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Models(fit_softmax(features, outcomes, len(Error)), fit_softmax(free, objects, 2))


def features_of(labels: Sequence[Labels], compared: Sequence[Compared], seen: Sequence[Seen]) -> tuple[Floats, Floats]:
    """Features of the labels and of the free candidates of all images, with those that compare within the class."""
    label_features = np.concatenate([one.label_features for one in compared])
    label_classes = np.concatenate([one.class_ids for one in labels])
    free_features = np.concatenate([one.free_features for one in compared])
    free_classes = np.concatenate([of.class_ids[one.free] for one, of in zip(compared, seen, strict=True)])
    typical = np.stack((label_features[:, 3], label_features[:, -3]), axis=1)  # score and area of labels
    return (
        np.concatenate((label_features, _within_class(label_features[:, CONTEXT], label_classes)), axis=1),
        np.concatenate(
            (free_features, free_features[:, (1, 11)] - _class_means(typical, label_classes)[free_classes]), axis=1
        ),
    )


def _within_class(columns: Floats, classes: Ints) -> Floats:
    return columns - _class_means(columns, classes)[classes]


def _class_means(columns: Floats, classes: Ints, *, least: float = 5.0, most: int = 1000) -> Floats:
    """Mean of the columns [N, F] for each class id below `most`, drawn towards the mean of all as by `least` rows."""
    sums, counts = np.zeros((most, columns.shape[1])), np.zeros(most)
    np.add.at(sums, classes, columns)
    np.add.at(counts, classes, 1)
    overall = columns.mean(axis=0) if len(columns) else np.zeros(columns.shape[1])
    means: Floats = (sums + least * overall) / (counts + least)[:, None]
    return means


def _outcomes(planted: Planted, compared: Compared) -> Ints:
    """What the model is to say of each label: of a pair of copies the one that agrees less is the duplicate."""
    outcomes = planted.errors.copy()
    place_of = {int(origin): place for place, origin in enumerate(planted.origins) if not planted.errors[place]}
    for copy in np.flatnonzero(planted.errors == Error.DUPLICATE):
        original = place_of.get(int(planted.origins[copy]))
        if original is None:
            continue
        overlap = compared.label_features[:, 13]
        if overlap[copy] > overlap[original]:
            outcomes[copy], outcomes[original] = Error.NONE, Error.DUPLICATE
    return outcomes


def _objects(before: Labels, planted: Planted, compared: Compared, seen: Seen) -> Ints:
    """Which free candidates show a label that was dropped: the surest one of each."""
    is_object = np.zeros(len(compared.free), np.int64)
    overlap = pairwise_iou(before.boxes[planted.dropped], seen.proposals[compared.free])
    for row in overlap >= SAME_OBJECT:
        if row.any():
            is_object[np.flatnonzero(row)[0]] = 1
    return is_object
