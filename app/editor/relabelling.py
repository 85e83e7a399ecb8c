"""Classes renamed, merged and deleted over the whole data set: asks, carries out, and offers to undo all of it."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from PySide6.QtCore import QLockFile, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.editor.class_list import NAME, ClassList, with_new_names
from app.editor.commands import BoxCommands
from app.editor.document import AnnotationDocument
from app.editor.relabel_dialog import RelabelDialog
from app.editor.relabel_words import half_done_text, relabelled_text, undone_text
from app.editor.work_dialog import WorkDialog
from app.jobs import Job
from app.session import Session
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.box_fix import ImageFix
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.relabel import Relabelled, Undone, finish, fix_boxes, relabel, undo
from yolox_core.dataset.relabel_journal import JobState, RelabelJob, jobs_folder, last_job
from yolox_core.dataset.relabel_survey import Changes, ClassSurvey, refuse_foreign, renamed_classes, survey_classes
from yolox_core.errors import FileError, UserError

UNDO, FINISH, CLOSE = "Undo the whole change", "Finish it", "Close"


class ClassRelabelling(QObject):
    """The action, and the bar that undoes or finishes the last change. The desk is cleared while files are written.

    A fix of chosen boxes, and its undoing, go the same way with the desk left as it is. `done` tells the last record of
    a job, what it did in words, and the fix, if it was one.
    """

    done = Signal(object, str, object)

    def __init__(
        self,
        session: Session,
        document: AnnotationDocument,
        classes: ClassList,
        *,
        commands: BoxCommands,
        page: QWidget,
    ) -> None:
        super().__init__(page)
        self.bar = QuestionBar(UNDO, FINISH, CLOSE, look="note")
        self.slots = {"relabel": self.ask}
        self._session = session
        self._document = document
        self._classes = classes
        self._commands = commands
        self._page = page
        self._last: RelabelJob | None = None
        self.bar.answered.connect(self._on_answered)
        document.folder_entered.connect(self._on_folder_entered)

    def ask(self) -> None:
        """Count the boxes, then show the dialog; unsaved edits are saved first."""
        folder = self._session.folder
        if folder is None or not self._document.save_all():
            return
        try:
            refuse_foreign(folder)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            return
        work = WorkDialog(self._session, lambda: survey_classes(folder), self._page)
        work.ended.connect(lambda survey: self._on_counted(folder, survey))
        work.start(writes=False)

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes that are offered."""
        return self._classes.names

    def fix(self, fix: ImageFix, *, over: QWidget) -> None:
        """Change chosen boxes, with progress over a window; unsaved edits are saved first."""
        names = with_new_names(self._classes.names, [fix.new_class] if fix.new_class else [])
        self._rewrite(lambda folder: fix_boxes(folder, fix), names, fix=fix, over=over, keeps_desk=True)

    def undo_last(self) -> None:
        """Take the last change back."""
        if self._last is not None:
            self._undo(self._last)

    def _on_counted(self, folder: DataFolder, survey: ClassSurvey | None) -> None:
        if survey is None or folder != self._session.folder:
            return
        self._classes.set_names(with_new_names(self._classes.names, (one.name for one in survey.classes)))
        dialog = RelabelDialog(survey, self._last, self._page)
        dialog.table.select(self._pointed_at() or self._commands.class_name)
        dialog.accepted.connect(lambda: self._apply(dialog.changes))
        dialog.undo_requested.connect(self._undo)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _pointed_at(self) -> str:
        """The class in whose row the menu of the class list was asked for; empty without one."""
        rows = self._classes.view.selectionModel().selectedRows(NAME)
        self._classes.view.clearSelection()
        return str(rows[0].data()) if rows else ""

    def _apply(self, changes: Changes) -> None:
        names = self._classes.names
        self._rewrite(
            lambda folder: relabel(replace(folder, class_names=names), changes), renamed_classes(names, changes)
        )

    def _finish(self, job: RelabelJob) -> None:
        self._rewrite(lambda folder: finish(folder, job), renamed_classes(self._classes.names, job.changes))

    def _undo(self, job: RelabelJob) -> None:
        added = set(job.changes.values()) - set(job.class_names)
        others = (name for name in self._classes.names if name not in added)
        self._rewrite(lambda _folder: undo(job), with_new_names(job.class_names, others), keeps_desk=not job.changes)

    def _rewrite(
        self,
        make_records: Callable[[DataFolder], Iterator[object]],
        names: tuple[str, ...],
        *,
        fix: ImageFix | None = None,
        over: QWidget | None = None,
        keeps_desk: bool = False,
    ) -> None:
        """Let the label files be written and show them again with the class list `names`.

        The desk is cleared meanwhile, unless single boxes are changed.
        """
        folder = self._session.folder
        if folder is None or not self._document.save_all():
            return
        lock = _lock(folder)
        if _is_busy(lock):
            self._session.problems.show_problem(
                FileError("Another window is changing the classes of this data set.", where=folder.root)
            )
            return
        image = self._document.image
        self.bar.clear()
        if not keeps_desk:
            self._document.set_folder(None)
        work = WorkDialog(self._session, lambda: make_records(folder), over or self._page)

        def on_ended(result: object) -> None:
            lock.unlock()
            if self._session.folder == folder:
                self._show_names(names, is_certain=isinstance(result, Relabelled | Undone) and not result.faults)
                if keeps_desk:
                    self._document.look_at_disk()
                else:
                    self._document.set_folder(folder)
                self._session.labels_rewritten.emit(folder)
                if image is not None:
                    self._document.open(image)
                if result is None and keeps_desk:
                    self._look_for_job(folder)
                self._tell(result)
                self.done.emit(result, self.bar.text, fix)

        work.ended.connect(on_ended)
        work.start(writes=True)

    def _show_names(self, names: tuple[str, ...], *, is_certain: bool) -> None:
        """List the classes; where files were left as they were, their classes too. New boxes keep their place."""
        old, current = self._classes.names, self._commands.class_name
        names = names if is_certain else with_new_names(names, old)
        self._classes.set_names(names)
        if names and current in old and current not in names:
            self._commands.set_class_name(names[min(old.index(current), len(names) - 1)])

    def _tell(self, result: object) -> None:
        if isinstance(result, Relabelled):
            self._last = result.job if result.job.files else None
            self._offer(relabelled_text(result), UNDO if result.job.files else "")
        elif isinstance(result, Undone):
            self._last = None if result.is_whole else result.job
            self._offer(undone_text(result), "" if result.is_whole else UNDO)

    def _offer(self, text: str, *answers: str) -> None:
        for answer, button in self.bar.buttons.items():
            button.setVisible(answer in (*answers, CLOSE))
        self.bar.ask(text)

    def _on_folder_entered(self, folder: DataFolder | None) -> None:
        self._last = None
        self.bar.clear()
        if folder is not None:
            self._look_for_job(folder)

    def _look_for_job(self, folder: DataFolder) -> None:
        """Offer to undo or finish a change that was stopped."""
        job = Job(lambda: iter([last_job(folder.root)]), self)
        job.record_ready.connect(lambda found: self._on_job_found(folder, found))
        self._session.start(job)

    def _on_job_found(self, folder: DataFolder, job: RelabelJob | None) -> None:
        if folder != self._session.folder or job is None:
            return
        self._last = job
        if job.state is JobState.DONE or self.bar.text:
            return
        lock = _lock(folder)
        if not _is_busy(lock):
            self._offer(
                half_done_text(job), UNDO, *([FINISH] if job.state is JobState.APPLYING and job.changes else [])
            )
        lock.unlock()

    def _on_answered(self, answer: str) -> None:
        if self._last is not None and answer != CLOSE:
            (self._undo if answer == UNDO else self._finish)(self._last)


def _lock(folder: DataFolder) -> QLockFile:
    """Tried once: held by this window while it writes, so that another one does not take the job for a dead one's."""
    jobs = jobs_folder(folder.root)
    with suppress(OSError):  # the job says why
        jobs.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(jobs / "lock"))
    lock.setStaleLockTime(0)
    lock.tryLock(0)
    return lock


def _is_busy(lock: QLockFile) -> bool:
    return lock.error() == QLockFile.LockError.LockFailedError
