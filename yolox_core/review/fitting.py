"""Multinomial logistic regression with an L2 penalty, by Newton's method: 20,000 rows in a second.

Letters: `N` rows, `F` features, `Y` outcomes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STEPS = 30
TOLERANCE = 1e-5


@dataclass(frozen=True, eq=False)
class Softmax:
    """A fitted model: weights [F + 1, Y] of standardised features and a constant."""

    mean: Floats
    deviation: Floats
    weights: Floats

    def probabilities(self, features: Floats) -> Floats:
        """Probabilities [N, Y] of the outcomes for features [N, F]."""
        return _softmax(_design(features, self.mean, self.deviation) @ self.weights)


def fit_softmax(features: Floats, outcomes: Ints, count: int, *, penalty: float | Floats = 1.0) -> Softmax:
    """The model that explains outcomes [N] in 0..count - 1 best; `penalty`, of all or each [F], counts in rows."""
    if not len(features):
        features, outcomes = np.zeros((1, features.shape[1])), np.zeros(1, np.int64)  # nothing is ever the case
    mean, deviation = features.mean(axis=0), features.std(axis=0)
    deviation = np.where(deviation > 1e-9, deviation, 1.0)
    design = _design(features, mean, deviation)
    size = design.shape[1]
    target = np.eye(count)[outcomes]
    weights = np.zeros((size, count))
    ridge = np.full((size, count), 1e-3)  # the constant is free
    ridge[:-1] = np.broadcast_to(penalty, size - 1)[:, None]
    for _ in range(STEPS):
        chances = _softmax(design @ weights)
        gradient = design.T @ (chances - target) + ridge * weights
        step = _newton_step(design, chances, gradient, ridge)
        weights -= step
        if np.abs(step).max() < TOLERANCE:
            break
    return Softmax(mean, deviation, weights)


def _newton_step(design: Floats, chances: Floats, gradient: Floats, ridge: Floats) -> Floats:
    size, count = gradient.shape
    curvature = np.zeros((count, size, count, size))
    for one in range(count):
        for other in range(one, count):
            weight = chances[:, one] * ((one == other) - chances[:, other])
            block = (design * weight[:, None]).T @ design
            curvature[one, :, other, :] = block
            curvature[other, :, one, :] = block
    matrix = curvature.reshape(count * size, count * size)
    matrix[np.diag_indices_from(matrix)] += ridge.T.ravel()
    step = np.linalg.solve(matrix, gradient.T.ravel())
    return np.asarray(step, np.float64).reshape(count, size).T


def _design(features: Floats, mean: Floats, deviation: Floats) -> Floats:
    scaled = np.clip((features - mean) / deviation, -6, 6)
    return np.concatenate((scaled, np.ones((len(features), 1))), axis=1)


def _softmax(logits: Floats) -> Floats:
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return chances
