"""Self-calibration: known errors are planted into the user's own labels, and a model learns what gives them away.

Letters: `N` labels or free candidates of all images, `F` features.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.features import Compared, compare
from yolox_core.review.fitting import Softmax, fit_softmax
from yolox_core.review.label_features import Columns
from yolox_core.review.planting import Error, Labels, Planted, Rates, plant
from yolox_core.review.seen import Seen

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Without wholly unlabelled images among the lessons, real ones would look like images where the network is wrong.
PLANTED = Rates(0.12, 0.12, 0.08, 0.08, 0.03, (0.3, 0.8), (0.6, 0.97), 0.03)
MOST_ROUNDS, ENOUGH_LABELS = 8, 40_000
SAME_OBJECT = 0.5
PRIOR_ROWS = 5
CONTEXT = ("object", "own class", "mean class ratio", "best class ratio", "well placed log", "overlap", "residual")
"""Features of labels that also count as their distance from the mean of the class."""
FREE_CONTEXT = (("score", "own class"), ("area", "area"))
"""Features of free candidates that also count as their distance from what labels of the class have."""


@dataclass(frozen=True, eq=False)
class Models:
    """What tells faults: `labels` gives probabilities of Error's five, `missing` of no object and an object."""

    labels: Softmax
    missing: Softmax


@dataclass(frozen=True, eq=False)
class Lessons:
    """What models are fitted to: features of labels and their Error, of free candidates and 1 for a dropped object."""

    label_features: Floats
    errors: Ints
    free_features: Floats
    is_object: Ints


def fit(parts: Sequence[Lessons]) -> Models:
    """The models that explain these lessons."""
    names = ("label_features", "errors", "free_features", "is_object")
    features, errors, free, objects = (np.concatenate([getattr(part, name) for part in parts]) for name in names)
    return Models(fit_softmax(features, errors, len(Error)), fit_softmax(free, objects, 2))


def lessons(images: Sequence[tuple[Labels, Seen]], rng: np.random.Generator) -> Iterator[Lessons]:
    """Rounds of planting into the labels of one data set, one after the other."""
    return (_lessons(images, rng) for _ in range(rounds_for(sum(len(labels) for labels, _ in images))))


def rounds_for(labels: int) -> int:
    """How many rounds there are with so many labels: fewer the more each round teaches."""
    return min(max(ENOUGH_LABELS // max(labels, 1), 1), MOST_ROUNDS)


def _lessons(images: Sequence[tuple[Labels, Seen]], rng: np.random.Generator) -> Lessons:
    seen = [of for _, of in images]
    planted = plant([labels for labels, _ in images], PLANTED, rng, draws_apart=True)
    compared = [compare(one.labels, of) for one, of in zip(planted, seen, strict=True)]
    features, free = features_of([one.labels for one in planted], compared, seen)
    outcomes = [_outcomes(one, found) for one, found in zip(planted, compared, strict=True)]
    objects = [
        _objects(before, one, found, of) for (before, of), one, found in zip(images, planted, compared, strict=True)
    ]
    return Lessons(features, np.concatenate(outcomes), free, np.concatenate(objects))


def features_of(labels: Sequence[Labels], compared: Sequence[Compared], seen: Sequence[Seen]) -> tuple[Floats, Floats]:
    """Features of all labels and of all free candidates, with how they differ from the labels of their class."""
    of_labels = _joined([one.of_labels for one in compared])
    of_free = _joined([one.of_free for one in compared])
    classes = np.concatenate([one.class_ids for one in labels])
    free_classes = np.concatenate([of.class_ids[one.free] for one, of in zip(compared, seen, strict=True)])
    count = seen[0].probs.shape[1]
    own = np.stack([of_labels[name] for name in CONTEXT], axis=1)
    free = np.stack([of_free[name] for name, _ in FREE_CONTEXT], axis=1)
    typical = np.stack([of_labels[name] for _, name in FREE_CONTEXT], axis=1)
    return (
        np.column_stack((*of_labels.values(), own - _class_means(own, classes, count)[classes])),
        np.column_stack((*of_free.values(), free - _class_means(typical, classes, count)[free_classes])),
    )


def _joined(parts: Sequence[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _class_means(columns: Floats, classes: Ints, count: int) -> Floats:
    """Mean of the columns [N, F] for each of `count` classes, drawn towards the mean of all as by a few rows of it."""
    sums = np.zeros((count, columns.shape[1]))
    np.add.at(sums, classes, columns)
    overall = columns.mean(axis=0) if len(columns) else np.zeros(columns.shape[1])
    rows = np.bincount(classes, minlength=count)[:, None]
    means: Floats = (sums + PRIOR_ROWS * overall) / (rows + PRIOR_ROWS)
    return means


def _outcomes(planted: Planted, compared: Compared) -> Ints:
    """What the model is to say of each label: of a pair of copies the one that agrees less is the duplicate."""
    outcomes = planted.errors.copy()
    place_of = {int(origin): place for place, origin in enumerate(planted.origins) if not planted.errors[place]}
    for copy in np.flatnonzero(planted.errors == Error.DUPLICATE):
        original = place_of.get(int(planted.origins[copy]))
        if original is None:
            continue
        overlap = compared.of_labels["overlap"]
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
