"""The input sizes of a run: every tenth step another one of about the same proportions, drawn by the seed."""

import torch

from yolox_core.train.config import TrainConfig
from yolox_core.train.sizes import Shape, changed_shape

STEPS_PER_SIZE = 10


def next_shape(config: TrainConfig, generator: torch.Generator) -> Shape:
    """Height and width of the next steps; draws once, unless one size alone is learned."""
    reach = config.multiscale_range
    if not reach:
        return config.input_shape
    return changed_shape(config, int(torch.randint(-reach, reach + 1, (), generator=generator)))


def shape_of_step(config: TrainConfig, step: int) -> Shape:
    """Height and width of a step of a run, counted from 1, where nothing has changed the size of its batches."""
    reach, draws = config.multiscale_range, (step - 1) // STEPS_PER_SIZE
    if not reach or not draws:
        return config.input_shape
    generator = torch.Generator().manual_seed(config.seed)
    return changed_shape(config, int(torch.randint(-reach, reach + 1, (draws,), generator=generator)[-1]))
