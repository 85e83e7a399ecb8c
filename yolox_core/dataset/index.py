"""SQLite index of a data set: what filters, searches and counts of a list read instead of 50,000 label files.

It lies in the user's cache, is made anew when it is missing, damaged or of another version, and may be deleted at any
time. Several windows may use one at once (WAL). A place is an image's number in `DataFolder.images`.
"""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from hashlib import blake2b
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np
from filelock import FileLock, Timeout

from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.index_query import Filter, Order, sql_of
from yolox_core.dataset.index_rows import FLAGS, STATES, label_row, stamps_of
from yolox_core.errors import FileError
from yolox_core.records import Box, ImageState, Progress
from yolox_core.user_folders import cache_folder

VERSION = 4
BATCH = 64
PATIENCE_S = 10.0  # for a window that writes at the same time

_TABLES = """
CREATE TABLE image (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, searched TEXT NOT NULL, place INTEGER,
    mtime_ns INTEGER NOT NULL DEFAULT -1, size INTEGER NOT NULL DEFAULT -1,
    state INTEGER, boxes INTEGER NOT NULL DEFAULT 0, flags INTEGER NOT NULL DEFAULT 0,
    smallest REAL, has_note INTEGER NOT NULL DEFAULT 0, faults INTEGER NOT NULL DEFAULT 0);
CREATE INDEX image_place ON image (place);
CREATE INDEX image_state ON image (state, place);
CREATE INDEX image_boxes ON image (boxes, place);
CREATE INDEX image_most_boxes ON image (boxes DESC, place);
CREATE TABLE class (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE box (
    class INTEGER NOT NULL, image INTEGER NOT NULL, key INTEGER NOT NULL,
    x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL, flags INTEGER NOT NULL,
    PRIMARY KEY (class, image, key)) WITHOUT ROWID;
CREATE INDEX box_image ON box (image);
CREATE TABLE split (name TEXT NOT NULL, image INTEGER NOT NULL, PRIMARY KEY (name, image)) WITHOUT ROWID;
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class StaleIndexError(Exception):
    """The index lists other images than the folder that asks: another window has listed them anew."""


@dataclass(frozen=True, slots=True)
class Synced:
    """The index is as the disk is: how many label files were read anew."""

    changed: int


class PlacedBox(NamedTuple):
    """A box as its label file on disk has it, and the place of its image; half a million of them are made at a time."""

    class_name: str
    place: int
    key: int
    x1: float
    y1: float
    x2: float
    y2: float
    flags: int = 0

    @property
    def box(self) -> Box:
        """The box itself."""
        return FLAGS.put_on(Box(self.class_name, self.x1, self.y1, self.x2, self.y2, self.key), self.flags)


def index_path(root: Path) -> Path:
    """Where the index of the data set at `root` lies."""
    return cache_folder() / "index" / f"{root.name}-{_digest(str(root.resolve()))}.sqlite"


def synced(folder: DataFolder) -> Iterator[Progress | Synced]:
    """Bring the index of a folder up to date (see `Index.sync`); a damaged one is made anew. Raises FileError."""
    try:
        yield from _synced(folder)
    except sqlite3.OperationalError as error:
        raise _not_kept(index_path(folder.root), error) from error
    except sqlite3.DatabaseError:
        _remove(index_path(folder.root))
        yield from _synced(folder)


def _synced(folder: DataFolder) -> Iterator[Progress | Synced]:
    with closing(Index(folder)) as index:
        yield from index.sync()


class Index:
    """One connection to the index of a folder; a thread makes its own. Raises FileError where none can be kept."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        path = index_path(folder.root)
        try:
            self._db = _opened(path)
            self._db.execute("PRAGMA synchronous = NORMAL")  # a cache may lose its last second
        except (OSError, Timeout, sqlite3.Error) as error:
            raise _not_kept(path, error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def sync(self) -> Iterator[Progress | Synced]:
        """Bring listing and labels up to date, reading only label files that differ; `Synced` comes last.

        Interrupted, it goes on another time.
        """
        self._take_listing()
        changed = self._changed_places()
        for start in range(0, len(changed), BATCH):
            yield Progress(start, len(changed), "Reading labels")
            self.reread(changed[start : start + BATCH])
        yield Synced(len(changed))

    def reread(self, places: Sequence[int]) -> None:
        """Read the label files of these images anew."""
        rows = [(place, label_row(self.folder, self.folder.images[place])) for place in places]
        with self._db:
            ids = {place: self._id_at(place) for place, _ in rows}
            known = [(ids[place], row) for place, row in rows if ids[place] is not None]
            self._db.executemany("DELETE FROM box WHERE image = ?", ((image,) for image, _ in known))
            self._db.executemany(
                "UPDATE image SET mtime_ns = ?, size = ?, state = ?, boxes = ?, flags = ?, smallest = ?, has_note = ?,"
                " faults = ? WHERE id = ?",
                ((*row.values, image) for image, row in known),
            )
            classes = self._class_ids(chain.from_iterable(row.boxes for _, row in known))
            self._db.executemany(
                "INSERT OR REPLACE INTO box VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (classes[box.class_name], image, box.key, box.x1, box.y1, box.x2, box.y2, FLAGS.of(box))
                    for image, row in known
                    for box in row.boxes
                ),
            )

    def places(self, wanted: Filter) -> "array[int]":
        """Places of the images that pass a filter, in its order. Raises StaleIndexError."""
        self._check_listing()
        (joined,) = self._db.execute(*sql_of(wanted)).fetchone()
        found = np.fromstring(joined or "", dtype="l", sep=",")
        if wanted.order is Order.NAME:
            found.sort()
        return array("l", found.tobytes())

    def boxes_of(self, class_name: str) -> tuple[PlacedBox, ...]:
        """Every box of a class, in the order of the images. Raises StaleIndexError."""
        self._check_listing()
        found = self._db.execute(
            "SELECT class.name, place, key, x1, y1, x2, y2, box.flags FROM box JOIN class ON class.id = box.class"
            " JOIN image ON image.id = box.image WHERE class.name = ? AND place IS NOT NULL ORDER BY place, key",
            (class_name,),
        )
        return tuple(map(PlacedBox._make, found))

    def class_counts(self) -> tuple[tuple[int, str, int], ...]:
        """Place of an image, class name, and how many boxes of it, wherever there is one. Raises StaleIndexError."""
        self._check_listing()
        found = self._db.execute(
            "SELECT place, class.name, count(*) FROM box JOIN class ON class.id = box.class"
            " JOIN image ON image.id = box.image WHERE place IS NOT NULL GROUP BY box.image, box.class"
        )
        return tuple(found)

    def states(self, places: Sequence[int]) -> dict[int, ImageState]:
        """The state of some images by place; those whose labels were not read yet, or cannot be, are left out."""
        self._check_listing()
        marks = ", ".join("?" * len(places))
        found = self._db.execute(
            f"SELECT place, state FROM image WHERE place IN ({marks}) AND mtime_ns >= 0 AND state >= 0",  # noqa: S608
            tuple(places),
        )
        return {place: STATES[number] for place, number in found}

    def images_per_state(self) -> dict[ImageState, int]:
        """How many images are in which state; those whose labels cannot be read are in none."""
        found = dict(
            self._db.execute("SELECT state, count(*) FROM image WHERE place IS NOT NULL AND state >= 0 GROUP BY state")
        )
        return {state: found.get(number, 0) for number, state in enumerate(STATES)}

    def class_names(self) -> tuple[str, ...]:
        """Names of the classes that have a box, sorted."""
        found = self._db.execute(
            "SELECT name FROM class WHERE EXISTS (SELECT 1 FROM box WHERE box.class = class.id) ORDER BY name"
        )
        return tuple(name for (name,) in found)

    def boxes_per_class(self) -> dict[str, int]:
        """How many boxes each class has that has any, in the order of the names."""
        found = self._db.execute(
            "SELECT name, count(*) FROM box JOIN class ON class.id = box.class GROUP BY class.id ORDER BY name"
        )
        return dict(found.fetchall())

    def _check_listing(self) -> None:
        if self._fact("listing") != self.folder.listing_digest:
            raise StaleIndexError

    def _take_listing(self) -> None:
        """Number the images as the folder does; labels that are read in another way now count as changed."""
        reading = _digest(self.folder.format_name, self.folder.convention.name, *self.folder.class_names)
        with self._db:
            if self._fact("reading") != reading:
                self._db.execute("UPDATE image SET mtime_ns = -1, size = -1 WHERE mtime_ns > 0")
                self._set_fact("reading", reading)
            if self._fact("listing") == self.folder.listing_digest:
                return
            names = [image.name for image in self.folder.images]
            self._db.execute("UPDATE image SET place = NULL")
            self._db.executemany(
                "INSERT INTO image (name, searched, place) VALUES (?, ?, ?)"
                " ON CONFLICT (name) DO UPDATE SET place = excluded.place",
                ((name, name.casefold(), place) for place, name in enumerate(names)),
            )
            self._db.execute("DELETE FROM box WHERE image IN (SELECT id FROM image WHERE place IS NULL)")
            self._db.execute("DELETE FROM image WHERE place IS NULL")
            self._db.execute("DELETE FROM split")
            for split, members in self.folder.splits.items():
                self._db.executemany(
                    "INSERT OR IGNORE INTO split SELECT ?, id FROM image WHERE name = ?",
                    ((split, name) for name in members),
                )
            self._set_fact("listing", self.folder.listing_digest)

    def _changed_places(self) -> list[int]:
        """Images whose label file is another than the one that was read, or was never read."""
        on_disk = stamps_of(self.folder)
        known = self._db.execute("SELECT place, mtime_ns, size FROM image WHERE place IS NOT NULL ORDER BY place")
        return [place for place, mtime_ns, size in known if on_disk[place] != (mtime_ns, size)]

    def _class_ids(self, boxes: Iterable[Box]) -> dict[str, int]:
        names = {box.class_name for box in boxes}
        self._db.executemany("INSERT OR IGNORE INTO class (name) VALUES (?)", ((name,) for name in sorted(names)))
        return {name: number for number, name in self._db.execute("SELECT id, name FROM class") if name in names}

    def _id_at(self, place: int) -> int | None:
        found = self._db.execute("SELECT id FROM image WHERE name = ?", (self.folder.images[place].name,)).fetchone()
        return found[0] if found else None

    def _fact(self, name: str) -> str:
        found = self._db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return found[0] if found else ""

    def _set_fact(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (name, value))


