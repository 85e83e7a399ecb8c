"""The network as a run has it at its first step."""

from dataclasses import dataclass
from pathlib import Path

import torch

from yolox_core.checkpoint import load_checkpoint, load_weights
from yolox_core.model.yolox import YOLOX, ModelSize, model_size
from yolox_core.train.config import TrainConfig


@dataclass(frozen=True, eq=False)
class StartNetwork:
    """A network and what it is built of; `remarks` say in sentences what was taken of the start weights."""

    model: YOLOX
    size: ModelSize
    remarks: tuple[str, ...] = ()


def start_network(config: TrainConfig, class_names: tuple[str, ...], weights: Path | None) -> StartNetwork:
    """The network of the settings, random by their seed but for what a checkpoint holds.

    Raises FileError where the checkpoint cannot be read, ValueOutOfRange for proportions that no network can have.
    """
    torch.manual_seed(config.seed)
    size = model_size(config.size, depth=config.depth, width=config.width, activation=config.activation)
    model = YOLOX(size, len(class_names))
    if weights is None:
        return StartNetwork(model, size)
    checkpoint = load_checkpoint(weights)
    report = load_weights(model, checkpoint, class_names)
    return StartNetwork(model, size, (*checkpoint.remarks, f"{weights.name}: {report.text}"))


def begin_training(model: YOLOX, config: TrainConfig) -> None:
    """Bring a network into training mode; a frozen backbone keeps its statistics."""
    model.train()
    if config.freeze_backbone:
        model.backbone.backbone.eval()
