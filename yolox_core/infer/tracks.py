"""Which box of a frame is the same object as one of the frame before: association as in ByteTrack (arXiv 2110.06864).

Sure boxes are matched first, with all tracks; what is left of the tracks seen in the last frame is matched with the
unsure ones, so that an object that is half hidden keeps its number. Tracks move by a Kalman filter of constant
velocity, whose four coordinates (centre, width, height) do not influence each other. T tracks, N boxes.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Detections

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Tracks = NDArray[Any]  # [T] of TRACK

LEAST_SCORE = 0.1
SURE_IOU, UNSURE_IOU = 0.2, 0.5
LOST_FRAMES = 30
POSITION_NOISE, VELOCITY_NOISE = 1 / 20, 1 / 160  # of the box's height, per frame
NO_TRACK = -1

TRACK = np.dtype(
    [
        ("number", np.int64),
        ("class_id", np.int64),
        ("missed", np.int64),  # frames since it was seen
        ("seen", np.int64),  # frames in which it was seen
        ("place", np.float64, 4),
        ("velocity", np.float64, 4),
        ("place_variance", np.float64, 4),
        ("covariance", np.float64, 4),
        ("velocity_variance", np.float64, 4),
    ]
)


class Tracker:
    """Numbers objects from 1 over the frames of one video, which come in order; some may be left out."""

    def __init__(self) -> None:
        self._tracks = np.zeros(0, TRACK)
        self._next = 1
        self._frame: int | None = None

    def update(self, frame: int, detections: Detections, *, sure_score: float) -> Ints:
        """The numbers [N] of the boxes of a frame, NO_TRACK for those that belong to none.

        Boxes below `sure_score` only carry tracks on, those below LEAST_SCORE do nothing.
        """
        numbers = np.full(len(detections.scores), NO_TRACK)
        self._move(frame)
        is_sure = detections.scores >= sure_score
        sure = np.flatnonzero(is_sure)
        unsure = np.flatnonzero(~is_sure & (detections.scores >= LEAST_SCORE))
        everyone = np.arange(len(self._tracks))
        self._match(everyone, sure, detections, numbers, least_iou=SURE_IOU)
        followed = everyone[(self._tracks["missed"] == 1) & ~np.isin(self._tracks["number"], numbers)]
        self._match(followed, unsure, detections, numbers, least_iou=UNSURE_IOU)
        self._forget()
        self._begin(sure[numbers[sure] == NO_TRACK], detections, numbers)
        return numbers

    def _move(self, frame: int) -> None:
        """Let every track go where it should be by now; one not seen meanwhile has missed a frame more."""
        elapsed = 1 if self._frame is None else max(frame - self._frame, 1)
        self._frame = frame
        tracks = self._tracks
        height = tracks["place"][:, 3:]
        tracks["place"] += tracks["velocity"] * elapsed
        tracks["place_variance"] += (
            2 * elapsed * tracks["covariance"]
            + elapsed**2 * tracks["velocity_variance"]
            + elapsed * (POSITION_NOISE * height) ** 2
        )
        tracks["covariance"] += elapsed * tracks["velocity_variance"]
        tracks["velocity_variance"] += elapsed * (VELOCITY_NOISE * height) ** 2
        tracks["missed"] += 1

    def _match(self, tracks: Ints, boxes: Ints, detections: Detections, numbers: Ints, *, least_iou: float) -> None:
        """Join tracks and boxes of one class, largest overlap first; joined tracks learn where they are."""
        edges = _edges(self._tracks["place"][tracks])
        overlaps = pairwise_iou(edges, detections.boxes[boxes].astype(np.float64))
        is_own = self._tracks["class_id"][tracks][:, None] == detections.class_ids[boxes]
        overlaps = np.where(is_own, overlaps, 0)
        for _ in range(min(overlaps.shape)):
            row, column = np.unravel_index(overlaps.argmax(), overlaps.shape)
            if overlaps[row, column] < least_iou:
                return
            numbers[boxes[column]] = self._tracks["number"][tracks[row]]
            self._see(int(tracks[row]), _place(detections.boxes[boxes[column]]))
            overlaps[row], overlaps[:, column] = 0, 0

    def _see(self, track: int, place: Floats) -> None:
        """Bring one track up to date with its box."""
        state = self._tracks[track]
        noise = (POSITION_NOISE * place[3]) ** 2
        certainty = state["place_variance"] / (state["place_variance"] + noise)
        pull = state["covariance"] / (state["place_variance"] + noise)
        error = place - state["place"]
        state["place"] += certainty * error
        state["velocity"] += pull * error
        state["velocity_variance"] -= pull * state["covariance"]
        state["covariance"] *= 1 - certainty
        state["place_variance"] *= 1 - certainty
        state["missed"], state["seen"] = 0, state["seen"] + 1

    def _forget(self) -> None:
        """Drop tracks that were lost long ago, and those seen only once, which the next frame did not confirm."""
        missed = self._tracks["missed"]
        self._tracks = self._tracks[(missed <= LOST_FRAMES) & ((missed == 0) | (self._tracks["seen"] > 1))]

    def _begin(self, boxes: Ints, detections: Detections, numbers: Ints) -> None:
        """Start a track at each of these boxes."""
        started = np.zeros(len(boxes), TRACK)
        started["number"] = numbers[boxes] = np.arange(self._next, self._next + len(boxes))
        started["class_id"] = detections.class_ids[boxes]
        started["seen"] = 1
        started["place"] = _place(detections.boxes[boxes])
        started["place_variance"] = (2 * POSITION_NOISE * started["place"][:, 3:]) ** 2
        started["velocity_variance"] = (10 * VELOCITY_NOISE * started["place"][:, 3:]) ** 2
        self._next += len(boxes)
        self._tracks = np.concatenate((self._tracks, started))


def _place(boxes: NDArray[np.float32]) -> Floats:
    """Centre, width and height [..., 4] of boxes [..., 4] xyxy."""
    low, high = boxes[..., :2].astype(np.float64), boxes[..., 2:].astype(np.float64)
    return np.concatenate(((low + high) / 2, high - low), axis=-1)


def _edges(places: Floats) -> Floats:
    """Boxes [T, 4] xyxy of centres, widths and heights [T, 4]."""
    half = places[:, 2:] / 2
    return np.concatenate((places[:, :2] - half, places[:, :2] + half), axis=1)
