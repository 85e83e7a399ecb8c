"""The fast evaluator against pycocotools, its oracle and substitute."""

import sys
from collections.abc import Sequence

import numpy as np
import pytest

from tests.core.evaluate_sets import random_images
from yolox_core.evaluate.coco_ap import Accumulated, Table, by_hotcoco, by_pycocotools, coco_figures
from yolox_core.evaluate.truth import Compared


@pytest.mark.parametrize(
    ("images", "classes", "detections", "difficult"),
    [(60, 5, 30, 0.1), (20, 1, 250, 0.0), (20, 1, 250, 0.5), (15, 80, 150, 0.1), (40, 3, 0, 0.1), (8, 2, 12, 1.0)],
)
@pytest.mark.parametrize("seed", range(3))
def test_that_the_fast_evaluator_gives_pycocotools_figures(
    images: int, classes: int, detections: int, difficult: float, seed: int
) -> None:
    """Ties, difficult boxes, more than 100 detections, empty images, classes without a box, all sizes of boxes."""
    compared = random_images(images, classes=classes, boxes=6, detections=detections, difficult=difficult, seed=seed)
    class_ids = range(classes)
    fast = coco_figures(compared, class_ids, by_hotcoco)
    oracle = coco_figures(compared, class_ids, by_pycocotools)
    np.testing.assert_allclose(fast.stats, oracle.stats, atol=1e-6)
    assert fast.ap_per_class == pytest.approx(oracle.ap_per_class, abs=1e-6)
    assert fast.ap50_per_class == pytest.approx(oracle.ap50_per_class, abs=1e-6)


def test_that_our_summary_is_pycocotools_own(capsys: pytest.CaptureFixture[str]) -> None:
    from pycocotools.cocoeval import COCOeval

    compared, said = random_images(30, classes=4, boxes=6, detections=30, seed=9), []

    def summarised(labels: Table, found: Table, images: int, class_ids: Sequence[int]) -> Accumulated:
        done = by_pycocotools(labels, found, images, class_ids)
        oracle = COCOeval(iouType="bbox")
        oracle.eval = {"precision": done.precision, "recall": done.recall}
        oracle.summarize()
        said.extend(oracle.stats)
        return done

    ours = coco_figures(compared, range(4), summarised)
    capsys.readouterr()
    np.testing.assert_allclose(ours.stats, said, atol=1e-12)


def test_that_evaluators_print_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    compared = random_images(5, classes=2, boxes=3, detections=5, seed=1)
    for evaluator in (by_hotcoco, by_pycocotools):
        coco_figures(compared, (0, 1), evaluator)
    shown = capfd.readouterr()
    assert shown.out == shown.err == ""


def test_that_pycocotools_takes_the_place_of_a_missing_hotcoco(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[Compared] = random_images(5, classes=2, boxes=3, detections=5, seed=1)
    wanted = coco_figures(compared, (0, 1))
    monkeypatch.setitem(sys.modules, "hotcoco", None)
    np.testing.assert_allclose(coco_figures(compared, (0, 1)).stats, wanted.stats, atol=1e-6)
