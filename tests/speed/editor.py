"""Rows of the editor against the obvious ways: a QGraphicsScene, a decoded QPixmap."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from statistics import median
from time import process_time, thread_time

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsSimpleTextItem,
    QGraphicsView,
    QLabel,
    QWidget,
)

from app.editor.panel import EditorPanel
from app.editor.pictures import PictureCache, PictureLoader
from app.editor.tones import Tones
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.theme import class_color
from tests.speed.row import Row
from tests.speed.timing import timed
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Box

WIDTH, HEIGHT, BOXES, IMAGES, TURNS = 1280, 800, 500, 6, 25
SMOOTH = Qt.TransformationMode.SmoothTransformation
NO_BUTTON, LEFT = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton


def rows() -> list[Row]:
    """Repaint, mouse move, drag, slider, loupe over 500 boxes, next small image: CPU time of the GUI thread."""
    with shown_panel(boxes=BOXES) as panel:
        return [
            *canvas_rows(panel, f"{BOXES} boxes", 8),
            *_look_rows(panel),
            _next_row(panel),
            *_large_rows(panel),
        ]


@contextmanager
def shown_panel(*, boxes: int) -> Iterator[EditorPanel]:
    """The Edit page on a few images with so many boxes each."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), boxes=boxes)
        session = Session(SettingsStore(), Problems())
        session.set_folder(open_folder(Path(folder)))
        panel = EditorPanel(session)
        panel.resize(1600, 900)
        panel.show()
        QTest.qWait(1500)
        try:
            yield panel
        finally:
            panel.shut_down()
            session.stop_jobs()
            panel.close()
            app.processEvents()


def write_folder(root: Path, *, boxes: int) -> None:
    """Six images with so many boxes each, in VOC."""
    rng = np.random.default_rng(0)
    for number in range(IMAGES):
        (root / "JPEGImages").mkdir(exist_ok=True)
        (root / "Annotations").mkdir(exist_ok=True)
        noise = rng.integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        cv2.imwrite(str(root / "JPEGImages" / f"{number}.jpg"), cv2.GaussianBlur(noise, (0, 0), 3))
        objects = "".join(
            f"\t<object>\n\t\t<name>class {i % 5}</name>\n\t\t<difficult>0</difficult>\n\t\t<bndbox>\n"
            f"\t\t\t<xmin>{x1}</xmin>\n\t\t\t<ymin>{y1}</ymin>\n"
            f"\t\t\t<xmax>{x2}</xmax>\n\t\t\t<ymax>{y2}</ymax>\n\t\t</bndbox>\n\t</object>\n"
            for i, (x1, y1, x2, y2) in enumerate(random_edges(rng, boxes))
        )
        name = f"<filename>{number}.jpg</filename>"
        size = f"<size><width>{WIDTH}</width><height>{HEIGHT}</height><depth>3</depth></size>"
        (root / "Annotations" / f"{number}.xml").write_text(
            f"<annotation>\n\t{name}\n\t{size}\n{objects}</annotation>\n"
        )


def random_edges(rng: np.random.Generator, count: int) -> list[tuple[int, int, int, int]]:
    """Edges of boxes of 8 to 100 pixels, all over the image."""
    corners = rng.integers(1, (WIDTH - 110, HEIGHT - 110), (count, 2))
    return [
        (x1, y1, x2, y2) for x1, y1, x2, y2 in np.hstack((corners, corners + rng.integers(8, 100, (count, 2)))).tolist()
    ]


class PeerItem(QGraphicsRectItem):
    """A box as a scene item with a name, hover fill and eight handles when hovered, as labelling tools make it."""

    def __init__(self, box: Box) -> None:
        super().__init__(QRectF(box.x1, box.y1, box.width, box.height))
        pen = QPen(class_color(box.class_name), 2)
        pen.setCosmetic(True)
        self.setPen(pen)
        self.setAcceptHoverEvents(True)
        self.setFlags(QGraphicsItem.GraphicsItemFlag.ItemIsMovable)
        name = QGraphicsSimpleTextItem(box.class_name, self)
        name.setPos(box.x1, box.y1 - 14)
        name.setBrush(class_color(box.class_name))

    def hoverEnterEvent(self, event: object) -> None:
        fill = QColor(self.pen().color())
        fill.setAlpha(60)
        self.setBrush(fill)

    def hoverLeaveEvent(self, event: object) -> None:
        self.setBrush(Qt.BrushStyle.NoBrush)


