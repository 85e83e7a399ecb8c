"""Groups, schedule, averaging and whole steps against the reference."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.core.model.reference import filled_model
from yolox_core.model.head import anchor_points
from yolox_core.model.loss import detection_loss
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.train.optim import AveragedModel, make_optimiser, parameter_groups, set_learning_rate
from yolox_core.train.plan import Schedule


def test_that_learning_rates_equal_the_reference(shared: Path) -> None:
    stored = json.loads((shared / "reference" / "schedules.json").read_text())
    for case in stored["yoloxwarmcos"]:
        steps = case["iters_per_epoch"]
        schedule = Schedule(
            peak=case["lr"],
            final=case["lr"] * case["min_lr_ratio"],
            warmup_steps=steps * case["warmup_epochs"],
            final_steps=steps * case["no_aug_epochs"],
            total_steps=steps * case["epochs"],
        )
        ours = [schedule.learning_rate(step) for step in case["iters"]]
        np.testing.assert_allclose(ours, case["lrs"], rtol=1e-6)


def test_that_the_decay_of_the_average_equals_the_reference(shared: Path) -> None:
    stored = json.loads((shared / "reference" / "schedules.json").read_text())["ema"]
    model = YOLOX(SIZES["nano"], 1)
    for updates, value in zip(stored["updates"], stored["value"], strict=True):
        assert AveragedModel(model, stored["decay"], updates).current_decay() == pytest.approx(value, rel=1e-6)


def test_that_parameter_groups_equal_the_reference(shared: Path) -> None:
    stored = json.loads((shared / "reference" / "param_groups_nano.json").read_text())
    groups = parameter_groups(YOLOX(SIZES["nano"], 80))
    assert [list(groups.norms), list(groups.weights), list(groups.biases)] == [group["names"] for group in stored]
    optimiser = make_optimiser(YOLOX(SIZES["nano"], 80), momentum=0.9, weight_decay=5e-4)
    for ours, theirs in zip(optimiser.param_groups, stored, strict=True):
        assert (ours["weight_decay"], ours["momentum"], ours["nesterov"]) == (theirs["weight_decay"], 0.9, True)


ROUNDING = [1e-4, 1e-4, 1e-4, 1e-4, 1e-4, 3e-4]
"""Bound of the loss per step. The steps run at 200 times the scheduled rate and amplify float32's rounding: at the
sixth the reference is 1.14e-4 off the same step in float64, and one thread instead of two moves ours by 2.4e-4.

For the same reason the weights at the end are held to: half of all norms within 2e-5, all within 3 %. Between one and
two threads of our own code the largest difference is 2.1 %, between float32 and float64 1.2 %, to the reference 1.9 %.
"""


def test_that_six_steps_equal_the_reference(shared: Path) -> None:
    reference = np.load(shared / "reference" / "train_steps.npz")
    model = filled_model(shared, "nano").train()
    optimiser = make_optimiser(model, momentum=0.9, weight_decay=5e-4)
    average = AveragedModel(model, 0.9998)
    x, labels = torch.from_numpy(reference["x"]), torch.from_numpy(reference["labels"])
    stored = json.loads(str(reference["losses"]))
    for rates, expected, rounding in zip(reference["lrs"], stored, ROUNDING, strict=True):
        set_learning_rate(optimiser, float(rates[0]))
        raw = model(x)
        losses = detection_loss(raw, anchor_points(96, 96, like=raw), labels, use_l1=False)
        optimiser.zero_grad()
        losses.total.backward()
        optimiser.step()
        average.update()
        assert losses.total.item() == pytest.approx(expected["total_loss"], rel=rounding)
    for state, norms in ((model.state_dict(), "norm"), (average.model.state_dict(), "ema_norm")):
        ours = [float(state[name].double().norm()) for name in reference["names"]]
        difference = np.abs(np.array(ours) - reference[norms]) / (reference[norms] + 1e-6)
        assert np.median(difference) < 2e-5
        assert difference.max() < 0.03
