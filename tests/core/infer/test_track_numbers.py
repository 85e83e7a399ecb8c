"""Numbers of a whole video: those that following it frame by frame gives."""

from itertools import pairwise

import numpy as np

from yolox_core.infer.candidates import Candidates
from yolox_core.infer.predictions import VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.track_numbers import TrackNumbers, number_tracks
from yolox_core.infer.tracks import Tracker
from yolox_core.records import Progress

KEY = VideoKey("/a.mp4", 1, 2, "/b.pth", 3, 4, width=640, height=360, frames=1200, class_names=("a", "b"))
THRESHOLDS = Thresholds(0.4, 0.6)


def _drifting(frame: int) -> Candidates:
    """Two objects of different classes that drift, one of them below the threshold now and then."""
    boxes = np.array([[10 + frame / 4, 20, 60 + frame / 4, 70], [300, 100, 380, 200]], np.float32)
    scores = np.array([0.9, 0.3 if frame % 5 == 0 else 0.8], np.float32)
    return Candidates(boxes, scores, np.array([0, 1]))


def _filled(*, step: int) -> VideoPredictions:
    predictions = VideoPredictions(KEY)
    for frame in range(0, KEY.frames, step):
        predictions.append(frame, _drifting(frame))
    return predictions


def test_that_numbers_are_those_of_following_frame_by_frame() -> None:
    predictions = _filled(step=3)
    *progress, numbers = number_tracks(predictions, THRESHOLDS)
    assert isinstance(numbers, TrackNumbers)
    assert all(isinstance(one, Progress) and one.total == KEY.frames for one in progress)
    assert all(a.done < b.done for a, b in pairwise(one for one in progress if isinstance(one, Progress)))
    tracker = Tracker()
    for frame in range(KEY.frames):
        wanted: list[int] = []
        if predictions.has(frame):
            boxes = predictions.detections(frame, THRESHOLDS)
            wanted = tracker.update(frame, boxes, sure_score=THRESHOLDS.conf_threshold).tolist()
        assert numbers.of(frame).tolist() == wanted
    assert numbers.per_class == {0: 1, 1: 1}


def test_that_a_video_without_boxes_has_no_numbers() -> None:
    *_, numbers = number_tracks(VideoPredictions(KEY), THRESHOLDS)
    assert isinstance(numbers, TrackNumbers)
    assert not len(numbers.of(KEY.frames - 1))
    assert numbers.per_class == {}
