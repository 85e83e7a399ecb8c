import sys
import time

import numpy as np
import pytest
import torch
from torchvision.ops import batched_nms, nms

from tests.core.infer.candidates import piled, scattered
from yolox_core.infer.candidates import Candidates, best_candidates
from yolox_core.infer.suppress import suppress

CASES = {
    "piles of one class": lambda: piled(3000, piles=100, classes=1, seed=1),
    "piles of eighty classes": lambda: piled(3000, piles=100, classes=80, seed=2),
    "one pile": lambda: piled(1500, piles=1, classes=2, seed=3),
    "boxes apart": lambda: scattered(3000, classes=1, seed=4),
    "boxes apart in classes": lambda: scattered(3000, classes=80, seed=5),
    "a handful": lambda: piled(50, piles=8, classes=3, seed=6),
    "nothing": Candidates.none,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("nms_threshold", [0.0, 0.3, 0.45, 0.65, 0.9, 1.0])
def test_that_suppress_keeps_what_torchvision_keeps(case: str, nms_threshold: float) -> None:
    candidates = CASES[case]()
    chosen = candidates.scores >= 0.1
    boxes, scores, classes = candidates.boxes[chosen], candidates.scores[chosen], candidates.class_ids[chosen]
    # float64: batched_nms shifts classes apart, which rounds float32 edges when there are few boxes
    wide = torch.from_numpy(boxes).double(), torch.from_numpy(scores).double(), torch.from_numpy(classes)
    kept = batched_nms(*wide, nms_threshold).numpy()
    found = suppress(candidates, conf_threshold=0.1, nms_threshold=nms_threshold)
    assert np.array_equal(found.boxes, boxes[kept])
    assert np.array_equal(found.scores, scores[kept])
    assert np.array_equal(found.class_ids, classes[kept])


def test_that_agnostic_suppression_lets_classes_compete() -> None:
    candidates = piled(2000, piles=60, classes=10, seed=7)
    kept = nms(torch.from_numpy(candidates.boxes), torch.from_numpy(candidates.scores), 0.5).numpy()
    found = suppress(candidates, conf_threshold=0.0, nms_threshold=0.5, class_agnostic=True)
    assert np.array_equal(found.scores, candidates.scores[kept])


def test_that_equal_scores_keep_their_order() -> None:
    boxes = np.array([[0, 0, 10, 10], [0, 0, 10, 9], [20, 20, 30, 30]], np.float32)
    candidates = Candidates(boxes, np.full(3, 0.5, np.float32), np.zeros(3, np.int64))
    found = suppress(candidates, conf_threshold=0.5, nms_threshold=0.5)
    assert found.boxes.tolist() == [[0, 0, 10, 10], [20, 20, 30, 30]]


def test_that_boxes_without_area_are_neither_lost_nor_warned_about() -> None:
    boxes = np.array([[5, 5, 5, 5]] * 200 + [[9, 9, 3, 3]], np.float32)
    candidates = Candidates(boxes, np.linspace(0.9, 0.2, 201).astype(np.float32), np.zeros(201, np.int64))
    assert len(suppress(candidates, conf_threshold=0.1, nms_threshold=0.5)) == 201


@pytest.mark.parametrize("case", ["piles of one class", "boxes apart", "piles of eighty classes"])
def test_that_three_thousand_candidates_never_freeze_the_window(case: str) -> None:
    candidates = CASES[case]()
    times_s = []
    for _ in range(10):
        start_s = time.perf_counter()
        suppress(candidates, conf_threshold=0.0, nms_threshold=0.45)
        times_s.append(time.perf_counter() - start_s)
    assert min(times_s) < 0.05  # a busy machine may be slow; tests/speed holds the real target


def test_that_suppress_needs_no_torch() -> None:
    import subprocess

    code = "import sys, yolox_core.infer.suppress; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_that_candidates_are_scaled_bounded_and_best_first() -> None:
    rows = np.array(
        [[0, 0, 10, 10, 0.2, 1], [0, 0, 20, 20, 0.9, 0], [0, 0, 5, 5, 0.001, 2], [0, 0, np.inf, 5, 0.95, 2]], np.float32
    )
    found = best_candidates(rows, scale=0.5, floor=0.01, top_k=None)
    assert found.boxes.tolist() == [[0, 0, 40, 40], [0, 0, 20, 20]]
    assert found.class_ids.tolist() == [0, 1]
    assert len(best_candidates(rows, scale=0.5, floor=0.01, top_k=1)) == 1
