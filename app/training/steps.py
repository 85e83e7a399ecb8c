"""The numbers of all steps of a run, in 52 bytes a step, and what of them a plot of some hundred pixels shows.

Every BLOCK steps are summed up once, when they are complete. A view of many steps is drawn from these sums, a view of
few from the steps themselves: the work of drawing does not grow with the run.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.train.events import StepDone
from yolox_core.train.step_index import COLUMNS, MOST_STEPS

LOSSES = ("total_loss", "iou_loss", "obj_loss", "cls_loss", "l1_loss")
DRAWN = (*LOSSES, "learning_rate", "image_size", "images_per_s", "wait_share")
AXES = ("step", "epoch", "clock")
BLOCK = 64
MOST_POINTS = 2000

_KEPT = (*AXES, "time_s", *DRAWN)
# a mean of these counts each step for as long as it took
_IS_WEIGHED = np.isin(DRAWN, ("images_per_s", "wait_share"))

Values = NDArray[np.float32]
Means = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class View:
    """What is to be drawn: from `low` to `high` on `axis`, as running means of `window` steps, in few `points`."""

    axis: str = "step"
    low: float = -np.inf
    high: float = np.inf
    window: int = 1
    points: int = MOST_POINTS


@dataclass(frozen=True, slots=True)
class Trace:
    """A curve [N] and, behind it, the values [M] that it is the mean of; NaN where there is none."""

    x: Means
    y: Means
    raw_x: Means
    raw_y: Means


@dataclass(frozen=True, slots=True)
class _Summary:
    """Values in stretches of `unit` steps from step `first` on: extremes [N], sums and weights up to each [N + 1]."""

    unit: int
    first: int
    low: Values
    high: Values
    sums: Means
    weights: Means


class Steps:
    """Columns that grow at their end; a step that is done again after a rollback replaces what came after it."""

    def __init__(self) -> None:
        self._steps_per_epoch = 1
        self._length = self._blocks = 0
        self._clock = 0.0
        self._columns = np.empty((len(_KEPT), 256), np.float32)
        self._extremes = np.empty((2, len(DRAWN), 4), np.float32)
        self._sums = np.zeros((2, len(DRAWN), 4))

    def __len__(self) -> int:
        return self._length

    @property
    def nbytes(self) -> int:
        """Bytes of memory that hold values."""
        summed_up = sum(array[..., : self._blocks].nbytes for array in (self._extremes, self._sums))
        return self._columns[:, : self._length].nbytes + summed_up

    def column(self, name: str) -> Values:
        """The values [N] of one of AXES, `time_s` or DRAWN, a view."""
        return self._columns[_KEPT.index(name), : self._length]

    def place(self, axis: str, step: int) -> float:
        """Where on an axis a step was done; 0 before the first."""
        index = int(np.searchsorted(self.column("step"), np.float32(step), side="right")) - 1
        return float(self.column(axis)[index]) if index >= 0 else 0.0

    def expect(self, *, epochs: int, steps_per_epoch: int) -> None:
        """Be told how long the run is to be; memory is taken when the steps come."""
        self._steps_per_epoch = max(steps_per_epoch, 1)
        self._columns = _with_room(self._columns, self._length, min(epochs * steps_per_epoch, MOST_STEPS))

    def wait(self, time_s: float) -> None:
        """Let time pass that belongs to no step."""
        self._clock += time_s

    def append(self, step: StepDone) -> None:
        """Add a step."""
        self.extend(np.array([[getattr(step, name) for name in COLUMNS]], np.float32))

    def extend(self, given: Values) -> None:
        """Add steps as rows [N, fields of StepDone]."""
        step = given[:, COLUMNS.index("step")]
        for piece in np.split(given, np.flatnonzero(step[1:] <= step[:-1]) + 1):
            self._cut_back(piece[0, COLUMNS.index("step")])
            self._add(piece)
        self._sum_up()

    def trace(self, name: str, view: View) -> Trace:
        """A column of DRAWN as `view` wants it: at most `view.points` points, and as many for the values behind."""
        column, x = self.column(name), self.column(view.axis)
        first = max(int(np.searchsorted(x, np.float32(view.low))) - 1, 0)
        last = min(int(np.searchsorted(x, np.float32(view.high), side="right")) + 1, self._length)
        most = max(view.points // 2, 2)
        if last - first <= most * BLOCK or last // BLOCK == first // BLOCK:
            summary = self._of_steps(name, max(first - view.window, 0), last)
        else:
            summary = self._of_blocks(name)
        edges = _edges(summary, first, last, most)
        if len(edges) < 2:
            return Trace(*np.empty((4, 0)))
        ends = edges[1:]
        starts = np.maximum(np.minimum(edges[:-1], ends - -(-view.window // summary.unit)), 0)
        ends_x = x[summary.first + ends * summary.unit - 1].astype(float)
        weights = summary.weights[ends] - summary.weights[starts]
        means = np.full(len(ends), np.nan)
        np.divide(summary.sums[ends] - summary.sums[starts], weights, out=means, where=weights > 0)
        if summary.unit == 1 and len(ends) == ends[-1] - edges[0]:
            return Trace(ends_x, means, ends_x, column[first:last].astype(float))
        low = np.fmin.reduceat(summary.low[: ends[-1]], edges[:-1])
        high = np.fmax.reduceat(summary.high[: ends[-1]], edges[:-1])
        return Trace(ends_x, means, np.repeat(ends_x, 2), np.stack((low, high), axis=1).ravel().astype(float))

    def _cut_back(self, step: float) -> None:
        if self._length and step <= self.column("step")[-1]:
            self._length = int(np.searchsorted(self.column("step"), np.float32(step)))
            self._blocks = min(self._blocks, self._length // BLOCK)

    def _add(self, given: Values) -> None:
        end = self._length + len(given)
        self._columns = _with_room(self._columns, self._length, end)
        with np.errstate(all="ignore"):
            added = _derived(given.T)
            added["clock"] = np.add.accumulate(added["time_s"], dtype=float) + self._clock
            added["epoch"] = self._epochs(given.T)
            room = self._columns[:, self._length : end]
            for column, name in zip(room, _KEPT, strict=True):
                column[:] = added[name]
        is_finite = np.isfinite(room)
        if not is_finite.all():
            room[~is_finite] = np.nan
        self._clock = float(np.nan_to_num(added["clock"][-1:])[0])
        self._length = end

    def _epochs(self, given: Values) -> Means:
        """Epochs done after each step; never less than before, also where steps were counted anew."""
        step, epoch = given[COLUMNS.index("step")].astype(float), given[COLUMNS.index("epoch")]
        share = step / self._steps_per_epoch - np.ceil(step / self._steps_per_epoch) + 1
        before = self.column("epoch")[-1] if self._length else 0.0
        return np.asarray(np.fmax.accumulate(np.fmax(epoch - 1 + share, before)))

    def _sum_up(self) -> None:
        """Sum up the blocks that are complete since the last time."""
        begin, end = self._blocks, self._length // BLOCK
        if begin == end:
            return
        self._extremes = _with_room(self._extremes, begin, end)
        self._sums = _with_room(self._sums, begin + 1, end + 1)
        stretch = slice(begin * BLOCK, end * BLOCK)
        values = self._drawn[:, stretch].reshape(len(DRAWN), -1, BLOCK)
        self._extremes[0, :, begin:end] = _reduced(np.minimum, np.fmin, values)
        self._extremes[1, :, begin:end] = _reduced(np.maximum, np.fmax, values)
        for sums, part in zip(self._sums, self._weighed(slice(None), stretch), strict=True):
            blocks = part.reshape(values.shape).sum(axis=2)
            sums[:, begin + 1 : end + 1] = blocks.cumsum(axis=1, dtype=float) + sums[:, begin : begin + 1]
        self._blocks = end

    @property
    def _drawn(self) -> Values:
        return self._columns[-len(DRAWN) :]

    def _weighed(self, drawn: slice, stretch: slice) -> tuple[Values, Values]:
        """Values times their weights [D, N], and the weights [D, N]; both 0 where there is no value."""
        values = self._drawn[drawn, stretch]
        weights = np.ones_like(values)
        weights[_IS_WEIGHED[drawn]] = self.column("time_s")[stretch]
        weighed = values * weights
        is_value = ~np.isnan(weighed)
        if is_value.all():
            return weighed, weights
        return np.where(is_value, weighed, 0), np.where(is_value, weights, 0)

    def _of_blocks(self, name: str) -> _Summary:
        place = DRAWN.index(name)
        low, high = self._extremes[:, place, : self._blocks]
        return _Summary(BLOCK, 0, low, high, *self._sums[:, place, : self._blocks + 1])

    def _of_steps(self, name: str, first: int, last: int) -> _Summary:
        values = self.column(name)[first:last]
        place = DRAWN.index(name)
        parts = self._weighed(slice(place, place + 1), slice(first, last))
        sums, weights = (np.append(0.0, np.cumsum(part[0], dtype=float)) for part in parts)
        return _Summary(1, first, values, values, sums, weights)


def _edges(summary: _Summary, first: int, last: int, most: int) -> NDArray[np.int64]:
    """The ends of at most `most` stretches of a summary that show the steps from `first` to `last`."""
    begin, end = (first - summary.first) // summary.unit, min((last - summary.first) // summary.unit, len(summary.low))
    stretch = max(-(-(end - begin) // most), 1)
    return np.append(np.arange(begin, end, stretch), end) if end > begin else np.empty(0, np.int64)


def _reduced(fast: np.ufunc, careful: np.ufunc, values: Values) -> Values:
    """The extremes [D, N] of `values` [D, N, BLOCK]; the careful way, several times slower, passes over NaN."""
    extremes: Values = fast.reduce(values, axis=2)
    return careful.reduce(values, axis=2) if np.isnan(extremes).any() else extremes


def _with_room(array: NDArray[Any], length: int, needed: int) -> NDArray[Any]:
    """The array, or its first `length` places along the last axis in one of twice the room or more."""
    if needed <= array.shape[-1]:
        return array
    larger = np.zeros((*array.shape[:-1], max(needed, 2 * array.shape[-1])), array.dtype)
    larger[..., :length] = array[..., :length]
    return larger


def _derived(given: Values) -> dict[str, Values | Means]:
    """Rows [fields of StepDone, N] by name, with the time of each step, its pace and its share of waiting."""
    named = dict(zip(COLUMNS, given, strict=True))
    time_s = named["step_time_s"] + named["load_time_s"]
    return {
        **named,
        "time_s": time_s,
        "images_per_s": named["images"] / time_s,
        "wait_share": named["load_time_s"] / time_s,
    }
