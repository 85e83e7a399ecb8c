"""The grid of findings beside the page: many are accepted as one job that can be undone as a whole, or rejected."""

import os
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.editor.finding_grid import FindingGrid
from app.editor.relabelling import ClassRelabelling
from app.editor.review_queue import ReviewQueue
from app.jobs import Job
from app.session import Session
from yolox_core.dataset.relabel import Relabelled, Undone
from yolox_core.dataset.relabel_journal import digest_of, entries_of, last_job
from yolox_core.dataset.relabel_survey import read_labels
from yolox_core.errors import UserError
from yolox_core.records import Fault
from yolox_core.review.decisions import Verdict
from yolox_core.review.mending import FindingFix
from yolox_core.review.records import Finding

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder

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
        self._began_s = 0.0
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
        is_another = queue is not self._queue
        self._queue = queue
        if is_another:
            self._rejected, self._accepted = [], None
            if self.grid is not None:
                self.grid.show_outcome("", can_undo=False)
        if self.grid is not None and queue is None:
            self.grid.close()
        elif self.grid is not None and self.grid.isVisible():
            self._soon.start(0 if is_another else PATIENCE_MS)

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
        if findings:
            self._began_s = time.time()
            self._relabelling.fix(FindingFix(by_image(findings)), over=self.grid)

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
            findings = _outside(folder, fix.findings, result.faults)
            self._take_accepted(result.job.path, findings)
            self.grid.show_outcome(text, can_undo=bool(findings))
        elif result is None and isinstance(fix, FindingFix):
            began_s = self._began_s
            job = Job(lambda: iter([written_findings(folder, fix, began_s)]), self)
            job.record_ready.connect(self._on_written)
            self._session.start(job)
        elif isinstance(result, Relabelled):  # of something else: Undo would undo that
            self._accepted = None
            self.grid.show_outcome("", can_undo=False)
        elif isinstance(result, Undone) and self._accepted is not None and result.job.path == self._accepted[0]:
            accepted, self._accepted = by_image(self._accepted[1]), None
            self._reopen(_outside(folder, accepted, result.faults))

    def _on_written(self, written: "tuple[Path, list[Finding]] | None") -> None:
        """A job was stopped or failed half-way: what it did is done."""
        if written is not None:
            self._take_accepted(*written)

    def _take_accepted(self, job: Path, findings: list[Finding]) -> None:
        if findings and self._queue is not None and self._decide(findings, Verdict.ACCEPTED):
            self._rejected, self._accepted = [], (job, findings)


def by_image(findings: Iterable[Finding]) -> dict[str, tuple[Finding, ...]]:
    """Findings by the name of their image."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.image, []).append(finding)
    return {name: tuple(of_image) for name, of_image in found.items()}


def written_findings(folder: "DataFolder", fix: FindingFix, began_s: float) -> tuple[Path, list[Finding]] | None:
    """The job that was to make a fix, and those findings whose files it has written; None where none began then."""
    job = last_job(folder.root)
    if job is None or job.started_at < began_s:
        return None
    digests = {entry.file: entry.digest for entry in entries_of(job)}

    def is_written(name: str) -> bool:
        image = folder.image(name)
        if image is None:
            return False
        digest = digests.get(Path(os.path.relpath(image.label_path, folder.root)).as_posix())
        return digest is not None and digest_of(read_labels(image.label_path) or b"") == digest

    return job.path, [finding for name in filter(is_written, fix.images) for finding in fix.findings[name]]


def _outside(
    folder: "DataFolder", findings: Mapping[str, tuple[Finding, ...]], faults: Iterable[Fault]
) -> list[Finding]:
    """The findings of images whose label files are not among those that could not be changed."""
    left = {re.sub(r":\d+$", "", fault.where) for fault in faults}  # some name the line, too
    done = (name for name in findings if (image := folder.image(name)) and str(image.label_path) not in left)
    return [finding for name in done for finding in findings[name]]
