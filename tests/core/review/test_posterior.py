"""Probabilities that hold for the data set at hand: of what is called 40 %, two fifths are errors; the order stays."""

import numpy as np
import pytest

from yolox_core.review.posterior import FEWEST, calibrated, error_share, pooled


def drawn(share: float, *, count: int = 20_000, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Scores of labels of which a share is wrong, which ones, and scores of planted errors."""
    rng = np.random.default_rng(seed)
    is_wrong = rng.random(count) < share
    scores = np.where(is_wrong, rng.beta(4, 2, count), rng.beta(1.2, 8, count))
    return scores, is_wrong, rng.beta(4, 2, 5000)


@pytest.mark.parametrize("share", [0.01, 0.03, 0.1, 0.3])
def test_that_what_is_called_likely_is_so_often_wrong(share: float) -> None:
    scores, is_wrong, planted = drawn(share)
    found = calibrated(scores, planted)
    for low, high in ((0.1, 0.3), (0.3, 0.6), (0.6, 1.0)):
        called = (found >= low) & (found < high)
        assert abs(is_wrong[called].mean() - found[called].mean()) < 0.12
    assert 0.6 < found.sum() / is_wrong.sum() < 1.6


def test_that_the_order_stays() -> None:
    scores, _, planted = drawn(0.05, count=500)
    found = calibrated(scores, planted)
    assert (np.argsort(found, kind="stable") == np.argsort(scores, kind="stable")).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_that_few_labels_are_not_taken_for_right() -> None:
    planted = np.linspace(0.6, 1, 100)
    assert error_share(np.full(20, 0.02), planted) == pytest.approx(10 / 120)
    assert error_share(np.full(100_000, 0.02), planted) < 0.001
    assert error_share(np.full(1000, 0.99), planted) == 0.5


def test_that_without_lessons_scores_stay_as_they_are() -> None:
    scores = np.array([0.2, 0.9])
    assert (calibrated(scores, np.full(FEWEST - 1, 0.9)) == scores).all()
    assert len(calibrated(np.zeros(0), np.full(100, 0.9))) == 0
    assert (calibrated(np.full(5, 0.5), np.full(100, 0.5)) == 0.5).all()


def test_that_pooling_gives_the_nearest_values_that_never_fall() -> None:
    values, weights = np.array([1.0, 3.0, 2.0, 2.0, 5.0, 4.0]), np.array([1.0, 1, 1, 2, 1, 3])
    assert pooled(values, weights).tolist() == [1.0, 2.25, 2.25, 2.25, 4.25, 4.25]
