"""Deleting runs: asks, moves them into the trash beside them, and offers to undo that."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.training.status import BUSY
from app.widgets.question_bar import QuestionBar
from yolox_core.errors import UserError
from yolox_core.train.runs import RunSummary
from yolox_core.train.runs_trash import TRASH, TrashedRun, put_aside, put_back

DELETE, KEEP, PUT_BACK, CLOSE = "Delete", "Keep", "Put back", "Close"
UNTOUCHABLE = frozenset(state.value for state in BUSY)


class RunsTrash(QObject):
    """`bar` asks before, `undo_bar` offers the way back after; runs under way stay."""

    changed = Signal()
    failed = Signal(UserError)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bar = QuestionBar(DELETE, KEEP)
        self.undo_bar = QuestionBar(PUT_BACK, CLOSE, look="note")
        self._asked: tuple[RunSummary, ...] = ()
        self._trashed: list[TrashedRun] = []
        self.bar.answered.connect(self._on_answered)
        self.undo_bar.answered.connect(self._on_undo)

    def ask(self, runs: Sequence[RunSummary]) -> None:
        """Ask whether these runs are to go."""
        busy = next((run for run in runs if run.state in UNTOUCHABLE), None)
        if busy is not None:
            self.failed.emit(UserError("This run is under way.", where=busy.path, action="Stop it first."))
        elif runs:
            self._asked = tuple(runs)
            self.bar.ask(f"Move {_named(runs)} into {TRASH} beside the runs?")

    def clear(self) -> None:
        """Ask nothing more: another data set is open."""
        self.bar.clear()
        self.undo_bar.clear()

    def _on_answered(self, answer: str) -> None:
        if answer != DELETE:
            return
        self._trashed = []
        try:
            for run in self._asked:
                self._trashed.append(put_aside(run.path))
        except UserError as problem:
            self.failed.emit(problem)
        if self._trashed:
            text = "1 run lies" if len(self._trashed) == 1 else f"{len(self._trashed)} runs lie"
            self.undo_bar.ask(f"{text} in {self._trashed[0].place.parent} now.")
        self.changed.emit()

    def _on_undo(self, answer: str) -> None:
        if answer != PUT_BACK:
            return
        try:
            while self._trashed:
                put_back(self._trashed[-1])
                self._trashed.pop()
        except UserError as problem:
            self.failed.emit(problem)
        self.changed.emit()


def _named(runs: Sequence[RunSummary]) -> str:
    return f"the run “{runs[0].path.name}”" if len(runs) == 1 else f"{len(runs)} runs"
