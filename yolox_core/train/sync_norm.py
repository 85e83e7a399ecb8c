"""Batch normalisation over the batch of all processes, so that a run does not depend on how many it has.

torch's own SyncBatchNorm works on GPUs only; on the CPU the same sums go through gloo.
"""

from typing import Any

import torch
from torch import Tensor, distributed, nn


def synchronised(model: nn.Module, device: torch.device) -> nn.Module:
    """The same network, its parameters and their names kept, with normalisation shared by all processes."""
    if device.type == "cuda":
        shared: nn.Module = nn.SyncBatchNorm.convert_sync_batchnorm(model)  # type: ignore[no-untyped-call]
        return shared
    for module in model.modules():
        if type(module) is nn.BatchNorm2d:
            module.__class__ = SharedBatchNorm
    return model


class SharedBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d whose statistics in training are those of all processes' batches together."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalised maps [B, C, H, W]."""
        if not self.training:
            return super().forward(x)
        values = x.to(torch.promote_types(x.dtype, torch.float32))
        count = self._shared_sum(values.new_tensor(values.numel() / values.shape[1]))
        mean = self._shared_sum(values.sum((0, 2, 3))) / count
        centred = values - mean[:, None, None]
        variance = self._shared_sum(centred.square().sum((0, 2, 3))) / count
        with torch.no_grad():
            assert self.momentum is not None
            assert self.running_mean is not None
            assert self.running_var is not None
            assert self.num_batches_tracked is not None
            self.num_batches_tracked += 1
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        return (centred * scale[:, None, None] + self.bias[:, None, None]).to(x.dtype)

    @staticmethod
    def _shared_sum(tensor: Tensor) -> Tensor:
        shared: Tensor = _SharedSum.apply(tensor)
        return shared


class _SharedSum(torch.autograd.Function):
    """The sum over all processes; its gradient is the sum of all their gradients."""

    @staticmethod
    def forward(_ctx: Any, tensor: Tensor) -> Tensor:
        total = tensor.clone()
        distributed.all_reduce(total)
        return total

    @staticmethod
    def backward(_ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].contiguous().clone()
        distributed.all_reduce(total)
        return total
