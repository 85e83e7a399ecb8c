"""What all tests of the window share."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def nothing_is_left() -> Iterator[None]:
    """Python's own collector rests for the whole package: a worker of one test may outlive it into the next."""
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.fixture(autouse=True)
def own_collector() -> Iterator[None]:
    """Frees what a test leaves in cycles in this thread: a worker's collector must not delete a session or a widget."""
    gc.disable()
    yield
    gc.collect(0)
