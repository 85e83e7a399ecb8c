"""Rows of asking the index of 1,000,000 images; the peer goes through their names and labels held in memory."""

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from time import thread_time
from unittest.mock import patch

from app.editor.image_rows import ImageListModel
from tests.speed.row import Row
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.index import Index, index_path
from yolox_core.dataset.index_query import Filter, Order
from yolox_core.records import ImageState

IMAGES, CLASSES, TURNS = 1_000_000, 20, 5
MOST_MS = 100


def rows() -> list[Row]:
    """CPU time of filters by name, class and state, in any order, and of counting states."""
    with tempfile.TemporaryDirectory() as home, patch.dict(os.environ, {"YOLOX_WORKBENCH_HOME": home}):
        folder = made_folder()
        with closing(Index(folder)) as index:
            next(index.sync())
            fill(folder)
            return [_row(what, ask, peer) for what, ask, peer in questions(index)]


def made_folder() -> DataFolder:
    """A million images of a thousand videos, none of them there."""
    root = Path("/nowhere")
    names = (f"video{number // 1000:04d}_frame_{number:07d}" for number in range(IMAGES))
    return DataFolder(root, "voc", tuple(ImageFile(name, root, f"{name}.jpg", root, f"{name}.xml") for name in names))


def fill(folder: DataFolder) -> None:
    """Labels as if they had been read: two boxes an image, one image in ten not labelled, one in a hundred verified."""
    with closing(sqlite3.connect(index_path(folder.root))) as db, db:
        db.executemany("INSERT INTO class (name) VALUES (?)", ((f"class {number}",) for number in range(CLASSES)))
        db.execute(
            "UPDATE image SET boxes = place % 7, smallest = place % 1000,"
            " state = CASE WHEN place % 100 = 0 THEN 3 WHEN place % 10 = 1 THEN 0 ELSE 2 END"
        )
        db.execute(
            f"INSERT INTO box SELECT 1 + (place * 7 + step) % {CLASSES}, id, step, 1, 1, 9, 9, 0"
            " FROM image, (SELECT 0 AS step UNION SELECT 3)"
        )


def questions(index: Index) -> tuple[tuple[str, Callable[[], object], Callable[[], object]], ...]:
    """What is measured, how we answer it, and how one would with lists in memory."""
    names = [image.name for image in index.folder.images]
    classes = [{(place * 7) % CLASSES, (place * 7 + 3) % CLASSES} for place in range(IMAGES)]
    boxes = [place % 7 for place in range(IMAGES)]
    model, by_boxes = ImageListModel(), index.places(Filter(order=Order.MOST_BOXES))
    todo = Filter(text="video0123", states=frozenset([ImageState.UNLABELLED]))
    return (
        (
            "name holds two words",
            lambda: index.places(Filter(text="VIDEO0123 77")),
            lambda: [
                place for place, name in enumerate(names) if all(word in name.lower() for word in ("video0123", "77"))
            ],
        ),
        (
            "not labelled in one video",
            lambda: index.places(todo),
            lambda: [place for place, name in enumerate(names) if "video0123" in name.lower() and place % 10 == 1],
        ),
        (
            "has a box of a class (100,000 images)",
            lambda: index.places(Filter(class_name="class 5")),
            lambda: [place for place, found in enumerate(classes) if 5 in found],
        ),
        (
            "six boxes or more (143,000 images)",
            lambda: index.places(Filter(least=6)),
            lambda: [place for place, count in enumerate(boxes) if count >= 6],
        ),
        (
            "all, most boxes first",
            lambda: index.places(Filter(order=Order.MOST_BOXES)),
            lambda: sorted(range(IMAGES), key=lambda place: -boxes[place]),
        ),
        (
            "its answer taken up by the list",
            lambda: model.show_images(index.folder, by_boxes),
            lambda: {names[place]: row for row, place in enumerate(by_boxes)},
        ),
        (
            "images per state",
            index.images_per_state,
            lambda: [sum(count == state for count in boxes) for state in range(4)],
        ),
    )


def _row(what: str, ask: Callable[[], object], peer: Callable[[], object]) -> Row:
    ours_ms, peer_ms = (median(_timed_ms(way) for _ in range(TURNS)) for way in (ask, peer))
    name = f"index of 1,000,000 images: {what}"
    return Row(name, ours_ms, peer_ms, "ms", peer_ms / ours_ms, f"<= {MOST_MS} ms", ours_ms <= MOST_MS)


def _timed_ms(way: Callable[[], object]) -> float:
    start = thread_time()
    way()
    return (thread_time() - start) * 1000
