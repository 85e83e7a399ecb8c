"""The track numbers of all boxes of a video that has been looked at."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from yolox_core.infer.predictions import VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.tracks import NO_TRACK, Ints, Tracker
from yolox_core.records import Detections, Progress

AT_ONCE = 500  # frames between two records


@dataclass(frozen=True, eq=False)
class TrackNumbers:
    """Numbers [B] of the boxes of all frames in order, from 1, NO_TRACK for none; `starts` [frames + 1] divides them.

    `per_class` counts the tracks of each class.
    """

    thresholds: Thresholds
    starts: Ints
    numbers: Ints
    per_class: dict[int, int]

    def of(self, frame: int) -> Ints:
        """The numbers [N] of the boxes of a frame, best box first."""
        return self.numbers[self.starts[frame] : self.starts[frame + 1]]


def number_tracks(predictions: VideoPredictions, thresholds: Thresholds) -> Iterator[Progress | TrackNumbers]:
    """Follow the boxes that pass the thresholds through all frames looked at; progress, then the numbers."""
    tracker, frames = Tracker(), predictions.key.frames
    counts = np.zeros(frames, np.int64)
    numbers: list[Ints] = []
    class_of: dict[int, int] = {}
    looked_at = predictions.looked_at()
    for first in range(0, frames, AT_ONCE):
        yield Progress(first, frames, "following objects")
        last = min(first + AT_ONCE, frames) - 1
        found = predictions.found(first, last, thresholds)
        ends = np.searchsorted(found.frames, np.arange(first, last + 2))
        for frame in (np.flatnonzero(looked_at[first : last + 1]) + first).tolist():
            own = slice(ends[frame - first], ends[frame - first + 1])
            boxes = Detections(found.boxes[own], found.scores[own], found.class_ids[own])
            given = tracker.update(frame, boxes, sure_score=thresholds.lowest)
            numbers.append(given)
            counts[frame] = len(given)
            class_of.update(zip(given.tolist(), boxes.class_ids.tolist(), strict=True))
    class_of.pop(NO_TRACK, None)
    class_ids, tracks = np.unique(np.array([*class_of.values()], np.int64), return_counts=True)
    starts = np.concatenate(([0], np.cumsum(counts)))
    flat = np.concatenate(numbers) if numbers else np.zeros(0, np.int64)
    yield TrackNumbers(thresholds, starts, flat, dict(zip(class_ids.tolist(), tracks.tolist(), strict=True)))
