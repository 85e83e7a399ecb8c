"""Evaluations kept as files: what is read is what was written."""

from pathlib import Path

import numpy as np
import pytest

from tests.core.evaluate_sets import random_images
from tests.core.result_sets import kept_evaluation
from yolox_core.errors import FileError
from yolox_core.evaluate.details import threshold_at
from yolox_core.evaluate.result_file import read_result, thinned_curve, write_result
from yolox_core.evaluate.voc_ap import recall_curve
from yolox_core.records import Fault

NAMES = ("cell", "platelet", "ω")


def test_that_a_kept_evaluation_reads_as_it_was(tmp_path: Path) -> None:
    kept = kept_evaluation(NAMES, faults=(Fault("no image", "a.jpg", "mend"),))
    write_result(tmp_path / "result.json", kept)
    again = read_result(tmp_path / "result.json")
    assert (again.checkpoint, again.split, again.device) == ("best.pth 1 2", "val", "cpu")
    before, after = kept.evaluation, again.evaluation
    for name in ("ap", "ap50", "stats", "ap_per_size", "ap50_per_class", "faults", "images", "boxes"):
        assert getattr(after, name) == getattr(before, name)
    assert before.details is not None
    assert after.details is not None
    assert after.details.best == before.details.best
    assert after.details.confusion.counts.tolist() == before.details.confusion.counts.tolist()
    assert after.details.confusion.images == before.details.confusion.images
    for one, other in zip(before.details.classes, after.details.classes, strict=True):
        assert (one.name, one.ap, one.ap_by_size, one.best) == (other.name, other.ap, other.ap_by_size, other.best)
    for old, new in zip(before.details.images, after.details.images, strict=True):
        assert (old.path, old.missed, old.extra, old.confused) == (new.path, new.missed, new.extra, new.confused)
        assert [mark.x1 for mark in new.found] == pytest.approx([mark.x1 for mark in old.found], abs=0.05)


def test_that_thinning_keeps_the_figures_at_every_hundredth_of_a_score() -> None:
    curve = recall_curve(random_images(300, classes=3, boxes=5, detections=40, seed=4), 0, 1, 2)
    thin = thinned_curve(curve)
    assert len(curve.scores) > 5 * len(thin.scores)
    for score in np.linspace(0.01, 0.99, 99):
        exact, near = threshold_at(curve, score), threshold_at(thin, score)
        assert (near.precision, near.recall) == pytest.approx((exact.precision, exact.recall), abs=1e-9)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 1}', '{"version": 99}'])
def test_that_what_is_no_evaluation_is_told(tmp_path: Path, content: str) -> None:
    with pytest.raises(FileError, match="not been evaluated"):
        read_result(tmp_path / "result.json")
    (tmp_path / "result.json").write_text(content)
    with pytest.raises(FileError, match="cannot be read"):
        read_result(tmp_path / "result.json")
