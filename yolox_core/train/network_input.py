"""What the network gets of a batch, numbers on its device at the input size of the step, and what it answers."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from yolox_core.train.loader import Batch


@dataclass(frozen=True)
class NetworkInput:
    """Images float32 [B, 3, H, W] BGR 0..255, targets float32 [B, G, 5]: class id, cx, cy, w, h in input pixels."""

    images: Tensor
    targets: Tensor


def network_input(batch: Batch, shape: tuple[int, int], device: torch.device) -> NetworkInput:
    """A batch brought to `shape` (height, width) on a device."""
    images = batch.images.to(device, non_blocking=True).float()
    targets = batch.targets.to(device, non_blocking=True)
    height, width = images.shape[2:]
    if (height, width) == shape:
        return NetworkInput(images, targets)
    scale = targets.new_tensor([1, shape[1] / width, shape[0] / height, shape[1] / width, shape[0] / height])
    return NetworkInput(functional.interpolate(images, size=shape, mode="bilinear"), targets * scale)


def raw_predictions(network: nn.Module, images: Tensor, dtype: torch.dtype) -> Tensor:
    """Raw predictions float32 [B, A, 5 + C] of a network in training mode that computes in `dtype`."""
    with torch.autocast(images.device.type, dtype, enabled=dtype != torch.float32):
        raw: Tensor = network(images)
    return raw.float()
