"""What a run survives: too little memory, a loss that is no number."""

import torch

MOST_ROLLBACKS = 3
SLOWER = 0.5


class LossNotFinite(ArithmeticError):
    """The loss of a step is NaN or infinite."""


def is_out_of_memory(error: RuntimeError) -> bool:
    """Whether torch says that memory is lacking; on the CPU it does so in words only."""
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
