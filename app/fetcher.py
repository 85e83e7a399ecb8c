"""A thread that answers questions, the newest list of them first, so that the window never waits for a disk."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from threading import Condition

from PySide6.QtCore import QObject, QThread, Signal


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found for one question, and the generation in which it was asked."""

    question: Hashable
    value: object
    generation: int


class Fetcher(QThread):
    """Runs `fetch(question)` for the questions of the newest `ask`; older ones that have not begun are dropped.

    `fetch` must raise nothing that a user can cause: such problems are part of its value.
    """

    fetched = Signal(object)  # Answer

    def __init__(self, fetch: Callable[[Hashable], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._fetch = fetch
        self._waiting: list[Hashable] = []
        self._generation = 0
        self._is_stopping = False
        self._changed = Condition()

    def ask(self, questions: Sequence[Hashable], *, generation: int = 0) -> None:
        """Ask these questions, in this order, instead of all that have not begun."""
        with self._changed:
            self._waiting = list(questions)
            self._generation = generation
            self._changed.notify()
        if questions and not self.isRunning() and not self._is_stopping:
            self.start(QThread.Priority.LowPriority)

    def stop(self) -> None:
        """Drop all questions and wait for the thread's end."""
        with self._changed:
            self._is_stopping = True
            self._waiting = []
            self._changed.notify()
        self.wait()

    def run(self) -> None:
        """The thread's body: Qt calls it."""
        while True:
            with self._changed:
                while not self._waiting and not self._is_stopping:
                    self._changed.wait()
                if self._is_stopping:
                    return
                question, generation = self._waiting.pop(0), self._generation
            self.fetched.emit(Answer(question, self._fetch(question), generation))
