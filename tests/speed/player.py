"""Rows of the player: a slider move against running the network's own suppression."""

import os
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles
from time import thread_time

import av
import cv2
import numpy as np
import torch
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.player.playback import ShownFrame
from app.player.stage import Stage
from app.theme import apply_theme
from tests.speed.row import Row
from yolox_core.infer.candidates import Candidates
from yolox_core.ops.postprocess import postprocess
from yolox_core.records import Detections

WIDTH, HEIGHT, FRAMES, SIDE = 1280, 720, 24, 416
CANDIDATES, OBJECTS, CLASSES = 3000, 60, 80
NAMES = tuple(f"class {number}" for number in range(CLASSES))
SLIDER_TARGET_MS = 8.0


def rows() -> list[Row]:
    """Slider moves over 3,000 candidates: CPU time of the GUI thread."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    stage = Stage()
    stage.set_class_names(NAMES)
    stage.resize(1280, 800)
    stage.show()
    try:
        return _slider_rows(stage)
    finally:
        stage.close()
        app.processEvents()


def write_clip(path: Path, *, frames: int = FRAMES) -> Path:
    """Frames of 1280 x 720, H.264: blurred noise that drifts."""
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH + frames, 3), dtype=np.uint8)
    scene = cv2.GaussianBlur(noise, (0, 0), 4)
    scene = cv2.normalize(scene, scene, 0, 255, cv2.NORM_MINMAX)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            image = np.ascontiguousarray(scene[:, number : number + WIDTH])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def crowded_outputs() -> torch.Tensor:
    """Decoded output [1, 3000, 85] of a crowded frame: piles of boxes around 60 objects."""
    rng = np.random.default_rng(1)
    centres = rng.uniform((60, 60), (WIDTH - 60, HEIGHT - 60), (OBJECTS, 2))
    sides = rng.uniform(30, 200, (OBJECTS, 2))
    classes = rng.integers(0, CLASSES, OBJECTS)
    owner = rng.integers(0, OBJECTS, CANDIDATES)
    outputs = np.zeros((1, CANDIDATES, 5 + CLASSES), np.float32)
    outputs[0, :, :2] = centres[owner] + rng.normal(0, 8, (CANDIDATES, 2))
    outputs[0, :, 2:4] = sides[owner] * rng.uniform(0.8, 1.25, (CANDIDATES, 2))
    outputs[0, :, 4] = 1
    outputs[0, np.arange(CANDIDATES), 5 + classes[owner]] = rng.uniform(0.01, 0.98, CANDIDATES)
    return torch.from_numpy(outputs)


def detections_of(outputs: torch.Tensor, conf: float, nms: float) -> Detections:
    """What the network's own postprocessing finds."""
    found = postprocess(outputs, conf_threshold=conf, nms_threshold=nms)[0].numpy()
    return Detections(found[:, :4], found[:, 4] * found[:, 5], found[:, 6].astype(np.int64))


def _slider_rows(stage: Stage) -> list[Row]:
    outputs = crowded_outputs()
    every = detections_of(outputs, 0.0, 1.0)
    candidates = Candidates(every.boxes, every.scores, every.class_ids)
    picture = np.full((HEIGHT, WIDTH, 4), 90, np.uint8)
    stage.show_frame(ShownFrame(0, picture, candidates, 0, 0))
    QTest.qWait(300)
    confidence, overlap = stage.thresholds.confidence.slider, stage.thresholds.overlap.slider

    def draw(found: Detections) -> None:
        stage.view.set_detections(found, NAMES)
        stage.view.repaint()

    def move(slide: Callable[[int], object]) -> Callable[[int], None]:
        def step(value: int) -> None:
            slide(value)
            stage.view.repaint()

        return step

    def peer(value: int) -> None:
        draw(detections_of(outputs, value / 100, overlap.value() / 100))

    def peer_overlap(value: int) -> None:
        draw(detections_of(outputs, confidence.value() / 100, value / 100))

    confidence.setValue(1)
    overlap.setValue(65)
    rows = [_slider_row("confidence slider to boxes redrawn, 3,000 candidates, p95", move(confidence.setValue), peer)]
    confidence.setValue(1)
    rows.append(_slider_row("NMS slider to boxes redrawn, 3,000 candidates, p95", move(overlap.setValue), peer_overlap))
    overlap.setValue(65)
    return rows


def _slider_row(what: str, ours: Callable[[int], object], peer: Callable[[int], object]) -> Row:
    values = [*range(2, 98, 2)] * 3
    ours_ms, peer_ms = p95_ms(ours, values), p95_ms(peer, values)
    target = f"<= {SLIDER_TARGET_MS:g} ms"
    return Row(what, ours_ms, peer_ms, "ms", peer_ms / ours_ms, target, ours_ms <= SLIDER_TARGET_MS)


def p95_ms(step: Callable[[int], object], values: list[int]) -> float:
    """95th percentile of this thread's CPU time over the values, after a first pass to warm up."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    times = []
    for value in values[: len(values) // 3] + values:
        began = thread_time()
        step(value)
        times.append((thread_time() - began) * 1000)
    torch.set_num_threads(threads)
    return quantiles(times[-len(values) :], n=20)[-1]
