"""The search behind a label review: who judges, the job, and the two questions that only a person can answer."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.editor.class_mapping import ClassMappingDialog
from app.editor.document import AnnotationDocument
from app.editor.search_dialog import SearchDialog
from app.jobs import Job
from app.review_findings import (
    EMPTY,
    LIKELY,
    NOT_YET,
    Judge,
    class_mapping,
    kept_findings,
    review_records,
    unlabelled_answer,
)
from app.session import Session
from app.widgets.question_bar import QuestionBar
from yolox_core.records import Progress
from yolox_core.review.records import Finding, UnknownClasses

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder
    from yolox_core.review.review import Review

NAME_CLASSES, LEAVE_CLASSES = "Name the classes…", "Leave it"


class ReviewSearch(QObject):
    """One search at a time. `progressed` carries Progress, or None at the end; `found` the findings and who judged."""

    progressed = Signal(object)
    found = Signal(object, object, str)  # Review, Judge, the outcome in words
    recalled = Signal(object, str)  # tuple[Finding, ...] of an earlier search, and who judged

    def __init__(self, session: Session, document: AnnotationDocument, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._document, self._page = session, document, page
        self._job: Job | None = None
        self._judge = Judge()
        self._own: tuple[str, ...] = ()
        self._known: tuple[str, ...] = ()
        self.unlabelled = QuestionBar(EMPTY, NOT_YET, look="note")
        self.classes = QuestionBar(NAME_CLASSES, LEAVE_CLASSES, look="note")
        self.bars: tuple[QWidget, ...] = (self.unlabelled, self.classes)
        document.folder_leaving.connect(self._forget)
        self.unlabelled.answered.connect(self._on_unlabelled)
        self.classes.answered.connect(self._on_classes)

    def begin(self) -> None:
        """Show what the last search found; after none, search with the checkpoint in use, or ask who judges."""
        folder = self._session.folder
        if folder is not None and self._job is None:
            self._run(Job(lambda: iter([kept_findings(folder.root)]), self), self._on_recalled)

    def ask(self) -> None:
        """Show the dialog, and search if that is wanted."""
        folder = self._session.folder
        if folder is None or self._job is not None:
            return
        dialog = SearchDialog(self._session, folder, self._page)
        dialog.accepted.connect(lambda: self.start(dialog.judge))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def start(self, judge: Judge) -> None:
        """Search the folder, after saving what was changed here: the search reads the files."""
        folder = self._session.folder
        if folder is None or self._job is not None or not self._document.save_all():
            return
        self._judge = judge
        self.clear()
        self._run(Job(lambda: review_records(folder, judge, self._session.settings), self), self._on_record)

    def _run(self, job: Job, on_record: Callable[..., None]) -> None:
        self._job = job
        job.record_ready.connect(self._when_current(job, on_record))
        job.finished.connect(self._when_current(job, self._on_ended))
        self.progressed.emit(Progress(0, 0, "Starting"))
        self._session.start(job)

    def ask_classes(self) -> None:
        """Ask which of the network's classes those of other names are, and search again with the answer."""
        folder = self._session.folder
        if folder is None or not self._own:
            return
        dialog = ClassMappingDialog(
            self._own, self._known, class_mapping(self._session.settings, folder.root), self._page
        )
        dialog.accepted.connect(lambda: self._keep_mapping(folder, dialog.mapping))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @property
    def has_other_names(self) -> bool:
        """Whether the last search met classes that the network calls otherwise, or does not have."""
        return bool(self._own)

    def cancel(self) -> None:
        """End the search; what was computed is kept and used by the next one."""
        if self._job is not None:
            self._job.stop()
            self._on_ended()

    def clear(self) -> None:
        """Take the questions away."""
        for bar in (self.unlabelled, self.classes):
            bar.clear()

    def _when_current(self, job: Job, act: Callable[..., None]) -> Callable[..., None]:
        def act_if_current(*arguments: object) -> None:
            if job is self._job:
                act(*arguments)

        return act_if_current

    def _on_recalled(self, kept: tuple[tuple[Finding, ...], str]) -> None:
        self._on_ended()
        findings, by = kept
        if findings:
            self.recalled.emit(findings, by)
        elif self._session.checkpoint is not None:
            self.start(Judge(self._session.checkpoint))
        else:
            self.ask()

    def _forget(self) -> None:
        """Names of classes and a judge are of one data set."""
        self._judge, self._own, self._known = Judge(), (), ()

    def _on_record(self, record: "Progress | Review | UnknownClasses") -> None:
        if isinstance(record, Progress):
            self.progressed.emit(record)
            return
        self._on_ended()
        folder = self._session.folder
        if isinstance(record, UnknownClasses):
            self._own, self._known = record.own, record.known
            self._tell_unknown(record.own)
            return
        if folder is None:
            return
        unknown = record.unknown_classes
        self._own, self._known = (*class_mapping(self._session.settings, folder.root), *unknown), record.network_classes
        self.found.emit(record, self._judge, _outcome(record, self._judge))
        if unknown:
            self._tell_unknown(unknown)
        if record.undecided and not unlabelled_answer(self._session.settings, folder.root):
            many = f"{len(record.undecided):,} images have" if len(record.undecided) > 1 else "1 image has"
            self.unlabelled.ask(f"{many} no labels. Is there nothing in them, or has nobody labelled them yet?")

    def _on_ended(self) -> None:
        self._job = None
        self.progressed.emit(None)

    def _tell_unknown(self, own: tuple[str, ...]) -> None:
        names = ", ".join(own[:5]) + (f" and {len(own) - 5} more" if len(own) > 5 else "")
        self.classes.ask(f"The network does not know {names}. Has it other names for them?")

    def _on_classes(self, answer: str) -> None:
        if answer == NAME_CLASSES:
            self.ask_classes()

    def _keep_mapping(self, folder: "DataFolder", mapping: dict[str, str]) -> None:
        known: dict[str, str] = self._session.settings.get("class_mappings")
        others = {
            name: theirs
            for name, theirs in class_mapping(self._session.settings, folder.root).items()
            if name not in self._own
        }
        whole = {**others, **mapping}
        self._session.remember(class_mappings={**known, str(folder.root): json.dumps(whole)})
        self.start(self._judge)

    def _on_unlabelled(self, answer: str) -> None:
        folder = self._session.folder
        if folder is None:
            return
        known = self._session.settings.get("unlabelled_images")
        self._session.remember(unlabelled_images={**known, str(folder.root): answer})
        if answer == EMPTY:
            self.start(self._judge)


def _outcome(record: "Review", judge: Judge) -> str:
    found = sum(finding.probability >= LIKELY for finding in record.findings)
    parts = [f"{found or 'No'} likely fault{'' if found == 1 else 's'} in {record.images:,} images ({judge.name})."]
    if judge == Judge():
        parts.append("With a network the search sees more.")
    if record.undecided:
        parts.append(f"{len(record.undecided):,} images without labels were left out: they may not be labelled yet.")
    return " ".join(parts)
