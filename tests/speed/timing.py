"""Times of two functions, measured in turns so that a change of the machine's load meets both."""

from collections.abc import Callable
from statistics import median
from time import perf_counter


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    began = perf_counter()
    work()
    return (perf_counter() - began) * 1000


def in_turns(ours: Callable[[], object], peer: Callable[[], object], *, repeats: int) -> tuple[float, float]:
    """Median milliseconds of both, after one call of each to warm up."""
    ours()
    peer()
    times = [(timed(ours), timed(peer)) for _ in range(repeats)]
    return median(time for time, _ in times), median(time for _, time in times)
