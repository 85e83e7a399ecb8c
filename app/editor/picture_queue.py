"""Small pictures that rows ask for while they are painted: held within a bound in bytes, or on their way."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

Key = TypeVar("Key")
Wish = TypeVar("Wish")
Made = TypeVar("Made")


class PictureQueue(Generic[Key, Wish, Made]):
    """`on_first_wish` is called when something is wanted after all before was taken; the newest wishes come first."""

    def __init__(self, *, limit_bytes: int, most_waiting: int, on_first_wish: Callable[[], object]) -> None:
        self._limit_bytes = limit_bytes
        self._most_waiting = most_waiting
        self._on_first_wish = on_first_wish
        self._held: OrderedDict[Key, tuple[Made, int]] = OrderedDict()
        self._bytes = 0
        self._waiting: dict[Key, Wish] = {}
        self._new: dict[Key, Wish] = {}

    def get(self, key: Key, wish: Wish) -> Made | None:
        """What is held; None while it is on its way, for which the wish is noted."""
        held = self._held.get(key)
        if held is not None:
            self._held.move_to_end(key)
            return held[0]
        if key not in self._waiting:
            if not self._new:
                self._on_first_wish()
            self._new[key] = wish
        return None

    def take(self) -> list[Wish]:
        """All wishes that wait: those of the last painting before earlier ones, of which the oldest are dropped."""
        self._waiting = dict(list({**self._new, **self._waiting}.items())[: self._most_waiting])
        self._new = {}
        return list(self._waiting.values())

    def put(self, key: Key, wish: Wish, made: Made, size: int) -> None:
        """Hold what was made of a wish that still waits; what was unused longest gives way."""
        if self._waiting.get(key) != wish:
            return
        del self._waiting[key]
        self._held[key] = made, size
        self._bytes += size
        while self._bytes > self._limit_bytes:
            self._bytes -= self._held.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forget all."""
        self._held.clear()
        self._waiting, self._new, self._bytes = {}, {}, 0