class Peer:
    """A QGraphicsView that shows the same image and boxes at the same size."""

    def __init__(self, panel: EditorPanel) -> None:
        self.scene = QGraphicsScene()
        image = panel.document.image
        assert image is not None
        self.picture = self.scene.addPixmap(QPixmap(str(image.path)))
        self.picture.setTransformationMode(Qt.TransformationMode.SmoothTransformation)
        drafts = (draft.box for draft in panel.drafts.desk.shown.drafts)
        self.items = [PeerItem(box) for box in (*drafts, *panel.document.annotation.boxes)]
        for item in self.items:
            self.scene.addItem(item)
        self.view = QGraphicsView(self.scene)
        self.view.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.view.setMouseTracking(True)
        self.view.resize(panel.canvas.size())
        self.view.show()
        self.view.fitInView(self.picture, Qt.AspectRatioMode.KeepAspectRatio)
        QTest.qWait(200)

    @property
    def middle(self) -> QPointF:
        """The middle of the last item in the view; it was added last, so it lies on top."""
        return QPointF(self.view.mapFromScene(self.items[-1].sceneBoundingRect().center()))


def _send(widget: QWidget, kind: QEvent.Type, at: QPointF, held: Qt.MouseButton = NO_BUTTON) -> None:
    button = NO_BUTTON if kind == QEvent.Type.MouseMove else LEFT
    event = QMouseEvent(kind, at, widget.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, event)
    QApplication.processEvents()


def time_ms(work: Callable[[int], object], turns: int = TURNS) -> float:
    """Median CPU time of the calling thread: other work on the machine does not count."""
    times = []
    for turn in range(turns):
        start = thread_time()
        work(turn)
        times.append((thread_time() - start) * 1000)
    return median(times)


def row(what: str, ours: float, peer: float, at_most: float) -> Row:
    return Row(what, ours, peer, "ms", peer / ours, f"<= {at_most:g} ms", ours <= at_most)


def canvas_rows(panel: EditorPanel, boxes: str, at_most: float) -> list[Row]:
    """Repaint, mouse move and drag on an image with `boxes`, as words."""
    canvas, peer = panel.canvas, Peer(panel)
    port = peer.view.viewport()

    def zoom(turn: int) -> None:
        canvas.zoom(1.02 if turn % 2 else 1 / 1.02)
        canvas.repaint()

    def zoom_peer(turn: int) -> None:
        factor = 1.02 if turn % 2 else 1 / 1.02
        peer.view.scale(factor, factor)
        port.repaint()

    def move(widget: QWidget) -> Callable[[int], None]:
        return lambda turn: _send(widget, QEvent.Type.MouseMove, QPointF(150 + 17 * turn, 120 + 11 * turn))

    rows = [
        row(f"repaint {boxes}, nothing has changed", time_ms(lambda _: canvas.repaint()), _paint(port), at_most),
        row(f"repaint {boxes}, all anew (a zoom step)", time_ms(zoom), time_ms(zoom_peer), at_most),
        row(f"mouse move over {boxes}", time_ms(move(canvas)), time_ms(move(port)), at_most),
        row(f"drag one of {boxes}", _drag(canvas, _middle(panel)), _drag(port, peer.middle), at_most),
    ]
    peer.view.close()
    return rows


def _paint(widget: QWidget) -> float:
    return time_ms(lambda _: widget.repaint())


