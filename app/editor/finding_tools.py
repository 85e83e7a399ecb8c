"""The grid of findings beside the page: many are accepted as one job that can be undone as a whole, or rejected."""

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.editor.finding_grid import FindingGrid
from app.editor.relabelling import ClassRelabelling
from app.editor.review_queue import ReviewQueue
from app.session import Session
from yolox_core.dataset.relabel import Relabelled, Undone
from yolox_core.errors import UserError
from yolox_core.review.decisions import Verdict
from yolox_core.review.mending import FindingFix
from yolox_core.review.records import Finding

PATIENCE_MS = 200  # a key held down settles many findings: the grid follows when it rests
UNDO_REJECTED = "{count} rejected: they never come back."


class FindingTools(QObject):
    """Makes the grid when it is first wanted. `settled` says that the queue was changed from here."""

    settled = Signal()
    opened = Signal(object)  # Finding

    def __init__(self, session: Session, relabelling: ClassRelabelling, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._relabelling = session, relabelling
        self._queue: ReviewQueue | None = None
        self._actions: dict[str, QAction] = {}
        self._rejected: list[Finding] = []
        self._accepted: tuple[Path, list[Finding]] | None = None  # the job that changed the labels, and for what
        self.grid: FindingGrid | None = None
        self._soon = QTimer(self, singleShot=True, interval=PATIENCE_MS)
        self._soon.timeout.connect(self._show)
        relabelling.done.connect(self._on_done)

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow the keys of these actions."""
        self._actions = actions

    def follow(self, queue: ReviewQueue | None) -> None:
        """Show the findings of this queue as they are now; without one, close."""
        if queue is not self._queue:
            self._rejected, self._accepted = [], None
            if self.grid is not None:
                self.grid.show_outcome("", can_undo=False)
        self._queue = queue
        if self.grid is not None and queue is None:
            self.grid.close()
        elif self.grid is not None and self.grid.isVisible():
            self._soon.start()

    def open(self) -> None:
        """Show the window."""
        if self._queue is None:
            return
        if self.grid is None:
            self.grid = FindingGrid()
            self.grid.set_keys(self._actions["accept_finding"], self._actions["reject_finding"])
            self.grid.accept_requested.connect(self.accept)
            self.grid.reject_requested.connect(self.reject)
            self.grid.undo_requested.connect(self.undo)
            self.grid.opened.connect(self.opened)
        self.grid.show()
        self.grid.raise_()
        self.grid.activateWindow()
        self._show()

    def accept(self, findings: Sequence[Finding]) -> None:
        """Change the labels of all these findings as one job; those whose files cannot be changed stay open."""
        assert self.grid is not None
        by_image: dict[str, list[Finding]] = {}
        for finding in findings:
            by_image.setdefault(finding.image, []).append(finding)
        if by_image:
            fix = FindingFix({name: tuple(found) for name, found in by_image.items()})
            self._relabelling.fix(fix, over=self.grid)

    def reject(self, findings: Sequence[Finding]) -> None:
        """Note that these labels are right."""
        assert self.grid is not None
        if findings and self._decide(findings, Verdict.REJECTED):
            self._rejected, self._accepted = list(findings), None
            count = "1 finding" if len(findings) == 1 else f"{len(findings):,} findings"
            self.grid.show_outcome(UNDO_REJECTED.format(count=count), can_undo=True)

    def undo(self) -> None:
        """Take the last step of this window back."""
        if self._rejected:
            self._reopen(self._rejected)
            self._rejected = []
        elif self._accepted is not None:
            self._relabelling.undo_last()

    def stop(self) -> None:
        """Close the window and end its thread."""
        if self.grid is not None:
            self.grid.close()
            self.grid.stop()

    def _show(self) -> None:
        folder = self._session.folder
        if self.grid is not None and self._queue is not None and folder is not None:
            self.grid.show_findings(folder, self._queue.listed)

    def _decide(self, findings: Sequence[Finding], verdict: Verdict) -> bool:
        assert self._queue is not None
        try:
            self._queue.decide_apart(findings, verdict)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            return False
        self._show()
        self.settled.emit()
        return True

    def _reopen(self, findings: Sequence[Finding]) -> None:
        if self._queue is None or self.grid is None:
            return
        try:
            self._queue.reopen(findings)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            return
        self.grid.show_outcome("", can_undo=False)
        self._show()
        self.settled.emit()

    def _on_done(self, result: object, text: str, fix: object) -> None:
        folder = self._session.folder
        if self.grid is None or self._queue is None or folder is None:
            return
        if isinstance(result, Relabelled) and isinstance(fix, FindingFix):
            left = {re.sub(r":\d+$", "", fault.where) for fault in result.faults}  # some name the line, too
            done = {name for name in fix.images if (image := folder.image(name)) and str(image.label_path) not in left}
            findings = [finding for name in done for finding in fix.findings[name]]
            if findings and self._decide(findings, Verdict.ACCEPTED):
                self._rejected, self._accepted = [], (result.job.path, findings)
            self.grid.show_outcome(text, can_undo=bool(findings))
        elif isinstance(result, Relabelled):  # of something else: Undo would undo that
            self._accepted = None
            self.grid.show_outcome("", can_undo=False)
        elif isinstance(result, Undone) and self._accepted is not None and result.job.path == self._accepted[0]:
            findings, self._accepted = self._accepted[1], None
            self._reopen(findings)
