"""Rows of what is known of a whole video: an hour of it follows a slider; bits against suppression of every frame."""

from dataclasses import replace
from statistics import median
from time import process_time

import numpy as np

from tests.core.infer.candidates import piled
from tests.speed.row import Row
from tests.speed.timing import timed
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.predictions import CANDIDATE_BYTES, FLOOR, VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds

HOUR, FEW, BINS = 108_000, 200, 1200
FOLLOW_TARGET_MS, MEMORY_TARGET_MB = 50, 400
NAMES = tuple(f"class {number}" for number in range(80))
KEY = VideoKey("a", 1, 2, "b", 3, 4, 1920, 1080, HOUR, NAMES)
SLIDES = tuple(Thresholds(conf, nms) for conf in (0.05, 0.35, 0.6) for nms in (0.3, 0.65, 0.9))


def rows() -> list[Row]:
    """Processor time; 60 piled candidates a frame, 200 different frames over and over."""
    frames = [_sure(seed) for seed in range(FEW)]
    few = VideoPredictions(replace(KEY, frames=FEW))
    for number, candidates in enumerate(frames):
        few.append(number, candidates)
    part = few.part(0)
    hour = VideoPredictions(KEY)
    for start in range(0, HOUR, FEW):
        hour.add_part(replace(part, frames=part.frames + np.uint32(start)))
    ours = median(timed(lambda t=t: hour.mean_counts(t, bins=BINS), process_time) for t in SLIDES)
    peer = median(timed(lambda t=t: [t.detections(c) for c in frames], process_time) for t in SLIDES) * HOUR / FEW
    most_mb = 2 * HOUR * replace(KEY, frames=2 * HOUR).most_a_frame * CANDIDATE_BYTES / 1e6
    return [
        _row("strips of an hour follow a slider / suppression of every frame", ours, peer, "ms", FOLLOW_TARGET_MS),
        _row("predictions of two hours, at most", most_mb, 0, "MB", MEMORY_TARGET_MB),
    ]


def _sure(seed: int) -> Candidates:
    """60 candidates of 80 classes that all score above the floor."""
    made = piled(60, piles=8, classes=len(NAMES), seed=seed)
    return replace(made, scores=np.maximum(made.scores, np.float32(FLOOR)))


def _row(what: str, ours: float, peer: float, unit: str, target: float) -> Row:
    return Row(what, ours, peer, unit, peer / ours, f"<= {target:g} {unit}", ours <= target)
