"""Networks at rest: our checkpoints and the published ones, opened without running code from them."""

from yolox_core.checkpoint.record import (
    Checkpoint,
    build_model,
    load_checkpoint,
    load_training,
    save_checkpoint,
    save_official,
)
from yolox_core.checkpoint.transfer import LoadReport, load_weights

__all__ = [
    "Checkpoint",
    "LoadReport",
    "build_model",
    "load_checkpoint",
    "load_training",
    "load_weights",
    "save_checkpoint",
    "save_official",
]
