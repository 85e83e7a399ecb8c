"""Planting, matching, fitting and candidates against slow and obvious versions."""

import numpy as np
import pytest

from tests.core.review.sets import NAMES, make_scenes
from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.fitting import fit_softmax
from yolox_core.review.matching import match
from yolox_core.review.planting import Error, Labels, Rates, plant
from yolox_core.review.seen import Seen, seen_in


def labels(count: int, seed: int = 0) -> Labels:
    rng = np.random.default_rng(seed)
    corners = rng.uniform(0, 900, (count, 2))
    return Labels(
        1000, 1000, np.hstack((corners, corners + rng.uniform(20, 90, (count, 2)))), rng.integers(0, 3, count)
    )


def test_that_errors_are_planted_at_their_rates_one_a_label() -> None:
    images = [labels(50, seed) for seed in range(60)]
    planted = plant(images, Rates(), np.random.default_rng(1))
    counts = np.bincount(np.concatenate([one.errors for one in planted]), minlength=5) / 3000
    dropped = sum(len(one.dropped) for one in planted) / 3000
    expected = {Error.POOR: 0.1, Error.WRONG_CLASS: 0.05, Error.SPURIOUS: 0.05, Error.DUPLICATE: 0.02}
    assert {error: pytest.approx(rate, abs=0.015) for error, rate in expected.items()} == {
        error: counts[error] for error in expected
    }
    assert dropped == pytest.approx(0.1, abs=0.015)
    for one in planted:
        changed = one.origins[(one.errors > 0) & (one.origins >= 0)]
        assert len(set(changed)) == len(changed)
        assert not set(changed) & set(one.dropped)


def test_that_planted_boxes_are_what_they_are_called() -> None:
    image = labels(200)
    (planted,) = plant([image], Rates(), np.random.default_rng(2))
    boxes, before = planted.labels.boxes, image.boxes[planted.origins]
    iou = np.diag(pairwise_iou(boxes, before))
    for error, (low, high) in ((Error.POOR, (0.38, 0.77)), (Error.DUPLICATE, (0.63, 0.97))):
        chosen = iou[planted.errors == error]
        assert len(chosen)
        assert ((chosen > low) & (chosen < high)).all()
    is_swapped = planted.errors == Error.WRONG_CLASS
    assert (planted.labels.class_ids[is_swapped] != image.class_ids[planted.origins[is_swapped]]).all()
    assert pairwise_iou(boxes[planted.errors == Error.SPURIOUS], image.boxes).max() <= 0.1
    assert (iou[planted.errors == Error.NONE] == 1).all()


def test_that_the_same_seed_plants_the_same() -> None:
    first, second, other = (plant([labels(80)], Rates(), np.random.default_rng(seed))[0] for seed in (5, 5, 6))
    assert np.array_equal(first.labels.boxes, second.labels.boxes)
    assert first.labels.boxes.shape != other.labels.boxes.shape or (first.labels.boxes != other.labels.boxes).any()


def test_that_matching_takes_the_best_pair_left_each_time() -> None:
    rng = np.random.default_rng(0)
    image = labels(30)
    moved = np.repeat(image.boxes, 2, axis=0) + rng.normal(0, 8, (60, 4))
    none = np.zeros(60)
    seen = Seen(moved, none, np.zeros((60, 3)), moved, rng.uniform(0, 1, 60), rng.integers(0, 3, 60), none, none, none)
    iou = pairwise_iou(image.boxes, moved)
    worth = iou * np.sqrt(seen.scores) * np.where(image.class_ids[:, None] == seen.class_ids, 1, 0.6)
    worth[iou < 0.1] = -1
    expected = np.full(30, -1)
    while worth.max() > -1:
        row, column = np.unravel_index(worth.argmax(), worth.shape)
        expected[row] = column
        worth[row], worth[:, column] = -1, -1
    assert match(image, seen, iou).tolist() == expected.tolist()


def test_that_the_fit_is_the_best_one_and_calibrated() -> None:
    rng = np.random.default_rng(0)
    features = rng.normal(size=(4000, 3))
    logits = features @ rng.normal(size=(3, 4))
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    outcomes = np.array([rng.choice(4, p=row) for row in chances])
    found = fit_softmax(features, outcomes, 4).probabilities(features)
    assert np.abs(found - chances).mean() < 0.02
    assert found.mean(axis=0) == pytest.approx(np.bincount(outcomes, minlength=4) / 4000, abs=1e-3)


def test_that_a_fit_stands_columns_that_say_nothing_and_outcomes_that_never_come() -> None:
    features = np.zeros((20, 2))
    chances = fit_softmax(features, np.zeros(20, np.int64), 3).probabilities(features)
    assert np.isfinite(chances).all()
    assert chances[0, 0] > 0.99


def test_that_an_object_is_one_candidate_whose_proposal_is_the_mean_of_its_dense_boxes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    scenes = make_scenes(tmp_path / "s", images=1)
    dense = scenes.network.dense["000"]
    seen = seen_in(dense, np.arange(2), 2, (400, 400))
    truth = scenes.truth["000"]
    assert len(truth) <= len(seen.scores) <= len(truth) + 1
    for box in truth:
        edges = np.array([(box.x1, box.y1, box.x2, box.y2)])
        best = int(pairwise_iou(edges, seen.proposals)[0].argmax())
        assert NAMES[seen.class_ids[best]] == box.class_name
        members = pairwise_iou(seen.proposals[best][None], seen.boxes)[0] > 0.6
        weights = (seen.objectness * seen.probs.max(axis=1))[members] ** 2
        assert seen.proposals[best] == pytest.approx(np.average(seen.boxes[members], axis=0, weights=weights), abs=0.5)
