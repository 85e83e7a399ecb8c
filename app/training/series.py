"""Numbers that grow while a run goes on, and their thinning to what a screen can show."""

import numpy as np
from numpy.typing import NDArray

MOST_POINTS = 2000


class Series:
    """Points (x, y) in the order in which they came, in buffers that double when full."""

    def __init__(self) -> None:
        self._points = np.empty((2, 256))
        self._length = 0

    def __len__(self) -> int:
        return self._length

    @property
    def x(self) -> NDArray[np.float64]:
        """The x values [N], a view."""
        return self._points[0, : self._length]

    @property
    def y(self) -> NDArray[np.float64]:
        """The y values [N], a view."""
        return self._points[1, : self._length]

    def append(self, x: float, y: float) -> None:
        """Add a point at the end."""
        if self._length == self._points.shape[1]:
            self._points = np.concatenate((self._points, np.empty_like(self._points)), axis=1)
        self._points[:, self._length] = x, y
        self._length += 1


def thinned(
    x: NDArray[np.float64], y: NDArray[np.float64], most: int = MOST_POINTS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """At most `most` points that look the same when drawn: of each stretch the lowest and the highest, and the last."""
    if len(x) <= most:
        return x, y
    stretch = -(-len(x) // (most // 2 - 1))
    whole = len(x) // stretch * stretch
    blocks = y[:whole].reshape(-1, stretch)
    starts = np.arange(0, whole, stretch)
    extremes = np.sort(np.stack((starts + blocks.argmin(axis=1), starts + blocks.argmax(axis=1))), axis=0)
    kept = np.append(extremes.T.ravel(), len(x) - 1)
    return x[kept], y[kept]


def smoothed(y: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """The running mean [N] over up to `window` values before and at each place."""
    if window <= 1 or len(y) == 0:
        return y
    sums = np.concatenate(([0.0], np.cumsum(y)))
    ends = np.arange(1, len(y) + 1)
    starts = np.maximum(ends - window, 0)
    return np.asarray((sums[ends] - sums[starts]) / (ends - starts))
