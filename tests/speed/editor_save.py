"""Rows of saving; the peer parses the XML, writes it anew and waits for the disk in the GUI thread."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter, sleep, thread_time

from lxml import etree
from PySide6.QtWidgets import QApplication

from app.editor.edits import with_each
from app.editor.gestures import moved
from app.editor.panel import EditorPanel
from tests.speed.editor import BOXES, row, shown_panel
from tests.speed.row import Row
from yolox_core.records import Box

TURNS, BUSY_MB, MOST_MS = 100, 800, 10
_KEEP_DISK_BUSY = f"""
import os, sys
block = os.urandom(1 << 20)
while True:
    with open(sys.argv[1], "wb") as file:
        for _ in range({BUSY_MB}):
            file.write(block)
        os.fsync(file.fileno())
"""


def rows() -> list[Row]:
    """How long the window stands still for a save: its CPU time, and by the clock on a disk that is busy."""
    with shown_panel(boxes=BOXES) as panel:
        saver = Saver(panel)
        cpu = [median(saver.times_ms(way, thread_time)) for way in (saver.save, saver.rewrite)]
        with busy_disk(saver.path.with_name("other")):
            clocks = [saver.times_ms(way, perf_counter) for way in (saver.save, saver.rewrite)]
        return [
            row(f"save {BOXES} boxes, one of them moved", *cpu, MOST_MS),
            row("save on a busy disk, by the clock", *map(median, clocks), MOST_MS),
            row(
                "save on a busy disk, by the clock, 19 of 20",
                *(sorted(each)[TURNS * 19 // 20] for each in clocks),
                MOST_MS,
            ),
        ]


@contextmanager
def busy_disk(path: Path) -> Iterator[None]:
    """Another process writes as much as the disk takes."""
    writer = subprocess.Popen((sys.executable, "-c", _KEEP_DISK_BUSY, str(path)))
    sleep(2)  # until what it writes no longer fits the memory that is kept for writing
    try:
        yield
    finally:
        writer.kill()
        writer.wait()
        path.unlink(missing_ok=True)


class Saver:
    """Moves a box of the image on the desk and saves it, in two ways."""

    def __init__(self, panel: EditorPanel) -> None:
        self.document = panel.document
        assert self.document.image is not None
        self.path = self.document.image.label_path

    def times_ms(self, way: Callable[[Callable[[], float]], float], clock: Callable[[], float]) -> list[float]:
        """How long the GUI thread was held by each of some saves; the label file is left as our last save made it."""
        times = []
        for turn in range(TURNS):
            move = partial(moved, step=(1, 0) if turn % 2 else (-1, 0))
            self.document.change("Move", with_each(self.document.annotation, [17], move))
            QApplication.processEvents()
            times.append(way(clock))
        self.document.save_all()
        return times

    def save(self, clock: Callable[[], float]) -> float:
        """The longest that the window stood still from asking until the labels are on disk, in ms."""
        longest, work = 0.0, self.document.save
        while self.document.dirty_images:
            start = clock()
            work()
            longest = max(longest, (clock() - start) * 1000)
            work = QApplication.processEvents
        return longest

    def rewrite(self, clock: Callable[[], float]) -> float:
        """The obvious way, in ms."""
        content = self.path.read_bytes()
        start = clock()
        tree = etree.parse(str(self.path))
        for element in tree.findall("object"):
            element.getparent().remove(element)
        for box in self.document.annotation.boxes:
            append(tree.getroot(), box)
        with self.path.open("wb") as file:
            tree.write(file, pretty_print=True)
            os.fsync(file.fileno())
        time_ms = (clock() - start) * 1000
        self.path.write_bytes(content)
        return time_ms


def append(root: etree._Element, box: Box) -> None:
    """A box as a new element of VOC."""
    element = etree.SubElement(root, "object")
    etree.SubElement(element, "name").text = box.class_name
    bndbox = etree.SubElement(element, "bndbox")
    for name, value in (("xmin", box.x1 + 1), ("ymin", box.y1 + 1), ("xmax", box.x2), ("ymax", box.y2)):
        etree.SubElement(bndbox, name).text = f"{value:g}"
