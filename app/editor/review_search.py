"""The search behind a label review: who judges, the job, and the two questions that only a person can answer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.editor.class_mapping import ClassMappingDialog
from app.editor.document import AnnotationDocument
from app.editor.review_queue import ReviewQueue, worklist
from app.editor.search_dialog import SearchDialog
from app.jobs import Job
from app.review_findings import (
    EMPTY,
    LIKELY,
    NOT_YET,
    Judge,
    class_mapping,
    forget_findings,
    kept_findings,
    review_records,
    unlabelled_answer,
)
from app.session import Session
from app.settings import SettingsStore
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.relabel import Relabelled, Undone
from yolox_core.records import Progress
from yolox_core.review.decisions import Decisions, time_text
from yolox_core.review.records import UnknownClasses

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder
    from yolox_core.dataset.relabel_survey import Changes
    from yolox_core.review.review import Review

NAME_CLASSES, LEAVE_CLASSES = "Name the classes…", "Leave it"


@dataclass(frozen=True, eq=False)
class Found:
    """What a search has found: the queue of its findings, the whole review, who judged."""

    queue: ReviewQueue
    review: "Review"
    judge: Judge

    @property
    def text(self) -> str:
        """The outcome in words."""
        review = self.review
        found = sum(finding.probability >= LIKELY for finding in review.findings)
        faults = f"{found:,} likely faults" if found > 1 else ("1 likely fault" if found else "No likely faults")
        parts = [f"{faults} in {review.images:,} images ({self.judge.name})."]
        if self.judge == Judge():
            parts.append("With a network the search sees more.")
        if review.undecided:
            many = f"{len(review.undecided):,} images without labels were left out"
            parts.append(f"{many}: they may not be labelled yet.")
        if review.faults:
            first = review.faults[0]
            many = f"{len(review.faults):,} files" if len(review.faults) > 1 else "1 file"
            parts.append(f"{many} could not be read and had no part in it, such as {first.where}: {first.what}")
        return " ".join(parts)


@dataclass(frozen=True, eq=False)
class Recalled:
    """The queue of what an earlier search has found, and who judged."""

    queue: ReviewQueue
    by: str


class ReviewSearch(QObject):
    """One search at a time. `progressed` carries Progress, or None at the end."""

    progressed = Signal(object)
    found = Signal(object)  # Found
    recalled = Signal(object)  # Recalled

    def __init__(self, session: Session, document: AnnotationDocument, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._document, self._page = session, document, page
        self._job: Job | None = None
        self._judge: Judge | None = None
        self._desk: tuple[object, ...] = ()  # what was on it when the search began
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
            self._run(Job(lambda: _recalled(folder), self), self._on_recalled)

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
        """Search the folder, after saving what was changed here: the search reads the files. Ends another search."""
        folder = self._session.folder
        if folder is None or not self._document.save_all():
            return
        self.cancel()
        self._judge = judge
        self.clear()
        self._run(Job(lambda: _searched(folder, judge, self._session.settings), self), self._on_record)

    @property
    def is_desk_changed(self) -> bool:
        """Whether the user has gone on with something since the search began."""
        return self._desk_now != self._desk

    @property
    def _desk_now(self) -> tuple[object, ...]:
        return self._document.image, self._document.annotation, self._document.selected

    def _run(self, job: Job, on_record: Callable[..., None]) -> None:
        self._job = job
        self._desk = self._desk_now
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

    def ask_unlabelled(self) -> None:
        """Ask what images without labels mean, whatever was answered before."""
        folder = self._session.folder
        if folder is not None:
            known = unlabelled_answer(self._session.settings, folder.root)
            before = f" So far: {known.lower()}." if known else ""
            self.unlabelled.ask(
                f"Images without labels: is there nothing in them, or are they not labelled yet?{before}"
            )

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

    def follow_classes(self, result: object, _text: str, fix: object) -> None:
        """Classes got other names, or their old ones back: verdicts go along, findings of before mean nothing now."""
        folder = self._session.folder
        if folder is None or fix is not None or not isinstance(result, Relabelled | Undone) or not result.job.changes:
            return
        changes: Changes = result.job.changes if isinstance(result, Relabelled) else {}
        self._session.start(Job(lambda: _classes_changed(folder, changes), self))

    def _when_current(self, job: Job, act: Callable[..., None]) -> Callable[..., None]:
        def act_if_current(*arguments: object) -> None:
            if job is self._job:
                act(*arguments)

        return act_if_current

    def _on_recalled(self, recalled: Recalled | None) -> None:
        self._on_ended()
        if recalled is not None:
            self.recalled.emit(recalled)
        elif self._session.checkpoint is not None:
            self.start(Judge(self._session.checkpoint))
        else:
            self.ask()

    def _forget(self) -> None:
        """Names of classes and a judge are of one data set."""
        self._judge, self._own, self._known = None, (), ()

    def _on_record(self, record: Progress | Found | UnknownClasses) -> None:
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
        self._judge = replace(record.judge, anew=False)  # another search with it uses the networks just trained
        unknown, undecided = record.review.unknown_classes, record.review.undecided
        mapped = class_mapping(self._session.settings, folder.root)
        self._own, self._known = (*mapped, *unknown), record.review.network_classes
        self.found.emit(record)
        if unknown:
            self._tell_unknown(unknown)
        if undecided and not unlabelled_answer(self._session.settings, folder.root):
            many = f"{len(undecided):,} images have" if len(undecided) > 1 else "1 image has"
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
        self._search_again()

    def _on_unlabelled(self, answer: str) -> None:
        folder = self._session.folder
        if folder is None:
            return
        before = unlabelled_answer(self._session.settings, folder.root) or NOT_YET
        known = self._session.settings.get("unlabelled_images")
        self._session.remember(unlabelled_images={**known, str(folder.root): answer})
        if answer != before:
            self._search_again()

    def _search_again(self) -> None:
        """By whom it was last; ask where the last search was before this start."""
        if self._judge is not None:
            self.start(self._judge)
        else:
            self.ask()


def _recalled(folder: "DataFolder") -> Iterator[Recalled | None]:
    findings, by = kept_findings(folder.root)
    yield Recalled(worklist(folder, findings, Decisions(folder.root)), by) if findings else None


def _searched(
    folder: "DataFolder", judge: Judge, settings: SettingsStore
) -> "Iterator[Progress | Found | UnknownClasses]":
    """Progress, then what was found, without what was settled while the search went on."""
    began_at = time_text()
    for record in review_records(folder, judge, settings):
        if isinstance(record, Progress | UnknownClasses):
            yield record
        else:
            queue = worklist(folder, record.findings, Decisions(folder.root), read_at=began_at)
            yield Found(queue, record, judge)


def _classes_changed(folder: "DataFolder", changes: "Changes") -> Iterator[None]:
    forget_findings(folder.root)
    Decisions(folder.root).rename(changes)
    yield None
