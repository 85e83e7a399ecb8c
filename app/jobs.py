"""One kind of background work: a thread that runs an iterator of records and hands each to the window."""

import logging
import traceback
from collections.abc import Callable, Iterator
from threading import Event

from PySide6.QtCore import QObject, QThread, Signal

from yolox_core.errors import UserError

log = logging.getLogger(__name__)


class Job(QThread):
    """Runs `make_records()` in its own thread and emits what it yields, in order, in the thread of the receiver.

    Exactly one of `done` (the iterator ended or was stopped), `failed` (a problem to show) and `crashed` (a bug, as the
    traceback's text) follows the last record. Nothing is lost on `stop()`: the iterator is closed between two records.
    """

    record_ready = Signal(object)
    done = Signal()
    failed = Signal(UserError)
    crashed = Signal(str)

    def __init__(self, make_records: Callable[[], Iterator[object]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._make_records = make_records
        self._stopping = False
        self._may_go_on = Event()
        self._may_go_on.set()

    @property
    def is_paused(self) -> bool:
        """Whether the next record is being held back."""
        return not self._may_go_on.is_set()

    def pause(self) -> None:
        """Ask for no further record until `resume()`."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Go on after `pause()`."""
        self._may_go_on.set()

    def stop(self) -> None:
        """Close the iterator after the record in work; returns at once."""
        self._stopping = True
        self._may_go_on.set()

    def run(self) -> None:
        """The thread's body: Qt calls it."""
        try:
            self._run_records()
        except UserError as problem:
            self.failed.emit(problem)
        except Exception:
            log.exception("job failed")
            self.crashed.emit(traceback.format_exc())
        else:
            self.done.emit()

    def _run_records(self) -> None:
        records = self._make_records()
        try:
            for record in records:
                self.record_ready.emit(record)
                self._may_go_on.wait()
                if self._stopping:
                    return
        finally:
            close = getattr(records, "close", None)
            if close is not None:
                close()
