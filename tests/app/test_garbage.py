"""The collector of cycles: it works in the GUI thread alone."""

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from app.garbage import GarbageCollector


class Knot:
    """An object that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    made = GarbageCollector()
    yield made
    made.stop()


def _tie_many() -> None:
    for _ in range(5_000):
        Knot()


def test_that_a_busy_worker_frees_no_cycles_and_the_gui_thread_does(qtbot: QtBot, collector: GarbageCollector) -> None:
    threads: list[threading.Thread] = []
    knot = Knot()
    weakref.finalize(knot, lambda: threads.append(threading.current_thread()))
    del knot
    worker = threading.Thread(target=_tie_many)
    worker.start()
    worker.join()
    assert not threads
    qtbot.waitUntil(lambda: bool(threads))
    assert threads == [threading.main_thread()]


def test_that_nothing_is_looked_through_while_little_was_made(collector: GarbageCollector) -> None:
    gc.collect()
    knot = Knot()
    gone = weakref.finalize(knot, lambda: None)
    del knot
    collector.collect()
    assert gone.alive


def test_that_large_libraries_are_looked_through_no_more(
    collector: GarbageCollector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.garbage.MANY_MODULES", -1)
    before = gc.get_freeze_count()
    collector.collect()
    assert gc.get_freeze_count() > before
    gc.unfreeze()


def test_that_python_collects_again_afterwards(qtbot: QtBot) -> None:
    made = GarbageCollector()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
