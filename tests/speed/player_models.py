"""Rows of two checkpoints: frames worth a look among those of an hour of video."""

from collections.abc import Callable
from dataclasses import replace
from time import process_time

import numpy as np

from tests.core.infer.candidates import piled
from tests.speed.player_whole import FEW, HOUR, KEY, NAMES
from tests.speed.row import Row
from tests.speed.timing import timed
from yolox_core.infer.predictions import FLOOR, VideoPredictions
from yolox_core.infer.review import rank_disagreement, rank_doubt
from yolox_core.infer.thresholds import Thresholds

TARGET_S, GAP = 5.0, 12
THRESHOLDS = Thresholds()


def rows() -> list[Row]:
    """Processor time; 60 piled candidates a frame, 200 different frames over and over; against two plain passes."""
    first, second = _hour(0), _hour(7)
    reading = timed(
        lambda: [one.detections(frame, THRESHOLDS) for frame in range(FEW) for one in (first, second)], process_time
    )
    peer = reading * HOUR / FEW / 1000
    return [
        _row(
            "frames of disagreement in an hour",
            lambda: list(rank_disagreement(first, second, THRESHOLDS, gap=GAP)),
            peer,
        ),
        _row("frames of low confidence in an hour", lambda: list(rank_doubt(first, THRESHOLDS, gap=GAP)), peer / 2),
    ]


def _hour(shift: int) -> VideoPredictions:
    few = VideoPredictions(replace(KEY, frames=FEW))
    for number in range(FEW):
        made = piled(60, piles=8, classes=len(NAMES), seed=number + shift * (number % 3 == 0))
        few.append(number, replace(made, scores=np.maximum(made.scores, np.float32(FLOOR))))
    part = few.part(0)
    hour = VideoPredictions(KEY)
    for start in range(0, HOUR, FEW):
        hour.add_part(replace(part, frames=part.frames + np.uint32(start)))
    return hour


def _row(what: str, work: Callable[[], object], peer: float) -> Row:
    ours = timed(work, process_time) / 1000
    return Row(f"{what} / boxes frame by frame", ours, peer, "s", peer / ours, f"<= {TARGET_S:g} s", ours <= TARGET_S)
