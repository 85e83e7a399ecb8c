"""Rows of opening a folder of 50,000 images, each in a fresh process; the peer lists names and shows the first file."""

import argparse
import gc
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import process_time

import cv2
import numpy as np
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QListWidget, QWidget

from app.editor.panel import EditorPanel
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.speed.row import Row
from yolox_core.dataset.folder import open_folder

IMAGES, FEW = 50_000, 10
FIRST_MS, AGAIN_MS, MEMORY_MB = 2000, 500, 10


@dataclass(frozen=True)
class Opened:
    """Until the first image was painted, without an index and with one, and memory taken by each 10,000 images more."""

    first_ms: float
    again_ms: float
    mb_per_10_000: float


def rows() -> list[Row]:
    """CPU time of all threads from the path of a folder to its first image on screen; memory by image listed."""
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, IMAGES):
            write_images(Path(folder) / str(count), count)
        ours, peer = (_measured(who, Path(folder)) for who in WAYS)
    return [
        _row("open 50,000 images, first on screen, no index", ours.first_ms, peer.first_ms, "ms", FIRST_MS),
        _row("open 50,000 images, first on screen, warm index", ours.again_ms, peer.again_ms, "ms", AGAIN_MS),
        _row("memory per 10,000 images listed", ours.mb_per_10_000, peer.mb_per_10_000, "MB", MEMORY_MB),
    ]


def write_images(root: Path, count: int) -> None:
    """A VOC folder whose images and label files are links to one of each."""
    for name in ("JPEGImages", "Annotations"):
        (root / name).mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 255, (480, 640, 3), dtype=np.uint8)
    image, label = root / "image", root / "label"
    image.write_bytes(cv2.imencode(".jpg", noise)[1].tobytes())
    box = "<xmin>10</xmin><ymin>10</ymin><xmax>90</xmax><ymax>90</ymax>"
    label.write_text(
        "<annotation><size><width>640</width><height>480</height></size>"
        f"<object><name>drone</name><bndbox>{box}</bndbox></object></annotation>"
    )
    for number in range(count):
        os.link(image, root / "JPEGImages" / f"frame_{number:06d}.jpg")
        os.link(label, root / "Annotations" / f"frame_{number:06d}.xml")


def _measured(who: str, folder: Path) -> Opened:
    command = (sys.executable, "-m", "tests.speed.editor_folder", who, str(folder))
    home = {"YOLOX_WORKBENCH_HOME": str(folder / f"home-{who}"), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env={**os.environ, **home}, capture_output=True, text=True, check=True)
    return Opened(**json.loads(done.stdout))


def _row(what: str, ours: float, peer: float, unit: str, at_most: float) -> Row:
    return Row(what, ours, peer, unit, peer / ours, f"<= {at_most:g} {unit}", ours <= at_most)


def open_ours(folder: Path) -> Opened:
    """The Edit page, first on a few images, so that what it takes once is not counted."""
    session = Session(SettingsStore(), Problems())
    panel = EditorPanel(session)
    panel.resize(1600, 900)
    panel.show()

    def show(root: Path) -> None:
        session.set_folder(open_folder(root))
        while panel.canvas.picture is None:
            wait(1)
        panel.canvas.repaint()

    def settle() -> None:
        while session.running_jobs or session.index.is_busy:
            wait(100)
        wait(2000)

    opened = _opened(show, settle, folder)
    panel.shut_down()
    session.stop_jobs()
    return opened


def open_peer(folder: Path) -> Opened:
    """The obvious way: a list widget of names, the first file on a label; no label file is looked for."""
    window, names, picture = QWidget(), QListWidget(), QLabel()
    layout = QHBoxLayout(window)
    layout.addWidget(names)
    layout.addWidget(picture)
    window.show()

    def show(root: Path) -> None:
        names.clear()
        names.addItems(sorted(path.name for path in (root / "JPEGImages").iterdir()))
        picture.setPixmap(QPixmap(str(root / "JPEGImages" / names.item(0).text())))
        QApplication.processEvents()
        picture.repaint()

    return _opened(show, lambda: wait(500), folder)


def _opened(show: Callable[[Path], None], settle: Callable[[], None], folder: Path) -> Opened:
    few, many = folder / str(FEW), folder / str(IMAGES)

    def first_ms() -> float:
        show(few)
        settle()
        start = process_time()
        show(many)
        return (process_time() - start) * 1000

    show(few)
    settle()
    before = _resident_bytes()
    cold_ms = first_ms()
    settle()
    taken = _resident_bytes() - before
    return Opened(cold_ms, first_ms(), taken / (IMAGES - FEW) * 10_000 / 1e6)


def wait(time_ms: int) -> None:
    """Let the window work; unlike QTest.qWait this lets other threads run Python too."""
    loop = QEventLoop()
    QTimer.singleShot(time_ms, loop.quit)
    loop.exec()


def _resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


WAYS: dict[str, Callable[[Path], Opened]] = {"ours": open_ours, "peer": open_peer}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("who", choices=WAYS)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    app = QApplication([])
    json.dump(asdict(WAYS[options.who](options.folder)), sys.stdout)