def _opened(path: Path) -> sqlite3.Connection:
    """A connection to an index of this version; anything else that lies there is thrown away."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = _connected(path)
    if _version(db) == VERSION:
        return db
    db.close()
    with FileLock(f"{path}.lock", timeout=PATIENCE_S):
        return _made(path)


def _made(path: Path) -> sqlite3.Connection:
    """A connection to an index that has its tables now, unless another window has made them meanwhile."""
    db = _connected(path)
    version = _version(db)
    if version not in (0, VERSION):
        db.close()
        _remove(path)
        db = _connected(path)
    if version != VERSION:
        db.execute("PRAGMA journal_mode = WAL")
        with db:
            db.execute("BEGIN")
            for statement in (*_TABLES.split(";"), f"PRAGMA user_version = {VERSION}"):
                db.execute(statement)
    return db


def _connected(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE_S, check_same_thread=False)


def _version(db: sqlite3.Connection) -> int:
    """The version of an index: 0 for a new file, -1 for one that is no database."""
    try:
        return int(db.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.OperationalError:  # locked, or out of reach: not its content's fault
        raise
    except sqlite3.DatabaseError:
        return -1


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _not_kept(path: Path, error: Exception) -> FileError:
    return FileError(
        f"The index of the data set cannot be kept ({error}).",
        where=path,
        action="Free space or mend the permissions there: lists cannot be filtered without it.",
    )


def _digest(*parts: str) -> str:
    return blake2b("\n".join(parts).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
