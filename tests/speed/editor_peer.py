"""Rows against labelImg from PyPI, which is installed for them alone, in an environment in the user's cache.

Its window has the size of ours; it draws no class names beside the boxes, as it does by default.
"""

import json
import os
import subprocess
import sys
import tempfile
from math import nan
from pathlib import Path
from statistics import median
from time import thread_time

from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.editor.panel import EditorPanel
from tests.speed.editor import BOXES, shown_panel, time_ms, write_folder
from tests.speed.editor_save import Saver
from tests.speed.row import Row
from yolox_core.user_folders import cache_folder

PEER = "labelImg==1.8.6"
INSTALL_S, RUN_S = 300, 120


def rows() -> list[Row]:
    """Repaint, next image and save with 500 boxes: CPU time of the GUI thread. What the peer cannot do is no number."""
    peer = _peer_times()
    with shown_panel(boxes=BOXES) as panel:
        ours = {
            f"repaint {BOXES} boxes": _repaint_ms(panel),
            f"next image, {BOXES} boxes": _next_ms(panel),
            f"save {BOXES} boxes": _save_ms(panel),
        }
    return [_row(what, ms, peer.get(what, nan)) for what, ms in ours.items()]


def _row(what: str, ours: float, peer: float) -> Row:
    said = "" if peer > 0 else ", which does not get so far"
    return Row(f"{what}; peer: {PEER}{said}", ours, peer, "ms", peer / ours, "faster", not peer <= ours)


def _repaint_ms(panel: EditorPanel) -> float:
    def zoom(turn: int) -> None:
        panel.canvas.zoom(1.02 if turn % 2 else 1 / 1.02)
        panel.canvas.repaint()

    return time_ms(zoom)


def _next_ms(panel: EditorPanel) -> float:
    images = panel.images.images
    for image in (*images, images[0]):
        panel.show_image(image.path)
        QTest.qWait(200)

    def show_next(turn: int) -> None:
        panel.show_image(images[(turn + 1) % len(images)].path)
        QApplication.processEvents()

    return time_ms(show_next)


def _save_ms(panel: EditorPanel) -> float:
    saver = Saver(panel)
    return median(saver.times_ms(saver.save, thread_time))


def _peer_times() -> dict[str, float]:
    """What the peer took, in ms; says on standard error why there is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder), boxes=BOXES)
        command = (_python(), str(Path(__file__).with_name("labelimg.py")), folder, str(BOXES))
        home = {"HOME": folder, "QT_QPA_PLATFORM": "offscreen"}
        done = subprocess.run(
            command, env={**os.environ, **home}, capture_output=True, text=True, check=False, timeout=RUN_S
        )
    if done.returncode:
        print(f"{PEER} ended with {done.returncode}:\n{done.stderr}", file=sys.stderr)
    return dict(json.loads(line) for line in done.stdout.splitlines() if line.startswith("["))


def _python() -> Path:
    """The interpreter that has the peer."""
    root = cache_folder() / "peers" / PEER
    python = root / "bin" / "python"
    if not python.exists():
        subprocess.run((sys.executable, "-m", "venv", root), check=True)
    pip = (python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", PEER)
    subprocess.run(pip, check=False, timeout=INSTALL_S)
    return python
