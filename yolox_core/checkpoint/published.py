"""The layout of published YOLOX files, and the older and trimmed kinds of it that are about."""

import math

import torch
from torch import Tensor

from yolox_core.model.blocks import BN_EPS
from yolox_core.model.yolox import SIZES, YOLOX, ModelSize

Weights = dict[str, Tensor]

STEMS = ("backbone.backbone.stem.conv", "backbone.backbone.stem.0")
MEAN_RGB, DEVIATION_RGB = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, for pixels in 0..1
LEGACY_POWER = 100.0  # mean square of an input value: some 15,000 for pixels, about 1 for normalised ones


def as_published(weights: Weights) -> Weights:
    """Weights float32 under the published names, whatever of this they come with.

    The prefix of `DistributedDataParallel` is dropped; batch norm that was folded into a convolution comes back as one
    that only adds.
    """
    return _with_norms({key.removeprefix("module."): _float32(value) for key, value in weights.items()})


def size_of(weights: Weights) -> str:
    """The size of the table whose layers, with their widths, are these; empty for none."""
    shapes = {key: value.shape for key, value in weights.items() if key.startswith("backbone.")}
    return next((name for name, size in SIZES.items() if shapes == _shapes(size)), "")


def is_for_normalised_rgb(weights: Weights) -> bool:
    """Whether this is a network of release 0.0.1, whose input was RGB, divided by 255, less mean, over deviation.

    The stem's batch norm has seen the variance of what the filters made of the input: it tells the input's power.
    """
    stem = next((stem for stem in STEMS if f"{stem}.bn.running_var" in weights), "")
    if not stem:
        return False
    filters = weights[f"{stem}.conv.weight"].flatten(1).square().sum(dim=1)
    variance = weights[f"{stem}.bn.running_var"]
    is_used = filters > 1e-8
    if not is_used.any() or torch.equal(variance, torch.ones_like(variance)):
        return False  # random or folded weights: nothing was seen
    return float((variance[is_used] / filters[is_used]).median()) < LEGACY_POWER


def without_normalisation(weights: Weights) -> Weights:
    """The same network for BGR 0..255: the normalisation goes into the stem's filters and its batch norm.

    Exact but for the outermost row and column of the stem's map, whose padding was mean grey and becomes black.
    """
    stem = next(stem for stem in STEMS if f"{stem}.bn.running_var" in weights)
    filters = weights[f"{stem}.conv.weight"]
    repeats = filters.shape[1] // 3  # pixels of a cell: 4 where the stem rearranges them
    mean = torch.tensor(MEAN_RGB).repeat(repeats)[None, :, None, None]
    deviation = torch.tensor(DEVIATION_RGB).repeat(repeats)[None, :, None, None]
    scaled = filters / deviation
    to_bgr = torch.arange(filters.shape[1]).view(-1, 3).flip(1).flatten()
    return {
        **weights,
        f"{stem}.conv.weight": (scaled / 255)[:, to_bgr],
        f"{stem}.bn.running_mean": weights[f"{stem}.bn.running_mean"] + (scaled * mean).sum(dim=(1, 2, 3)),
    }


def _with_norms(weights: Weights) -> Weights:
    """Where a convolution has taken in its batch norm, a norm that changes nothing but adds the bias."""
    found = dict(weights)
    for key, bias in weights.items():
        block = key.removesuffix(".conv.bias")
        if block != key and f"{block}.bn.weight" not in weights:
            del found[key]
            found[f"{block}.bn.weight"] = torch.full_like(bias, math.sqrt(1 + BN_EPS))
            found[f"{block}.bn.bias"] = bias
            found[f"{block}.bn.running_mean"] = torch.zeros_like(bias)
            found[f"{block}.bn.running_var"] = torch.ones_like(bias)
            found[f"{block}.bn.num_batches_tracked"] = torch.zeros((), dtype=torch.long)
    return found


def _shapes(size: ModelSize) -> dict[str, torch.Size]:
    with torch.device("meta"):
        layers = YOLOX(size, 1).state_dict()
    return {key: value.shape for key, value in layers.items() if key.startswith("backbone.")}


def _float32(value: Tensor) -> Tensor:
    return value.float() if value.is_floating_point() else value
