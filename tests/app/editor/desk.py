"""A small data set on disk and the Edit page on it, for tests that use the real mouse and the real keyboard."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.editor.panel import EditorPanel
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Box

Placed = tuple[str, int, int, int, int]  # class name, xmin, ymin, xmax, ymax as VOC writes them
LEFT, NO_KEY = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def write_image(path: Path, *, width: int = 200, height: int = 160, seed: int = 0) -> Path:
    """A photograph-like image file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8)
    assert cv2.imwrite(str(path), cv2.GaussianBlur(noise, (0, 0), 2))
    return path


def voc_xml(name: str, boxes: tuple[Placed, ...], *, width: int = 200, height: int = 160) -> str:
    """VOC XML with elements that the editor does not know and must keep."""
    objects = "".join(
        f"\t<object>\n\t\t<name>{c}</name>\n\t\t<pose>Left</pose>\n\t\t<truncated>0</truncated>\n"
        f"\t\t<difficult>0</difficult>\n\t\t<colour>red</colour>\n\t\t<bndbox>\n\t\t\t<xmin>{x1}</xmin>\n"
        f"\t\t\t<ymin>{y1}</ymin>\n\t\t\t<xmax>{x2}</xmax>\n\t\t\t<ymax>{y2}</ymax>\n\t\t</bndbox>\n\t</object>\n"
        for c, x1, y1, x2, y2 in boxes
    )
    return (
        f"<annotation>\n\t<!-- by hand -->\n\t<folder>JPEGImages</folder>\n\t<filename>{name}</filename>\n"
        f"\t<weather>rain</weather>\n\t<size>\n\t\t<width>{width}</width>\n\t\t<height>{height}</height>\n"
        f"\t\t<depth>3</depth>\n\t</size>\n{objects}</annotation>\n"
    )


def write_folder(root: Path, labels: dict[str, tuple[Placed, ...] | None]) -> Path:
    """A VOC folder with one image per entry; None writes no label file."""
    for seed, (stem, boxes) in enumerate(labels.items()):
        write_image(root / "JPEGImages" / f"{stem}.png", seed=seed)
        (root / "Annotations").mkdir(exist_ok=True)
        if boxes is not None:
            (root / "Annotations" / f"{stem}.xml").write_text(voc_xml(f"{stem}.png", boxes))
    return root


@dataclass(frozen=True)
class Desk:
    """The Edit page on a folder, with hands."""

    qtbot: QtBot
    session: Session
    panel: EditorPanel

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The boxes on the desk."""
        return self.panel.document.annotation.boxes

    @property
    def edges(self) -> list[tuple[float, float, float, float]]:
        """Their edges."""
        return [(box.x1, box.y1, box.x2, box.y2) for box in self.boxes]

    @property
    def name(self) -> str:
        """The stem of the image on the desk."""
        image = self.panel.document.image
        return image.path.stem if image else ""

    def at(self, x: float, y: float) -> QPoint:
        """The canvas point of an image point."""
        screen = self.panel.canvas.view.to_screen(x, y)
        return QPoint(round(screen[0]), round(screen[1]))

    def move(self, x: float, y: float) -> None:
        """Move the mouse to an image point."""
        self.qtbot.mouseMove(self.panel.canvas, self.at(x, y))

    def click(self, x: float, y: float, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        """Click at an image point."""
        self.qtbot.mouseClick(self.panel.canvas, LEFT, modifier, self.at(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Drag from one image point to another, in three steps."""
        canvas, (x1, y1), (x2, y2) = self.panel.canvas, start, end
        self.qtbot.mousePress(canvas, LEFT, NO_KEY, self.at(x1, y1))
        for part in (0.3, 0.7, 1.0):
            self.qtbot.mouseMove(canvas, self.at(x1 + (x2 - x1) * part, y1 + (y2 - y1) * part))
        self.qtbot.mouseRelease(canvas, LEFT, NO_KEY, self.at(x2, y2))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY, *, widget: QWidget | None = None) -> None:
        """Press and release a key, and wait until what it saves is on disk."""
        self.qtbot.keyClick(widget or self.panel.canvas, key, modifier)
        self.panel.document.wait_for_writes()

    def ctrl(self, key: Qt.Key) -> None:
        """Press and release a key with Ctrl."""
        self.key(key, Qt.KeyboardModifier.ControlModifier)

    def show_whole_pixels(self) -> None:
        """Show one image pixel as four screen pixels, so that image points are exact on screen."""
        canvas = self.panel.canvas
        canvas.zoom(4 / canvas.view.scale)

    def wait_for_picture(self) -> None:
        """Wait until the image is on screen."""
        self.qtbot.waitUntil(lambda: self.panel.canvas.picture is not None)


MakeDesk = Callable[..., Desk]


def make_desk(qtbot: QtBot, root: Path) -> Desk:
    """The Edit page, shown and active, on the folder `root`."""
    session = Session(SettingsStore(), Problems())
    session.set_folder(open_folder(root))
    panel = EditorPanel(session)
    qtbot.addWidget(panel)
    panel.resize(1300, 820)
    with qtbot.waitExposed(panel):
        panel.show()
    panel.activateWindow()
    panel.canvas.setFocus()
    qtbot.waitUntil(panel.canvas.hasFocus)
    return Desk(qtbot, session, panel)
