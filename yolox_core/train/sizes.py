"""The input sizes that a run may draw: about the proportions of its settings, in steps of 32 pixels. No torch here."""

from yolox_core.train.config import TrainConfig

GRID = 32

Shape = tuple[int, int]


def changed_shape(config: TrainConfig, steps: int) -> Shape:
    """Height and width that are `steps` times 32 pixels wider than the settings say."""
    height, width = config.input_shape
    new_width = max(GRID, width + steps * GRID)
    return max(GRID, round(height * new_width / width / GRID) * GRID), new_width


def largest_shape(config: TrainConfig) -> Shape:
    """Height and width of the largest input of a run."""
    return changed_shape(config, config.multiscale_range)


def mean_area(config: TrainConfig) -> float:
    """The mean area of the inputs of a run, as a share of that in the settings."""
    height, width = config.input_shape
    reach = config.multiscale_range
    shapes = [changed_shape(config, steps) for steps in range(-reach, reach + 1)]
    return sum(tall * wide for tall, wide in shapes) / len(shapes) / (height * width)
