"""Rows of the annotated video: this program's three threads against reading, looking, drawing and writing in turn."""

import tempfile
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from time import perf_counter

from tests.speed.player import NAMES, write_clip
from tests.speed.player_playing import product_detector
from tests.speed.row import Row
from yolox_core.infer.annotate import AnnotatedVideo, annotate_video
from yolox_core.infer.detector import Detector
from yolox_core.infer.drawing import draw_detections
from yolox_core.infer.predictions import FLOOR, VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.video import Video
from yolox_core.infer.video_writer import new_video

FRAMES, CONF, NMS, TARGET, ROUNDS = 150, 0.3, 0.45, 1.5, 4


def rows() -> list[Row]:
    """Wall time of 720p with nano at 416 px, the best of four rounds: frames not looked at yet, and all known."""
    with tempfile.TemporaryDirectory() as folder:
        detector = product_detector(Path(folder))
        clip, out = write_clip(Path(folder) / "clip.mp4", frames=FRAMES), Path(folder) / "out.mp4"
        known = _known(detector, clip)
        peers: list[float] = []
        news: list[float] = []
        olds: list[float] = []
        for _ in range(ROUNDS):
            peers.append(_frames_per_s(lambda: _in_turn(detector, clip, out)))
            news.append(_frames_per_s(lambda: _annotate(detector, clip, out, None)))
            olds.append(_frames_per_s(lambda: _annotate(detector, clip, out, known)))
    peer = max(peers)
    return [_row("not looked at yet", max(news), peer), _row("all frames known", max(olds), peer)]


def _row(what: str, ours: float, peer: float) -> Row:
    text = f"annotated video, {what} / loop in turn"
    return Row(text, ours, peer, "1/s", ours / peer, f">= {TARGET:g}x", ours >= TARGET * peer)


def _frames_per_s(work: Callable[[], int]) -> float:
    start = perf_counter()
    frames = work()
    return frames / (perf_counter() - start)


def _in_turn(detector: Detector, clip: Path, out: Path) -> int:
    thresholds = Thresholds(CONF, NMS)
    with (
        Video.open(clip) as video,
        new_video(out, size=(video.width, video.height), rate=Fraction(25), time_base=video.time_base) as writer,
    ):
        for number in range(video.frames):
            image = video.frame(number)
            found = thresholds.detections(detector.predict([image])[0])
            writer.write(draw_detections(image, found, NAMES), video.ticks(number), video.ticks(1))
        return video.frames


def _annotate(detector: Detector, clip: Path, out: Path, known: VideoPredictions | None) -> int:
    *_, last = annotate_video(detector, clip, out, thresholds=Thresholds(CONF, NMS), known=known)
    assert isinstance(last, AnnotatedVideo)
    return last.frames


def _known(detector: Detector, clip: Path) -> VideoPredictions:
    close = detector.with_limits(floor=FLOOR, top_k=60)
    with Video.open(clip) as video:
        known = VideoPredictions(VideoKey("", 0, 0, "", 0, 0, video.width, video.height, video.frames, NAMES))
        for number in range(video.frames):
            known.append(number, close.predict([video.frame(number)])[0])
    return known
