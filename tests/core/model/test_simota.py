"""SimOTA: exactly the reference's assignments, and the cases in which the reference fails."""

from pathlib import Path

import numpy as np
import pytest
import torch

from yolox_core.model.head import AnchorPoints, anchor_points
from yolox_core.model.simota import Assignment, assign

CASES = ("one", "tiny", "overlap", "border", "crowd", "whole")


def _raw_of(decoded: torch.Tensor, points: AnchorPoints) -> torch.Tensor:
    """Raw boxes that decode to these: the reference stores decoded ones."""
    centres = decoded[:, :2] / points.strides - points.cells
    return torch.cat((centres, (decoded[:, 2:] / points.strides).log()), dim=1)


def _case(shared: Path, name: str) -> tuple[torch.Tensor, torch.Tensor, AnchorPoints, dict[str, np.ndarray]]:
    stored = np.load(shared / "reference" / "simota.npz")
    case = {key.split("/")[1]: stored[key] for key in stored.files if key.startswith(f"{name}/")}
    points = anchor_points(416, 416, like=torch.zeros(1, dtype=torch.float64))
    boxes = _raw_of(torch.from_numpy(case["boxes"]).double(), points)
    raw = torch.cat((boxes, torch.from_numpy(case["obj"]), torch.from_numpy(case["cls"])), dim=1)
    float_points = anchor_points(416, 416, like=torch.zeros(1))
    return raw.float(), torch.from_numpy(case["gts"]), float_points, case


def _same(found: Assignment, case: dict[str, np.ndarray]) -> None:
    order = found.anchor.argsort()
    np.testing.assert_array_equal(found.anchor[order].numpy(), case["fg"])
    np.testing.assert_array_equal(found.box[order].numpy(), case["matched"])
    np.testing.assert_allclose(found.iou[order].numpy(), case["iou"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", CASES)
def test_that_assignments_equal_the_reference(shared: Path, name: str) -> None:
    raw, targets, points, case = _case(shared, name)
    _same(assign(raw[None], points, targets[None]), case)


def test_that_a_batch_gives_each_image_what_it_gets_alone(shared: Path) -> None:
    cases = [_case(shared, name) for name in CASES]
    raw = torch.stack([case[0] for case in cases])
    targets = torch.zeros(len(cases), 130, 5)
    for row, case in enumerate(cases):
        targets[row, : len(case[1])] = case[1]
    found = assign(raw, cases[0][2], targets)
    for row, case in enumerate(cases):
        own = found.image == row
        _same(Assignment(found.image[own], found.anchor[own], found.box[own], found.iou[own]), case[3])


@pytest.mark.parametrize(
    "targets",
    [
        torch.zeros(2, 0, 5),
        torch.zeros(2, 3, 5),
        torch.tensor([[[0, -90.0, -90.0, 20.0, 20.0]], [[0, 900.0, 30.0, 20.0, 20.0]]]),
    ],
    ids=["no rows", "padding only", "every centre outside the image"],
)
def test_that_boxes_without_a_near_anchor_point_get_none(targets: torch.Tensor) -> None:
    points = anchor_points(64, 64, like=torch.zeros(1))
    found = assign(torch.zeros(2, 84, 8), points, targets)
    assert found.image.numel() == found.anchor.numel() == 0
