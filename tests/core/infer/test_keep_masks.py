"""Bits for all thresholds against suppression at each of them."""

import numpy as np
import pytest

from tests.core.infer.candidates import piled, scattered
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.keep_masks import THRESHOLDS, is_kept, keep_masks
from yolox_core.infer.suppress import keep_uncovered

CASES = {
    "piles of one class": lambda: piled(600, piles=30, classes=1, seed=1),
    "piles of five classes": lambda: piled(600, piles=30, classes=5, seed=2),
    "one pile": lambda: piled(300, piles=1, classes=1, seed=3),
    "boxes apart": lambda: scattered(600, classes=3, seed=4),
    "a frame": lambda: piled(60, piles=10, classes=3, seed=5),
    "one box": lambda: scattered(1, classes=1, seed=6),
    "nothing": Candidates.none,
}


@pytest.mark.parametrize("case", CASES)
def test_that_every_bit_says_what_suppression_says(case: str) -> None:
    candidates = CASES[case]()
    masks = keep_masks(candidates.boxes, candidates.class_ids)
    for threshold in THRESHOLDS.tolist():
        kept = keep_uncovered(candidates.boxes, candidates.class_ids, threshold)
        assert np.array_equal(np.flatnonzero(is_kept(masks, threshold)), kept), threshold


def test_that_the_case_of_a_box_that_goes_and_comes_back_is_among_them() -> None:
    """A box that stays at .3, goes at .4 and stays again: one number a box would be wrong."""
    candidates = CASES["piles of one class"]()
    bits = np.stack([is_kept(keep_masks(candidates.boxes, candidates.class_ids), t) for t in THRESHOLDS.tolist()])
    assert (np.diff(bits.astype(np.int8), axis=0) < 0).any()


def test_that_boxes_without_area_and_equal_boxes_are_settled() -> None:
    boxes = np.array([[5, 5, 5, 5], [0, 0, 9, 9], [0, 0, 9, 9], [9, 9, 3, 3]], np.float32)
    classes = np.zeros(4, np.int64)
    masks = keep_masks(boxes, classes)
    for threshold in (0.0, 0.63, 0.64, 0.99, 1.0):
        kept = keep_uncovered(boxes, classes, threshold)
        assert np.array_equal(np.flatnonzero(is_kept(masks, threshold)), kept)
