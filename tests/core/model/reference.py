"""The reference's fixed weights and figures, as the parity tests use them."""

import runpy
from pathlib import Path

import torch

from yolox_core.model.yolox import SIZES, YOLOX


def filled_model(shared: Path, size: str) -> YOLOX:
    """A network of 80 classes with the reference's deterministic weights."""
    fill_value = runpy.run_path(str(shared / "reference" / "fill_weights.py"))["fill_value"]
    model = YOLOX(SIZES[size], 80)
    state = {
        key: torch.from_numpy(fill_value(key, tuple(tensor.shape))).reshape(tensor.shape)
        for key, tensor in model.state_dict().items()
    }
    model.load_state_dict(state)
    return model
