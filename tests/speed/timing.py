"""Times of two functions, measured in turns so that a change of the machine's load meets both."""

from collections.abc import Callable
from statistics import median
from time import perf_counter

Clock = Callable[[], float]


def timed(work: Callable[[], object], clock: Clock = perf_counter) -> float:
    """Milliseconds of one call."""
    began = clock()
    work()
    return (clock() - began) * 1000


def in_turns(
    ours: Callable[[], object], peer: Callable[[], object], *, repeats: int, clock: Clock = perf_counter
) -> tuple[float, float]:
    """Median milliseconds of both, after one call of each to warm up."""
    ours()
    peer()
    times = [(timed(ours, clock), timed(peer, clock)) for _ in range(repeats)]
    return median(time for time, _ in times), median(time for _, time in times)
