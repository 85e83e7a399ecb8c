"""Rows of the label review: 100,000 findings listed and settled, and the next finding on screen in another image."""

import os
import random
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from time import perf_counter

import cv2
import numpy as np
from PySide6.QtWidgets import QApplication, QListWidget

from app.editor.finding_grid import FindingGrid
from app.editor.panel import EditorPanel
from app.editor.review_queue import QueueFilter, ReviewQueue
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.speed.event_loop import run_loop, wait_until
from tests.speed.row import Row
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Box
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.records import Finding, FindingKind

FINDINGS, A_IMAGE, IMAGES, STEPS = 100_000, 10, 30, 200
IN_GRID, REJECTED = 50_000, 5_000
WIDTH, HEIGHT = 1920, 1080
ADVANCE_MS, LOOK_S = 50.0, 0.25  # a person looks at a finding at least so long
FINDING = Finding(FindingKind.SPURIOUS, "", 0.5, "The network sees nothing here.", Box("drone", 500, 400, 560, 450))


def rows() -> list[Row]:
    """The queue by itself, then in the window, by the clock."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        return [_listing_row(root), _settling_row(root), *_grid_rows(root / "grid"), _advance_row(root / "set")]


def _findings() -> list[Finding]:
    rng = random.Random(0)
    return [replace(FINDING, image=f"i{n // A_IMAGE:06}", probability=rng.uniform(0.1, 1)) for n in range(FINDINGS)]


def _listing_row(folder: Path) -> Row:
    """Sorting by image, then listing other findings, against sorting all of them alone."""
    findings = _findings()
    ours = _ms(lambda: ReviewQueue(findings, Decisions(folder)).set_filter(QueueFilter(least=0.1)))
    peer = _ms(lambda: sorted(findings, key=lambda one: (one.image, -one.probability)))
    return Row(f"list {FINDINGS:,} findings / sorting them", ours, peer, "ms", peer / ours, "<= 1000 ms", ours <= 1000)


def _settling_row(folder: Path) -> Row:
    """A verdict kept and the next finding chosen, against filtering the rest of the list anew."""
    queue = ReviewQueue(_findings(), Decisions(folder))
    ours = quantiles([_ms(lambda: queue.decide(Verdict.REJECTED)) for _ in range(STEPS)], n=20)[-1]
    rest = _findings()
    peer = _ms(lambda: [one for one in rest if one.probability >= 0.3])
    text = f"settle one of {FINDINGS:,} findings, p95 / listing the rest anew"
    return Row(text, ours, peer, "ms", peer / ours, f"<= {ADVANCE_MS:g} ms", ours <= ADVANCE_MS)


def _grid_rows(root: Path) -> list[Row]:
    """Findings side by side against a QListWidget of their captions; many rejected against one write for each."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    names = [path.stem for path in _write_images(root)]
    findings = [replace(one, image=names[n % IMAGES]) for n, one in enumerate(_findings()[:IN_GRID])]
    folder = open_folder(root)
    grid, peer = FindingGrid(), QListWidget()
    for view in (grid, peer):
        view.resize(1080, 720)
        view.show()
    peer.setViewMode(QListWidget.ViewMode.IconMode)
    peer.setUniformItemSizes(True)
    ours = _ms(lambda: (grid.show_findings(folder, findings), app.processEvents()))
    theirs = _ms(
        lambda: (peer.addItems([f"{one.probability:.0%} {one.kind.value}" for one in findings]), app.processEvents())
    )
    queue, kept = ReviewQueue(findings, Decisions(root)), Decisions(root.parent)
    many = findings[:REJECTED]
    at_once = _ms(lambda: queue.decide_apart(many, Verdict.REJECTED))
    one_by_one = _ms(lambda: [kept.decide(one, Verdict.REJECTED) for one in many])
    grid.stop()
    for view in (grid, peer):
        view.close()
    return [
        Row(
            f"{IN_GRID:,} findings side by side / a QListWidget",
            ours,
            theirs,
            "ms",
            theirs / ours,
            "<= 1000 ms",
            ours <= 1000,
        ),
        Row(
            f"{REJECTED:,} rejected at once / one by one",
            at_once,
            one_by_one,
            "ms",
            one_by_one / at_once,
            "<= 500 ms",
            at_once <= 500,
        ),
    ]


def _advance_row(root: Path) -> Row:
    """From the key to the next finding's picture on screen, each in another image, against decoding that image.

    The queue holds FINDINGS in as many images as they are in; of each image one is listed.
    """
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    paths = _write_images(root)
    for number in range(FINDINGS // A_IMAGE):
        (paths[0].parent / f"i{number:06}.jpg").hardlink_to(paths[number % IMAGES])
    session = Session(SettingsStore(root / "settings.json"), Problems())
    session.set_folder(open_folder(root))
    panel = EditorPanel(session)
    panel.resize(1400, 900)
    panel.show()
    wait_until(lambda: not session.index.is_busy)
    listed = FindingKind.DUPLICATE
    panel.review.begin(
        tuple(replace(one, kind=listed) if n % A_IMAGE == 0 else one for n, one in enumerate(_findings()))
    )
    panel.review.bar.kind_chosen.emit(listed.value)
    queue = panel.review.queue
    assert queue is not None
    assert queue.place[1] > IMAGES
    times = []
    for _ in range(IMAGES - 1):
        run_loop(LOOK_S)
        start_s = perf_counter()
        panel.review.slots["reject_finding"]()
        wait_until(lambda: panel.canvas.picture is not None)
        panel.canvas.repaint()
        times.append((perf_counter() - start_s) * 1000)
    panel.shut_down()
    panel.close()
    session.stop_jobs()
    ours, peer = quantiles(times, n=20)[-1], _ms(lambda: cv2.imread(str(paths[0])))
    text = f"of {FINDINGS:,}, the next finding on screen, in another 1080p image, p95 / decoding it"
    return Row(text, ours, peer, "ms", peer / ours, f"<= {ADVANCE_MS:g} ms", ours <= ADVANCE_MS)


def _write_images(root: Path) -> list[Path]:
    (root / "JPEGImages").mkdir(parents=True)
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    scene = cv2.GaussianBlur(noise, (0, 0), 2)
    paths = [root / "JPEGImages" / f"i{number:03}.jpg" for number in range(IMAGES)]
    for number, path in enumerate(paths):
        cv2.imwrite(str(path), np.roll(scene, number * 20, axis=1))
    return paths


def _ms(act: Callable[[], object]) -> float:
    start_s = perf_counter()
    act()
    return (perf_counter() - start_s) * 1000


if __name__ == "__main__":
    for row in rows():
        print(row)
