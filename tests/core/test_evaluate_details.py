"""Precision-recall curves, best thresholds and the confusion matrix against slow, obvious versions."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.core.evaluate_sets import random_images
from yolox_core.dataset.folder import open_folder
from yolox_core.evaluate import Evaluation, evaluate_images
from yolox_core.evaluate.details import Confusion, best_threshold, confusion, details_of, threshold_at
from yolox_core.evaluate.matches import matches_of
from yolox_core.evaluate.truth import Compared, Truth
from yolox_core.evaluate.voc_ap import recall_curve
from yolox_core.images import read_size
from yolox_core.infer.detector import Detector
from yolox_core.records import Detections


def image(labels: list[tuple[float, ...]], found: list[tuple[float, ...]], difficult: tuple[int, ...] = ()) -> Compared:
    """Labels x1, y1, x2, y2, class id; detections with a score behind these, best first."""
    boxes = np.array(labels, np.float64).reshape(-1, 5)
    rows = np.array(found, np.float64).reshape(-1, 6)
    flags = np.isin(np.arange(len(boxes)), difficult)
    truth = Truth(boxes[:, :4], boxes[:, 4].astype(np.int64), flags)
    return Compared(
        truth,
        Detections(rows[:, :4].astype(np.float32), rows[:, 5].astype(np.float32), rows[:, 4].astype(np.int64)),
    )


@pytest.mark.parametrize("seed", range(4))
def test_that_the_best_threshold_is_found_by_trying_all(seed: int) -> None:
    images = random_images(30, classes=3, boxes=5, detections=25, seed=seed)
    best = best_threshold(recall_curve(images, 0, 1, 2))
    tried = {}
    for score in {float(score) for image in images for score in image.detections.scores}:
        kept = [_reaching(image, score) for image in images]
        curve = recall_curve(kept, 0, 1, 2)
        precision, recall = curve.precision[-1], curve.recall[-1]
        tried[score] = 2 * precision * recall / max(precision + recall, 1e-9)
    assert best.f1 == pytest.approx(max(tried.values()))
    assert tried[best.score] == pytest.approx(best.f1)
    assert best.f1 == pytest.approx(2 * best.precision * best.recall / (best.precision + best.recall))


def _confusion(images: Sequence[Compared], names: Sequence[str], score: float) -> Confusion:
    return confusion([matches_of(image, score=score) for image in images], names, score=score)


def _reaching(image: Compared, score: float) -> Compared:
    found, is_kept = image.detections, image.detections.scores >= score
    return Compared(image.truth, Detections(found.boxes[is_kept], found.scores[is_kept], found.class_ids[is_kept]))


def test_that_nothing_right_has_no_threshold() -> None:
    nothing = best_threshold(recall_curve([image([(0, 0, 9, 9, 0)], [(50, 50, 60, 60, 0, 0.9)])], 0))
    assert (nothing.score, nothing.f1) == (0, 0)
    assert best_threshold(recall_curve([image([], [])], 0)).f1 == 0


def test_that_each_kind_of_mistake_has_its_place_in_the_confusion_matrix() -> None:
    seen = image(
        labels=[(0, 0, 10, 10, 0), (20, 0, 30, 10, 0), (40, 0, 50, 10, 1), (60, 0, 70, 10, 1), (80, 0, 90, 10, 1)],
        found=[
            (0, 0, 10, 9, 0, 0.9),  # right
            (20, 0, 30, 9, 1, 0.8),  # another class
            (0, 0, 10, 10, 0, 0.7),  # a second one of the first: nothing is left for it
            (60, 0, 70, 10, 0, 0.6),  # on a difficult box: counts nowhere
            (40, 0, 50, 10, 1, 0.2),  # right, but below the score
        ],
        difficult=(3,),
    )
    found = _confusion([seen], ("drone", "bird"), 0.5)
    assert found.counts.tolist() == [[1, 1, 0], [0, 0, 2], [1, 0, 0]]
    assert found.most_frequent(3) == (("drone", "bird", 1),)
    matches = matches_of(seen, score=0.5)
    assert (matches.missed, matches.extra, matches.confused, matches.mistakes) == (2, 1, 1, 4)
    assert [mark.is_right for mark in matches.labels] == [True, False, False, False, False]
    assert [mark.is_wrong for mark in matches.found] == [False, True, True, False]


def test_that_each_cell_of_the_confusion_matrix_knows_its_images() -> None:
    right = image([(0, 0, 10, 10, 0)], [(0, 0, 10, 10, 0, 0.9)])
    twice = image([(0, 0, 10, 10, 0), (20, 0, 30, 10, 0)], [(0, 0, 10, 10, 1, 0.9), (20, 0, 30, 10, 1, 0.8)])
    empty = image([], [(0, 0, 10, 10, 1, 0.7)])
    found = _confusion([right, twice, empty, twice], ("a", "b"), 0.5)
    assert found.images == {(0, 0): (0,), (0, 1): (1, 3), (2, 1): (2,)}
    assert {cell: int(count) for cell, count in np.ndenumerate(found.counts) if count} == {
        (0, 0): 1,
        (0, 1): 4,
        (2, 1): 1,
    }


def test_that_figures_at_any_score_are_those_of_the_detections_that_reach_it() -> None:
    images = random_images(30, classes=2, boxes=5, detections=25, seed=5)
    curve = recall_curve(images, 0, 1)
    for score in (0.0, 0.305, 0.775):
        kept = recall_curve([_reaching(image, score) for image in images], 0, 1)
        at = threshold_at(curve, score)
        assert (at.precision, at.recall) == (kept.precision[-1], kept.recall[-1])
    assert threshold_at(curve, 1.1).f1 == 0


def test_that_a_detection_takes_the_label_of_its_class_before_a_nearer_one_of_another() -> None:
    labels = [(0, 0, 10, 10, 0), (0, 0, 10, 12, 1)]
    seen = image(labels, [(0, 0, 10, 10, 1, 0.9), (0, 0, 10, 12, 0, 0.8)])
    assert _confusion([seen], ("a", "b"), 0.5).counts.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]


@pytest.mark.parametrize("seed", range(3))
def test_that_the_confusion_matrix_counts_every_label_and_detection_once(seed: int) -> None:
    images = random_images(20, classes=4, boxes=5, detections=20, seed=seed, difficult=0)
    counts = _confusion(images, "abcd", 0.3).counts
    labels = Counter(int(c) for image in images for c in image.truth.class_ids)
    found = Counter(int(c) for image in images for c in image.detections.class_ids[image.detections.scores >= 0.3])
    assert counts.sum(axis=1)[:4].tolist() == [labels[c] for c in range(4)]
    assert counts.sum(axis=0)[:4].tolist() == [found[c] for c in range(4)]
    assert counts[4, 4] == 0


def test_that_classes_without_a_box_have_no_figures() -> None:
    seen = image([(0, 0, 10, 10, 1), (30, 0, 40, 10, 2)], [(0, 0, 10, 10, 1, 0.9)], difficult=(1,))
    details = details_of([seen], ("a", "b", "c"), ap_per_class={"b": 1.0}, ap50_per_class={"b": 1.0})
    assert [(figures.name, figures.boxes, figures.voc_ap50_11_point) for figures in details.classes] == [("b", 1, 1.0)]
    assert details.best.f1 == 1


def test_that_changed_labels_give_other_figures_and_sparse_ones_are_read(squares: Path) -> None:
    """One detection everywhere, 20 x 18 px at (4.5, 6.25): right once a label says so, in fractions and no more."""
    outputs = torch.zeros(8, 84, 6)
    outputs[:, 0] = torch.tensor([14.5, 15.25, 20, 18, 1, 1])
    detector = Detector(lambda images: outputs[: len(images)], ("square",), 128, torch.device("cpu"))

    def measured() -> Evaluation:
        folder = open_folder(squares)
        *_, result = evaluate_images(detector, folder, folder.images[:1])
        assert isinstance(result, Evaluation)
        return result

    before = measured()
    scale = 128 / max(read_size(open_folder(squares).images[0].path))
    edges = [4.5 / scale + 1, 6.25 / scale + 1, 24.5 / scale, 24.25 / scale]
    tags = "".join(f"<{tag}>{edge}</{tag}>" for tag, edge in zip(("xmin", "ymin", "xmax", "ymax"), edges, strict=True))
    one = f"<object><name>square</name><bndbox>{tags}</bndbox></object>"  # no pose, truncated or difficult
    open_folder(squares).images[0].label_path.write_text(f"<annotation>{one}</annotation>")
    after = measured()
    assert (before.ap, after.ap) == pytest.approx((0, 1), abs=1e-9)
    assert after.details is not None
    assert after.details.best.f1 == 1
