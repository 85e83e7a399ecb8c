"""Work done in a thread of its own before its results are asked for, so that stages of a pipeline overlap."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
END = object()
LOOK_S = 0.05  # how often a thread that waits for room looks whether it is still wanted


@contextmanager
def ahead(items: Iterable[Item], *, most: int) -> Iterator[Iterator[Item]]:
    """The items in order, at most `most` of them made before they are taken; what making one raises is raised there.

    Leaving the `with` statement ends the thread after the item in work.
    """
    queue: Queue[object] = Queue(most)
    is_over = Event()

    def put(item: object) -> bool:
        while not is_over.is_set():
            try:
                queue.put(item, timeout=LOOK_S)
            except Full:
                continue
            return True
        return False

    def make() -> None:
        try:
            for item in items:
                if not put(item):
                    return
            put(END)
        except BaseException as error:  # noqa: BLE001 - it is raised again in the thread that takes the items
            put(_Failure(error))

    thread = Thread(target=make, daemon=True)
    thread.start()
    try:
        yield _taken(queue, is_over)
    finally:
        is_over.set()
        thread.join()


class _Failure:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _taken(queue: "Queue[object]", is_over: Event) -> Iterator[Item]:
    while not is_over.is_set():
        try:
            item = queue.get(timeout=LOOK_S)
        except Empty:
            continue
        if item is END:
            return
        if isinstance(item, _Failure):
            raise item.error
        yield item  # type: ignore[misc]