def _middle(panel: EditorPanel) -> QPointF:
    """The middle of the last box on the canvas, selected so that the press takes hold of it."""
    box = panel.document.annotation.boxes[-1]
    panel.document.select((box.key,))
    return QPointF(*panel.canvas.view.to_screen((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2))


def _drag(widget: QWidget, start: QPointF) -> float:
    _send(widget, QEvent.Type.MouseButtonPress, start, LEFT)
    _send(widget, QEvent.Type.MouseMove, start + QPointF(6, 6), LEFT)
    steps = [start + QPointF(8 + turn, 8 + turn / 2) for turn in range(TURNS)]
    drag_ms = time_ms(lambda turn: _send(widget, QEvent.Type.MouseMove, steps[turn], LEFT))
    _send(widget, QEvent.Type.MouseButtonRelease, steps[-1])
    return drag_ms


def _look_rows(panel: EditorPanel) -> list[Row]:
    """A step of the gamma slider against changing the whole picture; what the loupe adds to a mouse move."""
    canvas, sight, label = panel.canvas, panel.sight, QLabel()
    assert canvas.picture is not None
    pixels = canvas.picture.levels[0]
    label.resize(canvas.size())
    label.show()

    def slide(turn: int) -> None:
        sight.tone_bar.sliders["gamma"].setValue(turn + 1)
        canvas.repaint()

    def change_picture(turn: int) -> None:
        changed = cv2.LUT(pixels, Tones(gamma=turn + 1).table)
        image = QImage(changed.data, WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        label.setPixmap(QPixmap.fromImage(image.scaled(canvas.size(), mode=SMOOTH)))
        label.repaint()

    def move(turn: int) -> None:
        _send(canvas, QEvent.Type.MouseMove, QPointF(150 + 17 * turn, 300 + 7 * turn))

    def grab(turn: int) -> None:
        label.setPixmap(canvas.grab(QRect(150 + 17 * turn, 300, 42, 42)).scaled(168, 168))
        label.repaint()

    rows = [row("one step of the gamma slider, 500 boxes", time_ms(slide), time_ms(change_picture), 16)]
    sight.tone_bar.reset.click()
    without = time_ms(move)
    sight.loupe.toggle()
    rows.append(row("what the loupe adds to a mouse move", time_ms(move) - without, time_ms(grab), 4))
    sight.loupe.toggle()
    return rows


def _next_row(panel: EditorPanel) -> Row:
    """The next image of 1280 x 800 without boxes in the way: decoded in advance, labels read, painted."""
    folder = panel.images.images
    for image in folder:
        image.label_path.write_text(
            f"<annotation><size><width>{WIDTH}</width><height>{HEIGHT}</height></size></annotation>"
        )
    for image in (*folder, folder[0]):
        panel.show_image(image.path)
        QTest.qWait(150)

    def show_next(turn: int) -> None:
        panel.show_image(folder[turn % len(folder)].path)
        assert panel.canvas.picture is not None
        QApplication.processEvents()

    peer = QPixmapPeer(panel)
    return row("next small image, on screen", time_ms(show_next), time_ms(peer.show_next), 16)


def _large_rows(panel: EditorPanel) -> list[Row]:
    """CPU time of all threads until a picture of 4000 x 3000 is painted: read in advance, and from disk.

    There a preview comes first. The peer reads each time.
    """
    loader, canvas = PictureLoader(), panel.canvas
    noise = np.random.default_rng(0).integers(0, 255, (3000, 4000, 3), dtype=np.uint8)
    loader.loaded.connect(lambda picture: (canvas.set_picture(picture), canvas.repaint()))
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{number}.jpg" for number in range(6)]
        for path in paths:
            cv2.imwrite(str(path), cv2.GaussianBlur(noise, (0, 0), 3))

        def show(path: Path, *, is_whole: bool = False) -> float:
            start = process_time()
            loader.show(path)
            while (picture := canvas.picture) is None or picture.path != path or (is_whole and picture.is_preview):
                QTest.qWait(1)
            return (process_time() - start) * 1000

        jumps = [show(path) for path in paths]
        loader.cache = PictureCache()
        whole = [show(path, is_whole=True) for path in paths]
        held = [show(path) for path in (paths[-1], paths[-2]) * 5][1:]
        peer = [timed(partial(QPixmap, str(path)), process_time) for path in paths]
        loader.stop()
    return [
        row("next 4000 x 3000, read in advance, on screen", median(held), median(peer), 50),
        row("jump to any 4000 x 3000, on screen", median(jumps), median(peer), 200),
        row("jump to any 4000 x 3000, at its full size", median(whole), median(peer), 200),
    ]


class QPixmapPeer:
    """The obvious way: read, convert, set on a label in the GUI thread."""

    def __init__(self, panel: EditorPanel) -> None:
        self.paths = [image.path for image in panel.images.images]
        self.scene = QGraphicsScene()
        self.view = QGraphicsView(self.scene)
        self.item = self.scene.addPixmap(QPixmap())
        self.view.resize(panel.canvas.size())
        self.view.show()

    def show_next(self, turn: int) -> None:
        pixels = cv2.imread(str(self.paths[turn % len(self.paths)]))
        image = QImage(pixels.data, WIDTH, HEIGHT, 3 * WIDTH, QImage.Format.Format_BGR888)
        self.item.setPixmap(QPixmap.fromImage(image))
        self.view.fitInView(self.item, Qt.AspectRatioMode.KeepAspectRatio)
        self.view.viewport().repaint()
