"""The network against the reference: keys, shapes, parameter counts and outputs."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.core.model.reference import filled_model
from yolox_core.model.yolox import SIZES, YOLOX

PUBLISHED = ("nano", "tiny", "s", "m", "l", "x")


@pytest.mark.parametrize("size", PUBLISHED)
def test_that_keys_and_shapes_are_those_of_published_checkpoints(shared: Path, size: str) -> None:
    expected = json.loads((shared / "reference" / "state_dict_keys.json").read_text())[size]
    with torch.device("meta"):
        model = YOLOX(SIZES[size], 80)
    assert {key: list(tensor.shape) for key, tensor in model.state_dict().items()} == expected["state_dict"]
    assert sum(parameter.numel() for parameter in model.parameters()) == expected["parameters"]


@pytest.mark.parametrize("size", PUBLISHED)
def test_that_outputs_equal_the_reference(shared: Path, size: str) -> None:
    reference = np.load(shared / "reference" / f"forward_{size}.npz")
    model = filled_model(shared, size).eval()
    with torch.inference_mode():
        ours = model(torch.from_numpy(reference["x"])).numpy()
    np.testing.assert_allclose(ours, reference["y"], rtol=1e-4, atol=1e-4)


def test_that_a_rectangular_input_gives_one_prediction_per_cell() -> None:
    model = YOLOX(SIZES["nano"], 3).eval()
    with torch.inference_mode():
        assert model(torch.zeros(2, 3, 64, 96)).shape == (2, 126, 8)
