"""The loop of a review: train on from the network that judged, look again with what came of it, see how far it led."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.editor.document import AnnotationDocument
from app.jobs import Job
from app.review_findings import Judge
from app.session import EndedRun, PageRequest, Session
from app.widgets.question_bar import QuestionBar
from yolox_core.review.decisions import Decisions
from yolox_core.review.rounds import RoundFigures, rounds_of

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder

LOOK_AGAIN, LATER = "Look again", "Later"


class ReviewLoop(QObject):
    """Shows the rounds of the open folder. `judge_wanted` carries the Judge that a finished training has become."""

    judge_wanted = Signal(object)

    def __init__(self, session: Session, document: AnnotationDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        self._judge = Judge()
        self._trained: Path | None = None
        self._window: QWidget | None = None
        self.trained = QuestionBar(LOOK_AGAIN, LATER, look="note")
        self.trained.answered.connect(self._on_answered)
        session.run_ended.connect(self._on_run_ended)
        document.folder_leaving.connect(self._forget)

    def follow(self, judge: Judge) -> None:
        """A search has ended: a training goes on from this judge."""
        self._judge = judge

    def train(self) -> None:
        """Save, then prepare a training that goes on from the network that judged last, or the one in use."""
        if self._document.save_all():
            self._session.page_requested.emit(PageRequest("train", self._judge.weights or self._session.checkpoint))

    def show_rounds(self) -> None:
        """Show the chart."""
        folder = self._session.folder
        if folder is not None:
            job = Job(lambda: iter([(folder, rounds_of(folder.root, Decisions(folder.root)))]), self)
            job.record_ready.connect(self._on_rounds)
            self._session.start(job)

    def _on_rounds(self, read: "tuple[DataFolder, tuple[RoundFigures, ...]]") -> None:
        from app.editor.rounds_window import RoundsWindow

        folder, rounds = read
        if self._session.folder is None or folder.root != self._session.folder.root:
            return
        window = self._window if isinstance(self._window, RoundsWindow) else RoundsWindow()
        window.show_rounds(rounds)
        window.show()
        window.raise_()
        self._window = window

    def stop(self) -> None:
        """Close the chart."""
        if self._window is not None:
            self._window.close()

    def _on_run_ended(self, run: EndedRun) -> None:
        folder = self._session.folder
        rounds = rounds_of(folder.root, ()) if folder is not None else ()
        if not rounds:
            return
        self._trained = run.weights
        before = rounds[-1].round.ap
        after = "" if before is None else f" after {before:.3f}"
        figure = "" if run.ap is None else f": AP {run.ap:.3f}{after}"
        self.trained.ask(f"A training on this data set has ended{figure}. Look for label faults with its weights?")

    def _forget(self) -> None:
        """A judge and a chart are of one data set."""
        self.stop()
        self._judge, self._trained = Judge(), None
        self.trained.clear()

    def _on_answered(self, answer: str) -> None:
        if answer == LOOK_AGAIN and self._trained is not None:
            self._session.set_checkpoint(self._trained)
            self.judge_wanted.emit(Judge(self._trained))
