"""Optimiser groups and averaged weights of the YOLOX recipe (arXiv 2107.08430, section 2)."""

import copy
import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from yolox_core.model.yolox import YOLOX


@dataclass(frozen=True)
class ParameterGroups:
    """Names of parameters by how they are decayed: batch-norm weights (not), other weights, all biases (not)."""

    norms: tuple[str, ...]
    weights: tuple[str, ...]
    biases: tuple[str, ...]


def parameter_groups(model: nn.Module) -> ParameterGroups:
    """The three groups of a network, each in the order of its modules."""
    norms: list[str] = []
    weights: list[str] = []
    biases: list[str] = []
    for name, module in model.named_modules():
        own = {key for key, _ in module.named_parameters(recurse=False)}
        if "bias" in own:
            biases.append(f"{name}.bias")
        if "weight" in own:
            (norms if isinstance(module, nn.BatchNorm2d) else weights).append(f"{name}.weight")
    return ParameterGroups(tuple(norms), tuple(weights), tuple(biases))


def make_optimiser(model: nn.Module, *, momentum: float, weight_decay: float) -> torch.optim.SGD:
    """SGD with Nesterov momentum; only convolution weights are decayed. The learning rate is set before each step."""
    groups = parameter_groups(model)
    parameters = dict(model.named_parameters())

    def group(names: tuple[str, ...], decay: float) -> dict[str, object]:
        return {"params": [parameters[name] for name in names], "weight_decay": decay}

    return torch.optim.SGD(
        [group(groups.norms, 0.0), group(groups.weights, weight_decay), group(groups.biases, 0.0)],
        lr=0.0,
        momentum=momentum,
        nesterov=momentum > 0,
        fused=True,
    )


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Use this learning rate from the next step on."""
    for group in optimiser.param_groups:
        group["lr"] = rate


class AveragedModel:
    """Exponential moving average of weights and batch-norm statistics; `model` is it, in eval mode.

    The decay grows with the number of updates n as decay (1 - exp(-n / 2000)), so that a short run is averaged less.
    """

    def __init__(self, model: YOLOX, decay: float, updates: int = 0) -> None:
        self.model = copy.deepcopy(model).eval().requires_grad_(False)
        self.decay = decay
        self.updates = updates
        self._averages = _float_tensors(self.model)
        self._sources = _float_tensors(model)

    def current_decay(self) -> float:
        """The share of the average that the latest update kept."""
        return self.decay * (1 - math.exp(-self.updates / 2000))

    @torch.no_grad()
    def update(self) -> None:
        """Take in the weights as they are now."""
        self.updates += 1
        torch._foreach_lerp_(self._averages, self._sources, 1 - self.current_decay())


def _float_tensors(model: nn.Module) -> list[Tensor]:
    return [tensor.detach() for tensor in model.state_dict().values() if tensor.is_floating_point()]
