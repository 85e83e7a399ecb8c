"""The index of the open folder, kept current in the background: when a folder comes, after a save, when files change.

The engine is imported where the work is: it brings NumPy, which the window starts without.
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.fetcher import Answer, Fetcher
from app.folder_watch import FolderWatch
from app.jobs import Job
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder
    from yolox_core.dataset.index import Index

NEWS_EVERY_S = 1.0
SAVES_SETTLE_MS = 200
HEAD_START_MS = 250  # of the first image: its decoding and a look through 50,000 files would share Python's lock


class FolderIndex(QObject):
    """Runs one look through the label files at a time. Lists ask through readers of their own."""

    progressed = Signal(object)  # Progress while label files are read, None at the end
    changed = Signal()  # answers of readers may be others now
    synced = Signal()  # the same, after files were looked at, not after a save
    relisted = Signal(object)  # DataFolder: the same one, with other images
    job_made = Signal(object)  # Job that is to be started

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: DataFolder | None = None
        self._job: Job | None = None
        self._saved: set[int] = set()
        self._told_at = 0.0
        self._is_look = True
        self._watch = FolderWatch(self)
        self._watch.changed.connect(self.look_again)
        self._settling = QTimer(self, singleShot=True, interval=SAVES_SETTLE_MS)
        self._settling.timeout.connect(self._reread_saved)
        self._head_start = QTimer(self, singleShot=True, interval=HEAD_START_MS)
        self._head_start.timeout.connect(self._begin)

    @property
    def folder(self) -> "DataFolder | None":
        """The folder that the index is of."""
        return self._folder

    @property
    def is_busy(self) -> bool:
        """Whether label files are being read, or soon will be."""
        return self._job is not None or self._head_start.isActive()

    def follow(self, folder: "DataFolder | None") -> None:
        """Index another folder, or the same one with other images: soon, so that its first image is shown before."""
        self._end()
        self._folder = folder
        self._saved.clear()
        self._watch.watch(_places_on_disk(folder) if folder is not None else ())
        if folder is not None:
            self._head_start.start()

    def stop(self) -> None:
        """Begin no further work."""
        self._folder = None
        self._settling.stop()
        self._watch.watch(())
        self._end()

    def note_saved(self, path: Path) -> None:
        """Take up what was just written for the image at this path."""
        place = self._folder.place_at(path) if self._folder is not None else None
        if self._folder is not None and place is not None:
            self._watch.note_own_write(self._folder.images[place].label_folder)
            self._saved.add(place)
            self._settling.start()

    def look_again(self) -> None:
        """Look for images and label files that came, went or changed."""
        folder = self._folder
        if folder is not None and self._job is None:
            self._head_start.stop()
            self._run(lambda: _listed_and_synced(folder))

    def _begin(self) -> None:
        folder = self._folder
        if folder is not None:
            self._run(lambda: _synced(folder))

    def _reread_saved(self) -> None:
        folder, places = self._folder, sorted(self._saved)
        if self.is_busy:
            self._settling.start()
        elif folder is not None and places:
            self._saved.clear()
            self._run(lambda: _reread(folder, places), is_look=False)

    def _run(self, make_records: Callable[[], Iterator[object]], *, is_look: bool = True) -> None:
        self._is_look = is_look
        job = self._job = Job(make_records)
        job.record_ready.connect(self._on_record)
        job.finished.connect(self._on_finished)
        self.job_made.emit(job)

    def _end(self) -> None:
        self._head_start.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None
            self.progressed.emit(None)

    def _on_record(self, record: object) -> None:
        if self.sender() is not self._job:
            return
        if isinstance(record, Progress):
            if record.done:
                self.progressed.emit(record)
            if not record.done or monotonic() - self._told_at > NEWS_EVERY_S:
                self._tell()
        elif isinstance(record, Relisted):
            self.relisted.emit(record.folder)

    def _on_finished(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self.progressed.emit(None)
            self._tell()

    def _tell(self) -> None:
        self._told_at = monotonic()
        self.changed.emit()
        if self._is_look:
            self.synced.emit()


@dataclass(frozen=True)
class Relisted:
    """The folder as it is on disk, where other images lie in it than before."""

    folder: "DataFolder"


class IndexReader(QObject):
    """Answers questions from the index in a thread of its own; only the newest counts.

    `answered` carries what the question returned. `unanswered` comes instead while the index lists other images than
    the folder, or cannot be read: ask again when it has `changed`.
    """

    answered = Signal(object)
    unanswered = Signal()

    def __init__(self, index: FolderIndex, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source = index
        self._fetcher = Fetcher(self._fetch, self)
        self._fetcher.fetched.connect(self._on_fetched)
        self._generation = 0
        self._open: Index | None = None

    def ask(self, question: "Callable[[Index], object]") -> None:
        """Ask the index of the open folder."""
        self._generation += 1
        folder = self._source.folder
        questions = (_Question(folder, question),) if folder is not None else ()
        self._fetcher.ask(questions, generation=self._generation)

    def forget(self) -> None:
        """Drop the question that was asked: its answer counts no more."""
        self._generation += 1
        self._fetcher.ask(())

    def stop(self) -> None:
        """End the thread."""
        self._fetcher.stop()
        self._close()

    def _fetch(self, asked: Hashable) -> object:
        import sqlite3

        from yolox_core.dataset.index import Index, StaleIndexError
        from yolox_core.errors import FileError

        assert isinstance(asked, _Question)
        try:
            if self._open is None or self._open.folder is not asked.folder:
                self._close()
                self._open = Index(asked.folder)
            return asked.question(self._open)
        except (StaleIndexError, FileError):
            return _NOTHING
        except sqlite3.Error:  # the file was damaged or deleted: the next look makes it anew
            self._close()
            return _NOTHING

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _on_fetched(self, answer: Answer) -> None:
        if answer.generation != self._generation:
            return
        assert isinstance(answer.question, _Question)
        is_of_before = answer.question.folder is not self._source.folder  # whose places are those of other images
        if answer.value is _NOTHING or is_of_before:
            self.unanswered.emit()
        else:
            self.answered.emit(answer.value)


@dataclass(frozen=True, eq=False)
class _Question:
    folder: "DataFolder"
    question: "Callable[[Index], Any]"


_NOTHING = object()


def _places_on_disk(folder: "DataFolder") -> tuple[Path, ...]:
    """Each folder once. Images share the paths of their folders, and hashing 100,000 paths takes long."""
    shared = {id(path): path for image in folder.images for path in (image.folder, image.label_folder)}
    return tuple(dict.fromkeys(shared.values()))


def _synced(folder: "DataFolder") -> Iterator[object]:
    from yolox_core.dataset.index import synced

    yield from synced(folder)


def _listed_and_synced(folder: "DataFolder") -> Iterator[object]:
    """A look at the folder: what it lists now if that is something else, else the label files that changed."""
    from yolox_core.dataset.folder import open_folder

    found = replace(open_folder(folder.root), class_names=folder.class_names, convention=folder.convention)
    if (found.images, found.splits) != (folder.images, folder.splits):
        yield Relisted(found)
    else:
        yield from _synced(folder)


def _reread(folder: "DataFolder", places: list[int]) -> Iterator[object]:
    from contextlib import closing

    from yolox_core.dataset.index import Index

    with closing(Index(folder)) as index:
        index.reread(places)
    yield from ()
