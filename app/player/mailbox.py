"""A place for one item between two threads: a newer item replaces one that nobody has taken."""

from threading import Condition
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds the newest item. `put` never waits; `take` waits for an item or for the end."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._item: T | None = None
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        """Whether an item waits to be taken."""
        return self._item is not None

    @property
    def is_wanted(self) -> bool:
        """Whether something waits for the taker: an item, or the end."""
        return self._item is not None or self._is_closed

    def put(self, item: T) -> None:
        """Leave an item; one that still lies there is forgotten."""
        with self._changed:
            self._item = item
            self._changed.notify()

    def is_wanted_within(self, seconds: float) -> bool:
        """Whether something waits for the taker by then; returns as soon as it does."""
        with self._changed:
            return self._changed.wait_for(lambda: self.is_wanted, seconds)

    def take(self) -> T | None:
        """The item, as soon as there is one; None once the mailbox is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self.is_wanted)
            item, self._item = self._item, None
            return None if self._is_closed else item

    def close(self) -> None:
        """Send the taker home; what lies there is not delivered."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()

    def open(self) -> None:
        """Deliver again after `close`."""
        with self._changed:
            self._is_closed = False
