"""Frames worth a look: disagreement as a slow matching finds it, doubt, neighbours hidden."""

from dataclasses import replace

import numpy as np

from tests.core.infer.candidates import piled
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.predictions import FLOOR, VideoKey, VideoPredictions
from yolox_core.infer.review import Ranking, rank_disagreement, rank_doubt
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Detections, Progress

KEY = VideoKey("/a.mp4", 1, 2, "/b.pth", 3, 4, width=640, height=360, frames=40, class_names=("cat", "dog"))
OTHER = replace(KEY, class_names=("bird", "dog", "cat"))
THRESHOLDS = Thresholds(0.4, 0.6)


def predictions(key: VideoKey, frames: dict[int, Candidates]) -> VideoPredictions:
    known = VideoPredictions(key)
    for number, candidates in frames.items():
        known.append(number, candidates)
    return known


def two_views() -> tuple[VideoPredictions, VideoPredictions]:
    """What two networks see of the same piles: boxes of the second are moved, some have another class."""
    chance = np.random.default_rng(5)
    seen_a, seen_b = {}, {}
    for number in reversed(range(KEY.frames)):
        seen_a[number] = one = piled(12, piles=5, classes=2, seed=number)
        boxes = one.boxes + chance.normal(0, 4, one.boxes.shape).astype(np.float32)
        class_ids = np.where(chance.random(12) < 0.1, 0, np.array([2, 1])[one.class_ids])
        seen_b[number] = Candidates(boxes, one.scores, class_ids)
    return predictions(KEY, seen_a), predictions(OTHER, seen_b)


def one_box(score: float, class_id: int = 0, x: float = 10) -> Candidates:
    return Candidates(
        np.array([[x, 10, x + 40, 50]], np.float32), np.array([score], np.float32), np.array([class_id], np.int64)
    )


def ranking(records: object) -> Ranking:
    *progress, last = list(records)  # type: ignore[call-overload]
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(last, Ranking)
    return last


def iou(a: np.ndarray, b: np.ndarray) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    return float(shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared))


def slow_share(a: Detections, b: Detections) -> float:
    """Share unmatched of two frames, pair after pair; classes by name: cat is 0 and 2, dog 1 and 1, bird no one's."""
    names = {0: 2, 1: 1}
    in_b = [n for n in range(len(b)) if b.class_ids[n] != 0]
    pairs = sorted(
        (-iou(a.boxes[i], b.boxes[j]), i, j) for i in range(len(a)) for j in in_b
         if names[int(a.class_ids[i])] == b.class_ids[j]
    )  # fmt: skip
    of_a: set[int] = set()
    of_b: set[int] = set()
    for overlap, i, j in pairs:
        if -overlap >= 0.5 and i not in of_a and j not in of_b:
            of_a.add(i)
            of_b.add(j)
    boxes = len(a) + len(in_b)
    return (boxes - 2 * len(of_a)) / boxes if boxes else 0


def test_that_disagreement_is_the_share_a_slow_matching_leaves_alone() -> None:
    a, b = two_views()
    found = {ranked.frame: ranked.score for ranked in ranking(rank_disagreement(a, b, THRESHOLDS, gap=0)).frames}
    expected = {n: slow_share(a.detections(n, THRESHOLDS), b.detections(n, THRESHOLDS)) for n in range(KEY.frames)}
    assert len(set(expected.values())) > 4
    assert found == {frame: share for frame, share in expected.items() if share}


def test_that_frames_that_one_network_has_not_seen_are_not_ranked() -> None:
    a = predictions(KEY, {3: one_box(0.9), 5: one_box(0.9)})
    b = predictions(KEY, {5: Candidates.none()})
    assert [ranked.frame for ranked in ranking(rank_disagreement(a, b, THRESHOLDS, gap=0)).frames] == [5]


def test_that_classes_of_one_network_only_are_named_and_left_out() -> None:
    a = predictions(KEY, {3: one_box(0.9)})
    b = predictions(OTHER, {3: one_box(0.9, class_id=0, x=300)})
    found = ranking(rank_disagreement(a, b, THRESHOLDS, gap=0))
    assert found.left_out == ("bird",)
    assert [(ranked.odd, ranked.boxes) for ranked in found.frames] == [(1, 1)]


def test_that_scores_near_a_half_are_most_in_doubt_and_neighbours_are_hidden() -> None:
    scores = {2: 0.95, 10: 0.5, 11: 0.49, 14: 0.55, 30: 0.3, 31: FLOOR}
    known = predictions(KEY, {frame: one_box(score) for frame, score in scores.items()})
    found = ranking(rank_doubt(known, THRESHOLDS, gap=3)).frames
    assert [ranked.frame for ranked in found] == [10, 14, 30, 2]
    assert [ranked.odd for ranked in found] == [1, 1, 1, 0]


def test_that_frames_of_nothing_are_not_ranked() -> None:
    known = predictions(KEY, {4: Candidates.none(), 5: one_box(0.1)})
    assert ranking(rank_doubt(known, THRESHOLDS, gap=0)).frames == ()
