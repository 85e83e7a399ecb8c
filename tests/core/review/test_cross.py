"""Predictions out of fold: near-copies stay together, and what was trained is not trained again."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yolox_core.dataset.alike_groups import alike_groups
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.review.cross import cross_predictions, fold_of_groups
from yolox_core.review.cross_plan import CrossPlan, CrossState
from yolox_core.review.predicting import Predictions
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.run_folder import RunFolder, read_events

pytestmark = pytest.mark.usefixtures("one_thread")


def config() -> TrainConfig:
    base = replace(recipe("nano"), image_size=64, batch_size=4, epochs=1, device="cpu", multiscale_range=0)
    return replace(base, workers=0)


def test_that_every_image_is_judged_by_a_network_that_has_not_learned_it(squares: Path, tmp_path: Path) -> None:
    folder, plan = open_folder(squares), CrossPlan(config(), tmp_path / "folds")
    assert plan.state(folder) is CrossState.NEW
    *progress, found = cross_predictions(folder, plan)
    assert plan.state(folder) is CrossState.DONE
    assert isinstance(found, Predictions)
    assert set(found.dense) == {image.name for image in folder.images}
    assert found.class_names == ("square",)
    texts = " ".join(record.text for record in progress if isinstance(record, Progress))
    assert "Fold 1 of 2: epoch 1" in texts
    assert "Fold 2 of 2: epoch 1" in texts
    *again, same = cross_predictions(folder, plan)
    assert not any("epoch" in record.text for record in again if isinstance(record, Progress))
    assert isinstance(same, Predictions)
    assert replace(plan, folds=3).state(folder) is CrossState.OTHER
    with pytest.raises(UserError, match="other images or settings"):
        list(cross_predictions(folder, replace(plan, folds=3)))


def test_that_a_closed_training_goes_on_where_it_was(squares: Path, tmp_path: Path) -> None:
    folder, plan = open_folder(squares), CrossPlan(replace(config(), epochs=2), tmp_path / "folds")
    records = cross_predictions(folder, plan)
    for record in records:
        if isinstance(record, Progress) and record.text == "Fold 1 of 2: epoch 2 of 2":
            break
    records.close()  # type: ignore[attr-defined]
    assert plan.state(folder) is CrossState.BEGUN
    *progress, found = cross_predictions(folder, plan)
    assert isinstance(found, Predictions)
    assert not any(record.text == "Fold 1 of 2: epoch 1 of 2" for record in progress if isinstance(record, Progress))
    steps = [event for event in read_events(RunFolder(plan.output / "fold-1")) if type(event).__name__ == "StepDone"]
    assert [event.step for event in steps] == sorted({event.step for event in steps})  # type: ignore[union-attr]


def test_that_near_copies_lie_in_one_group(squares: Path) -> None:
    shutil.copy(squares / "JPEGImages" / "3.jpg", squares / "JPEGImages" / "7.jpg")
    folder = open_folder(squares)
    groups = [record for record in alike_groups(folder.images) if not isinstance(record, Progress)][-1]
    assert groups[7] == groups[3] == 3


def test_that_groups_stay_whole_and_folds_are_filled_evenly() -> None:
    groups = np.repeat(np.arange(12), [9, 1, 1, 2, 3, 1, 1, 1, 4, 1, 1, 1])
    folds = fold_of_groups(groups, 3, seed=0)
    assert all(len(set(folds[groups == group])) == 1 for group in range(12))
    sizes = np.bincount(folds)
    assert sizes.tolist() == [9, 9, 8] or sorted(sizes.tolist()) == [8, 9, 9]
    with pytest.raises(UserError, match="cannot be parted"):
        fold_of_groups(np.zeros(5, np.int64), 2, seed=0)
