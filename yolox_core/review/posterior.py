"""From scores that rank to probabilities that hold for one data set, however many of its labels are wrong.

Models learn from labels among which a fixed share of errors was planted, so their chances are those of such labels: too
high where fewer are wrong, and too low where many are, whose own errors counted as right among the lessons. Here the
scores of the labels as they are stand beside those of planted errors. The chance of an error at a score is
share · density of errors there / density of all there, by Bayes' rule; the ratio of densities grows with the score
(isotonic regression by pooling adjacent violators, Barlow et al. 1972), and the share of errors is what the upper half
of them lets one expect. The order stays.

Letters: `N` scores, `M` scores of planted errors.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BINS = 2048
FEWEST = 30  # planted errors; from fewer nothing is told
HALF = 0.5
PRIOR_ERRORS, PRIOR_LABELS = 10, 100
LARGEST_SHARE = 0.5
ORDER_SHARE = 0.04  # of the score itself, so that scores of one step stay in order


def calibrated(scores: Floats, planted: Floats) -> Floats:
    """The probability [N] of an error for each of the scores [N] in 0..1, given those of planted errors [M]."""
    if len(planted) < FEWEST or not len(scores):
        return scores
    edges = np.unique(np.quantile(np.concatenate((scores, planted)), np.linspace(0, 1, BINS + 1)))
    if len(edges) < 2:
        return scores
    of_all, of_errors = np.histogram(scores, edges)[0], np.histogram(planted, edges)[0]
    filled = of_all + of_errors > 0
    of_all, of_errors = of_all[filled], of_errors[filled]
    centres = (edges[:-1] + edges[1:])[filled] / 2
    among_both = pooled(of_errors / (of_all + of_errors), (of_all + of_errors).astype(np.float64))
    ratio = among_both / np.maximum(1 - among_both, 1e-9) * len(scores) / len(planted)
    chances = np.minimum(error_share(scores, planted) * ratio, 1.0)
    places, sizes = _steps(chances, centres)
    found: Floats = (1 - ORDER_SHARE) * np.interp(scores, places, sizes) + ORDER_SHARE * scores
    return found


def error_share(scores: Floats, planted: Floats) -> float:
    """The share of errors among the scores: where half the planted errors lie, half of the others are taken to lie.

    Beside so few labels that this says little, PRIOR_ERRORS of PRIOR_LABELS count, too.
    """
    upper = np.quantile(planted, 1 - HALF)
    errors = float((scores >= upper).sum()) / HALF
    return min((errors + PRIOR_ERRORS) / (len(scores) + PRIOR_LABELS), LARGEST_SHARE)


def pooled(values: Floats, weights: Floats) -> Floats:
    """The values [N] nearest to these, by weighted squares, that never fall."""
    means: list[float] = []
    sums: list[float] = []
    counts: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        means.append(value)
        sums.append(weight)
        counts.append(1)
        while len(means) > 1 and means[-2] >= means[-1]:
            last, weight_of_last, count = means.pop(), sums.pop(), counts.pop()
            total = sums[-1] + weight_of_last
            means[-1] = (means[-1] * sums[-1] + last * weight_of_last) / total
            sums[-1], counts[-1] = total, counts[-1] + count
    return np.repeat(means, counts)


def _steps(values: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Mean place and height of each step of values that never fall, to draw lines between."""
    heights, starts = np.unique(values, return_index=True)
    sums = np.add.reduceat(places, starts)
    return sums / np.diff((*starts, len(values))), heights
