"""Rows of playing 720p with nano 416 as the product computes it: cost over the bare network, lag of the window."""

import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from PySide6.QtWidgets import QApplication

from app.player.playback import Playback
from app.player.stage import Stage
from app.start import SWITCH_INTERVAL_S
from app.theme import apply_theme
from tests.speed.event_loop import LagMeter, run_loop, wait_until
from tests.speed.player import NAMES, SIDE, write_clip
from tests.speed.row import Row
from yolox_core.checkpoint import Checkpoint, save_checkpoint
from yolox_core.infer.detector import Detector
from yolox_core.infer.video import Video
from yolox_core.model.yolox import SIZES, YOLOX

FRAMES, TURNS, LAG_S = 150, 4, 10
OVERHEAD_TARGET, LAG_TARGET_MS = 1.15, 16.0


def product_detector(folder: Path) -> Detector:
    """A nano network with 80 classes that has learnt nothing, opened as the window opens one, on the CPU."""
    torch.manual_seed(0)
    weights = YOLOX(SIZES["nano"], len(NAMES)).state_dict()
    save_checkpoint(folder / "nano.pth", Checkpoint("nano", NAMES, SIDE, weights))
    return Detector.open(folder / "nano.pth", device="cpu")


def rows() -> list[Row]:
    """Wall time a frame at the network's own speed, and how late a 60 Hz timer comes while playing in real time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    apply_theme(app, "light")
    stage = Stage()
    stage.set_class_names(NAMES)
    stage.resize(1280, 800)
    stage.show()
    playback = Playback()
    playback.frame_shown.connect(stage.show_frame)
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    try:
        with tempfile.TemporaryDirectory() as folder:
            clip = write_clip(Path(folder) / "clip.mp4", frames=FRAMES)
            detector = product_detector(Path(folder))
            playback.open_video(clip)
            wait_until(lambda: playback.shown is not None)
            return [_overhead_row(playback, detector, clip), _lag_row(playback)]
    finally:
        sys.setswitchinterval(usual_s)
        playback.shut_down()
        stage.close()
        app.processEvents()


def _overhead_row(playback: Playback, detector: Detector, clip: Path) -> Row:
    with Video.open(clip) as video:
        images = [video.frame(number) for number in range(FRAMES)]
    playback.keeps_real_time = False
    playback.set_speed(16.0)
    turns = [(_play_ms(playback, detector), _bare_ms(detector, images)) for _ in range(TURNS)][1:]
    ours, peer = median(turn[0] for turn in turns), median(turn[1] for turn in turns)
    ratio = median(turn[0] / turn[1] for turn in turns)
    target = f"<= {OVERHEAD_TARGET:g} x bare"
    return Row("play 720p with nano 416, a frame", ours, peer, "ms", ratio, target, ratio <= OVERHEAD_TARGET)


def _play_ms(playback: Playback, detector: Detector) -> float:
    """Milliseconds a frame of playing the whole clip, decoded, predicted, suppressed and painted."""
    playback.seek_first()
    wait_until(lambda: playback.shown is not None and playback.shown.index == 0)
    playback.set_detector(detector)
    wait_until(lambda: playback.cache.get(0) is not None)
    began = perf_counter()
    playback.play()
    wait_until(lambda: not playback.is_playing)
    return (perf_counter() - began) * 1000 / (FRAMES - 1)


def _bare_ms(detector: Detector, images: list[NDArray[np.uint8]]) -> float:
    """Milliseconds a frame of the network alone, on frames already decoded."""
    began = perf_counter()
    for image in images[1:]:
        detector.predict([image])
    return (perf_counter() - began) * 1000 / (len(images) - 1)


def _lag_row(playback: Playback) -> Row:
    """Against the same window standing still."""
    meter = LagMeter()
    run_loop(2)
    idle = meter.taken()
    playback.cache.clear()
    playback.keeps_real_time = True
    playback.set_speed(1.0)
    playback.set_loop((0, FRAMES - 1))
    playback.play()
    began = perf_counter()
    while perf_counter() - began < LAG_S:
        run_loop(0.5)
        playback.cache.clear()  # what was seen once would not be computed again
    late = meter.taken()
    playback.pause()
    high, usual = (float(np.percentile(delays, 99)) for delays in (late, idle))
    text = f"lag of the window while playing with inference: p99 (p50 {median(late):.1f}, most {late.max():.0f})"
    return Row(text, high, usual, "ms", usual / high, f"<= {LAG_TARGET_MS:g} ms", high <= LAG_TARGET_MS)
