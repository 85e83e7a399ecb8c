"""Run by two processes of `torchrun`: prints how far their gradients and statistics are from those of one process."""

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

import yolox_core  # noqa: F401  before torch works: it says how OpenMP waits
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.train.sync_norm import synchronised
from yolox_core.train.world import joined_world

IMAGES = torch.rand(8, 3, 64, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 255


def make_model() -> YOLOX:
    torch.manual_seed(0)
    return YOLOX(SIZES["nano"], 1).double().train()


def backward(network: nn.Module, images: Tensor) -> None:
    raw = network(images)
    weights = torch.linspace(0, 1, raw[0].numel(), dtype=raw.dtype).view(raw.shape[1:])
    (raw.square().mean(0) * weights).sum().backward()


def largest_difference(a: YOLOX, b: YOLOX) -> float:
    pairs = [(p.grad, q.grad) for p, q in zip(a.parameters(), b.parameters(), strict=True)]
    pairs += list(zip(a.buffers(), b.buffers(), strict=True))
    return max(float((p - q).double().norm() / (p.double().norm() + 1e-12)) for p, q in pairs)


if __name__ == "__main__":
    with joined_world() as world:
        model, alone = make_model(), make_model()
        part = len(IMAGES) // world.size
        shared = synchronised(model, torch.device("cpu"))
        backward(DistributedDataParallel(shared), IMAGES[world.rank * part : (world.rank + 1) * part])
        if world.is_main:
            backward(alone, IMAGES)
            print(largest_difference(alone, model))
        world.wait()
