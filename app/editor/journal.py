"""The journal of the open folder: unsaved edits are written within a second, and offered again after a crash."""

import os
import time
import uuid
from collections.abc import Hashable, Iterable, Set
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QDateTime, QLocale, QLockFile, QObject, QTimer, Signal

from app.editor.document import AnnotationDocument, Sheet
from app.editor.labels import is_changed, is_on_disk, journaled_labels
from app.fetcher import Answer, Fetcher
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.journal import JournalEntry, journal_folder, read_entries, remove_entry, write_entry
from yolox_core.errors import UserError

DELAY_MS = 400
RESTORE, DISCARD = "Restore", "Discard"


@dataclass(frozen=True)
class Note:
    """What the journal is to hold of one image from now on: an entry, or nothing more."""

    folder: Path
    image_name: str
    entry: JournalEntry | None


@dataclass(frozen=True)
class LeftBehind:
    """Edits that a window which ended without closing has left; the lock keeps other windows from offering them too."""

    folder: Path
    lock: QLockFile
    entries: tuple[JournalEntry, ...]


class EditJournal(QObject):
    """Follows a document; `bar` offers what an earlier window could not save."""

    problem_found = Signal(UserError)

    def __init__(self, document: AnnotationDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bar = QuestionBar(RESTORE, DISCARD, look="note")
        self._document = document
        self._folder: DataFolder | None = None
        self._own = Path()
        self._lock: QLockFile | None = None
        self._marked: dict[str, float] = {}
        self._waiting: dict[str, Note] = {}
        self._held: set[str] = set()
        self._found: tuple[LeftBehind, ...] = ()
        self._writer = Fetcher(_carry_out, self)
        self._writer.fetched.connect(self._on_written)
        self._timer = QTimer(self, singleShot=True, interval=DELAY_MS)
        self._timer.timeout.connect(self._write_marked)
        document.sheet_changed.connect(self._on_sheet_changed)
        document.folder_leaving.connect(self._leave)
        document.folder_entered.connect(self._enter)
        self.bar.answered.connect(self._on_answered)

    def stop(self) -> None:
        """Write what is not written yet, and end the thread: edits that could not be saved stay for the next start."""
        self._writer.stop()
        self._leave()

    def flush(self) -> bool:
        """Write now what is not written yet; False where that failed."""
        self._timer.stop()
        self._collect()
        results = [self._take_in(note, _carry_out(note)) for note in tuple(self._waiting.values())]
        return all(results)

    def _on_sheet_changed(self, image: ImageFile) -> None:
        self._marked[image.name] = time.time()
        if not self._timer.isActive():
            self._timer.start()

    def _write_marked(self) -> None:
        self._collect()
        if self._waiting:
            self._writer.ask(tuple(self._waiting.values()))

    def _collect(self) -> None:
        """Turn the marks into notes: an image that is saved, or never was changed, needs no entry."""
        for name, changed_at in self._marked.items():
            sheet = self._document.held_sheet(name)
            if sheet is not None and sheet.is_dirty:
                self._claim()
                self._held.add(name)
                self._waiting[name] = Note(self._own, name, entry_of(sheet, changed_at))
            elif name in self._held:
                self._held.discard(name)
                self._waiting[name] = Note(self._own, name, None)
        self._marked.clear()

    def _claim(self) -> None:
        """Make this window's folder, locked for as long as the window lives."""
        if self._lock is None:
            try:
                self._own.mkdir(parents=True, exist_ok=True)
            except OSError:
                return  # writing the entry says why
            self._lock = _locked(self._own)

    def _on_written(self, answer: Answer) -> None:
        note = answer.question
        assert isinstance(note, Note)
        self._take_in(note, answer.value)

    def _take_in(self, note: Note, outcome: object) -> bool:
        if self._waiting.get(note.image_name) is note:
            del self._waiting[note.image_name]
        if isinstance(outcome, UserError):
            self.problem_found.emit(outcome)
            return False
        return True

    def _leave(self) -> None:
        self.flush()
        if self._lock is not None:
            self._lock.unlock()
            if not self._held:
                _remove_folder(self._own)
        self._lock = None
        self._held.clear()
        for found in self._found:
            found.lock.unlock()
        self._found = ()
        self.bar.clear()

    def _enter(self, folder: DataFolder | None) -> None:
        self._folder = folder
        if folder is not None:
            base = journal_folder(folder.root)
            self._own = base / f"{os.getpid()}-{uuid.uuid4().hex[:8]}"
            self._found = tuple(_left_behind(base))
            self._offer(folder)

    def _offer(self, folder: DataFolder) -> None:
        newest = {entry.image_name: entry for found in self._found for entry in found.entries}
        lost = [entry for entry in newest.values() if _is_lost(folder, entry)]
        if lost:
            self.bar.ask(offer_text(lost, changed=sum(_is_stale(folder, entry) for entry in lost)))
        else:
            self._forget_found()

    def _on_answered(self, answer: str) -> None:
        if answer == RESTORE:
            self._restore()
        else:
            self._forget_found()

    def _restore(self) -> None:
        folder = self._folder
        assert folder is not None
        newest = {entry.image_name: entry for found in self._found for entry in found.entries}
        edited_since = {image.name for image in self._document.dirty_images}
        restored = []
        for name, entry in newest.items():
            image = folder.image(name)
            if image is not None and name not in edited_since and _is_lost(folder, entry):
                self._document.restore(journaled_labels(image, entry), entry.annotation)
                restored.append(image)
        if restored and self._document.image not in restored:
            self._document.open(restored[-1])
        if self.flush():
            self._forget_found(except_for=edited_since)

    def _forget_found(self, *, except_for: Set[str] = frozenset()) -> None:
        """Remove what was found; edits of images that are not in the folder now stay."""
        for found in self._found:
            for entry in found.entries:
                is_here = self._folder is not None and self._folder.image(entry.image_name) is not None
                if is_here and entry.image_name not in except_for:
                    note = Note(found.folder, entry.image_name, None)
                    self._take_in(note, _carry_out(note))
            found.lock.unlock()
            _remove_folder(found.folder)
        self._found = ()


def entry_of(sheet: Sheet, changed_at: float) -> JournalEntry:
    """The journal's entry for a sheet that has changes."""
    labels = sheet.labels
    assert labels.voc is not None
    return JournalEntry(
        labels.image.name,
        changed_at,
        labels.voc.original,
        labels.stamp.digest,
        labels.saved,
        sheet.annotation,
        labels.voc.convention,
    )


def offer_text(lost: Iterable[JournalEntry], *, changed: int) -> str:
    """How many images, which, when, and how many of their files another program has changed since."""
    newest_first = sorted(lost, key=lambda entry: -entry.changed_at)
    names = [entry.image_name for entry in newest_first]
    when = QDateTime.fromSecsSinceEpoch(int(newest_first[0].changed_at))
    count = "1 image" if len(names) == 1 else f"{len(names)} images"
    listed = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
    text = (
        f"The program ended before the edits to {count} ({listed}) were saved. "
        f"The last was made on {QLocale().toString(when, QLocale.FormatType.ShortFormat)}."
    )
    if changed:
        files = "1 label file has" if changed == 1 else f"{changed} label files have"
        text += f" {files} been changed by another program since; you will be asked before it is overwritten."
    return text


def _carry_out(question: Hashable) -> UserError | None:
    assert isinstance(question, Note)
    try:
        if question.entry is None:
            remove_entry(question.folder, question.image_name)
        else:
            write_entry(question.folder, question.entry)
    except UserError as problem:
        return problem
    return None


def _left_behind(base: Path) -> Iterable[LeftBehind]:
    """What windows that live no more have left; the folder of a living one stays locked and is passed over."""
    for folder in sorted(base.iterdir()) if base.is_dir() else ():
        entries = read_entries(folder)
        lock = _locked(folder) if entries else None
        if lock is not None:
            yield LeftBehind(folder, lock, entries)


def _locked(folder: Path) -> QLockFile | None:
    lock = QLockFile(str(folder / "lock"))
    lock.setStaleLockTime(0)  # a living window keeps its lock, however long it is open
    return lock if lock.tryLock(0) else None


def _remove_folder(folder: Path) -> None:
    """Remove the folder of a window where nothing is left in it."""
    try:
        folder.rmdir()
    except OSError:
        return


def _is_lost(folder: DataFolder, entry: JournalEntry) -> bool:
    """Whether the edit is of an image that is here, and not on disk already."""
    image = folder.image(entry.image_name)
    return image is not None and not is_on_disk(journaled_labels(image, entry), entry.annotation)


def _is_stale(folder: DataFolder, entry: JournalEntry) -> bool:
    image = folder.image(entry.image_name)
    return image is not None and is_changed(journaled_labels(image, entry))
