"""The loss and its gradients against the reference, and in half precision."""

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.core.model.reference import filled_model
from yolox_core.model.head import anchor_points
from yolox_core.model.loss import detection_loss
from yolox_core.model.yolox import SIZES, YOLOX


@pytest.mark.parametrize("l1", ["l1", "nol1"])
@pytest.mark.parametrize("size", ["nano", "s"])
def test_that_losses_gradients_and_statistics_equal_the_reference(shared: Path, size: str, l1: str) -> None:
    reference = np.load(shared / "reference" / f"loss_{size}_{l1}.npz")
    model = filled_model(shared, size).train()
    x, labels = torch.from_numpy(reference["x"]), torch.from_numpy(reference["labels"])
    raw = model(x)
    losses = detection_loss(raw, anchor_points(x.shape[2], x.shape[3], like=raw), labels, use_l1=l1 == "l1")
    losses.total.backward()
    boxes = int((labels.sum(dim=2) > 0).sum())
    ours = {
        "total_loss": losses.total.item(),
        "iou_loss": losses.iou.item(),
        "conf_loss": losses.obj.item(),
        "cls_loss": losses.cls.item(),
        "l1_loss": losses.l1.item(),
        "num_fg": losses.positives / boxes,
    }
    for name, value in ours.items():
        assert value == pytest.approx(float(reference[name]), rel=1e-4), name
    gradients = {name: parameter.grad for name, parameter in model.named_parameters()}
    norm = torch.stack([gradient.norm() for gradient in gradients.values() if gradient is not None]).norm()
    assert norm.item() == pytest.approx(float(reference["grad_norm"]), rel=1e-4)
    state = model.state_dict()
    for key in reference.files:
        kind, _, name = key.partition(":")
        ours_array = gradients[name] if kind == "grad" else state[name] if kind == "after" else None
        if ours_array is not None:
            scale = float(np.abs(reference[key]).max())
            np.testing.assert_allclose(ours_array.numpy(), reference[key], rtol=1e-3, atol=1e-4 * scale)


def test_that_a_batch_without_boxes_still_teaches_what_is_no_object() -> None:
    model = YOLOX(SIZES["nano"], 2).train()
    raw = model(torch.rand(2, 3, 64, 64) * 255)
    losses = detection_loss(raw, anchor_points(64, 64, like=raw), torch.zeros(2, 4, 5), use_l1=True)
    assert losses.iou == losses.cls == losses.l1 == 0
    assert losses.total == losses.obj > 0


def test_that_half_precision_predictions_keep_targets_exact() -> None:
    torch.manual_seed(0)
    raw = torch.randn(1, 84, 7)
    points = anchor_points(64, 64, like=raw)
    targets = torch.tensor([[[1, 33.37, 27.81, 20.13, 24.57]]])
    exact = detection_loss(raw, points, targets, use_l1=True)
    half = detection_loss(raw.bfloat16(), points, targets, use_l1=True)
    assert half.total.dtype is torch.float32
    assert half.total.item() == pytest.approx(exact.total.item(), rel=0.02)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_that_autocast_does_not_touch_the_loss(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    rounded = torch.randn(2, 84, 7).to(dtype)
    points = anchor_points(64, 64, like=torch.zeros(()))
    targets = torch.tensor([[[1, 33.37, 27.81, 20.13, 24.57]], [[0, 63.9, 0.2, 0.4, 0.3]]])
    exact = detection_loss(rounded.float(), points, targets, use_l1=True)
    with torch.autocast("cpu", dtype):
        inside = detection_loss(rounded, points, targets, use_l1=True)
    assert torch.equal(inside.total, exact.total)


def test_that_the_largest_numbers_of_half_precision_give_a_finite_loss() -> None:
    raw = torch.full((1, 84, 7), 65504.0)
    raw[..., :4] = torch.randn(1, 84, 4)
    raw[:, ::2] *= -1
    targets = torch.tensor([[[1, 33.0, 27.0, 20.0, 24.0]]])
    losses = detection_loss(raw.half().requires_grad_(), anchor_points(64, 64, like=raw), targets, use_l1=True)
    losses.total.backward()  # type: ignore[no-untyped-call]
    assert losses.total.isfinite()
