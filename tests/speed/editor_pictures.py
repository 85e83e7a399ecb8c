"""Rows of small pictures: thumbnails of large photographs, crops of many boxes, scrolling a grid of 50,000."""

import os
import tempfile
from pathlib import Path
from time import process_time, thread_time

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication

from app.editor.crop_grid import MOST, CropGrid
from app.editor.crop_pictures import crop_of
from app.editor.thumbnails import LONGEST
from app.folder_index import FolderIndex
from tests.speed.row import Row
from tests.speed.timing import in_turns, timed
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.index import PlacedBox
from yolox_core.images import read_image, read_small
from yolox_core.records import Box

BOXES, STEPS, WHEEL_PX = 20, 40, 120
SCROLL_TARGET_MS = 16


def rows() -> list[Row]:
    """Processor time: of all threads for pictures, of the window's for scrolling."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    with tempfile.TemporaryDirectory() as folder:
        photograph = _photograph(Path(folder) / "photograph.jpg")
        return [_thumbnail_row(photograph), _crop_row(photograph), _scroll_row(app, photograph)]


def _photograph(path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), cv2.GaussianBlur(noise, (0, 0), 3))
    return path


def _thumbnail_row(photograph: Path) -> Row:
    def whole() -> object:
        return cv2.resize(read_image(photograph), (LONGEST, LONGEST * 3 // 4), interpolation=cv2.INTER_AREA)

    ours, peer = in_turns(lambda: read_small(photograph, LONGEST), whole, repeats=5, clock=process_time)
    return Row("thumbnail of a 4000x3000 JPEG / decoded whole", ours, peer, "ms", peer / ours, "", True)


def _crop_row(photograph: Path) -> Row:
    edges = np.random.default_rng(0).integers(0, 2900, (BOXES, 2)).tolist()
    boxes = [Box("drone", x, y, x + 80, y + 60) for x, y in edges]

    def together() -> None:
        pixels = read_image(photograph)
        for box in boxes:
            crop_of(pixels, box)

    def one_by_one() -> None:
        for box in boxes:
            crop_of(read_image(photograph), box)

    ours, peer = in_turns(together, one_by_one, repeats=3, clock=process_time)
    return Row(f"{BOXES} crops of a 4000x3000 JPEG / decoded for each", ours, peer, "ms", peer / ours, "", True)


def _scroll_row(app: QApplication, photograph: Path) -> Row:
    """Steps of the wheel while crops are on their way: the slowest of them; there is no peer."""
    image = ImageFile.at("photograph", photograph, photograph.with_suffix(".xml"))
    grid = CropGrid(FolderIndex(), lambda: ())
    entries = tuple(PlacedBox("drone", 0, key, key % 3900, key % 2900, key % 3900 + 80, 60) for key in range(MOST))
    grid.model.show_entries(DataFolder(photograph.parent, "voc", (image,)), entries)
    grid.show()
    app.processEvents()
    bar = grid.view.verticalScrollBar()

    def step() -> None:
        bar.setValue(bar.value() + WHEEL_PX)
        app.processEvents()

    slowest = max(timed(step, thread_time) for _ in range(STEPS))
    grid.stop()
    grid.close()
    what = f"slowest of {STEPS} steps of the wheel over {MOST:,} crops"
    return Row(what, slowest, 0, "ms", 0, f"<= {SCROLL_TARGET_MS} ms", slowest <= SCROLL_TARGET_MS)
