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

# Without wholly unlabelled images among the lessons, real ones would look like images where the network is wrong.
PLANTED = Rates(0.12, 0.12, 0.08, 0.08, 0.03, (0.3, 0.8), (0.6, 0.97), 0.03)
MOST_ROUNDS, ENOUGH_LABELS = 8, 40_000
SAME_OBJECT = 0.5
PRIOR_ROWS = 5
CONTEXT = ("object", "own class", "mean class ratio", "best class ratio", "well placed log", "overlap", "residual")
"""Features of labels that also count as their distance from the mean of the class."""
FREE_CONTEXT = (("score", "own class"), ("area", "area"))
"""Features of free candidates that also count as their distance from what labels of the class have."""

SHARED = ("at border", "free candidates", "labels")
"""Features that many free candidates have in common: where there are few labels they are more noise than news."""
PENALTY, SHARED_PENALTY = 30.0, 1000.0  # of free candidates, in rows


@dataclass(frozen=True, eq=False)
class Models:
    """What tells faults: `labels` gives probabilities of Error's five, `missing` of no object and an object."""

    labels: Softmax
    missing: Softmax


@dataclass(frozen=True, eq=False)
class Lesson:
    """One image with planted errors: the Error of each label, and for each free candidate 1 where it shows a dropped
    object."""

    compared: Compared
    errors: Ints
    is_object: Ints


Round = Sequence[Lesson]
"""Images into whose labels errors were planted at the same time: their class means are taken together."""


def fit(rounds: Sequence[Round]) -> Models:
    """The models that explain these lessons."""
    features = [features_of([lesson.compared for lesson in one]) for one in rounds]
    of_labels, of_free = (np.concatenate(parts) for parts in zip(*features, strict=True))
    errors = np.concatenate([lesson.errors for one in rounds for lesson in one])
    is_object = np.concatenate([lesson.is_object for one in rounds for lesson in one])
    names = rounds[0][0].compared.of_free.names
    penalty = np.full(of_free.shape[1], PENALTY)
    penalty[[names.index(name) for name in SHARED]] = SHARED_PENALTY
    return Models(fit_softmax(of_labels, errors, len(Error)), fit_softmax(of_free, is_object, 2, penalty=penalty))


def plantings(labels: Sequence[Labels], rng: np.random.Generator) -> list[dict[int, Planted]]:
    """For each round the labels with planted errors, by place of the image: of all images, or of enough of them.

    Fewer rounds the more each one teaches.
    """
    total = sum(len(one) for one in labels)
    places = _enough(labels, rng) if total > ENOUGH_LABELS else list(range(len(labels)))
    chosen = [labels[place] for place in places]
    rounds = min(max(ENOUGH_LABELS // max(total, 1), 1), MOST_ROUNDS)
    return [dict(zip(places, plant(chosen, PLANTED, rng, draws_apart=True), strict=True)) for _ in range(rounds)]


def lesson_of(before: Labels, planted: Planted, seen: Seen) -> Lesson:
    """What an image teaches whose labels were `before`."""
    compared = compare(planted.labels, seen)
    return Lesson(compared, _outcomes(planted, compared), _objects(before, planted, compared, seen))


def features_of(compared: Sequence[Compared]) -> tuple[Floats, Floats]:
    """Features of all labels and of all free candidates, with how they differ from the labels of their class."""
    of_labels = np.concatenate([one.of_labels.values for one in compared])
    of_free = np.concatenate([one.of_free.values for one in compared])
    classes = np.concatenate([one.class_ids for one in compared])
    free_classes = np.concatenate([one.free_class_ids for one in compared])
    count = max(classes.max(initial=0), free_classes.max(initial=0)) + 1
    names, free_names = compared[0].of_labels.names, compared[0].of_free.names
    own = of_labels[:, [names.index(name) for name in CONTEXT]]
    typical = of_labels[:, [names.index(name) for _, name in FREE_CONTEXT]]
    free = of_free[:, [free_names.index(name) for name, _ in FREE_CONTEXT]]
    return (
        np.column_stack((of_labels, own - _class_means(own, classes, count)[classes])),
        np.column_stack((of_free, free - _class_means(typical, classes, count)[free_classes])),
    )


def _enough(labels: Sequence[Labels], rng: np.random.Generator) -> list[int]:
    """Places of images, drawn without a preference, that have enough labels together."""
    order = rng.permutation(len(labels))
    counts = np.cumsum([len(labels[place]) for place in order])
    return sorted(order[: int(np.searchsorted(counts, ENOUGH_LABELS)) + 1].tolist())


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
