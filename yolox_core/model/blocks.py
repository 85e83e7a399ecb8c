"""Building blocks of the network. Sources: YOLOX (arXiv 2107.08430), CSPNet (1911.11929), SPP (1406.4729).

Attribute names are those of the published checkpoints, so that their state_dict loads as it is.
Shapes: images and feature maps are [B, channels, height, width].
"""

import torch
from torch import Tensor, nn

BN_EPS = 1e-3
BN_MOMENTUM = 0.03


def activation_of(name: str) -> nn.Module:
    """The activation called silu, relu or lrelu (slope 0.1, as in Darknet)."""
    match name:
        case "silu":
            return nn.SiLU(inplace=True)
        case "relu":
            return nn.ReLU(inplace=True)
        case "lrelu":
            return nn.LeakyReLU(0.1, inplace=True)
    raise ValueError(name)


class ConvBlock(nn.Module):
    """Convolution without bias, batch norm, SiLU: [B, inputs, H, W] to [B, outputs, H / stride, W / stride]."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1, groups: int = 1) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, padding=(kernel - 1) // 2, groups=groups, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=BN_EPS, momentum=BN_MOMENTUM)
        self.act = activation_of("silu")

    def forward(self, x: Tensor) -> Tensor:
        """The activated feature map."""
        activated: Tensor = self.act(self.bn(self.conv(x)))
        return activated


class DepthwiseBlock(nn.Module):
    """A ConvBlock of one filter per channel, then a 1x1 ConvBlock; same shapes as one dense ConvBlock."""

    def __init__(self, inputs: int, outputs: int, kernel: int, *, stride: int = 1) -> None:
        super().__init__()
        self.dconv = ConvBlock(inputs, inputs, kernel, stride=stride, groups=inputs)
        self.pconv = ConvBlock(inputs, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The activated feature map."""
        mixed: Tensor = self.pconv(self.dconv(x))
        return mixed


def spatial_block(
    inputs: int, outputs: int, kernel: int, *, stride: int = 1, depthwise: bool = False
) -> ConvBlock | DepthwiseBlock:
    """The block that stands wherever a 3x3 convolution is meant: depthwise in nano, dense elsewhere."""
    block = DepthwiseBlock if depthwise else ConvBlock
    return block(inputs, outputs, kernel, stride=stride)


class Bottleneck(nn.Module):
    """1x1 then 3x3 convolution at constant width, added to the input where `shortcut`."""

    def __init__(self, channels: int, *, shortcut: bool, depthwise: bool) -> None:
        super().__init__()
        self.conv1 = ConvBlock(channels, channels, 1)
        self.conv2 = spatial_block(channels, channels, 3, depthwise=depthwise)
        self.shortcut = shortcut

    def forward(self, x: Tensor) -> Tensor:
        """The feature map, same shape as `x`."""
        y: Tensor = self.conv2(self.conv1(x))
        return y + x if self.shortcut else y


class CspLayer(nn.Module):
    """Cross-stage partial layer: half the channels through `repeats` bottlenecks, half past them, then joined."""

    def __init__(self, inputs: int, outputs: int, repeats: int, *, shortcut: bool, depthwise: bool) -> None:
        super().__init__()
        hidden = outputs // 2
        self.conv1 = ConvBlock(inputs, hidden, 1)
        self.conv2 = ConvBlock(inputs, hidden, 1)
        self.conv3 = ConvBlock(2 * hidden, outputs, 1)
        self.m = nn.Sequential(*(Bottleneck(hidden, shortcut=shortcut, depthwise=depthwise) for _ in range(repeats)))

    def forward(self, x: Tensor) -> Tensor:
        """The feature map with `outputs` channels."""
        joined: Tensor = self.conv3(torch.cat((self.m(self.conv1(x)), self.conv2(x)), dim=1))
        return joined


class SppBottleneck(nn.Module):
    """Spatial pyramid pooling: the map beside its max over 5, 9 and 13 cells, between two 1x1 convolutions."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        hidden = inputs // 2
        self.conv1 = ConvBlock(inputs, hidden, 1)
        self.m = nn.ModuleList(nn.MaxPool2d(side, stride=1, padding=side // 2) for side in (5, 9, 13))
        self.conv2 = ConvBlock(4 * hidden, outputs, 1)

    def forward(self, x: Tensor) -> Tensor:
        """The feature map with `outputs` channels."""
        x = self.conv1(x)
        pooled: Tensor = self.conv2(torch.cat([x, *(pool(x) for pool in self.m)], dim=1))
        return pooled


class Focus(nn.Module):
    """Each 2x2 square of pixels becomes the channels of one cell, then a 3x3 ConvBlock: [B, 3, H, W] to half size."""

    def __init__(self, outputs: int) -> None:
        super().__init__()
        self.conv = ConvBlock(12, outputs, 3)

    def forward(self, x: Tensor) -> Tensor:
        """The feature map [B, outputs, H / 2, W / 2]; the four pixels stand column-major, as the weights expect."""
        pixels = [x[..., row::2, column::2] for column in (0, 1) for row in (0, 1)]
        stem: Tensor = self.conv(torch.cat(pixels, dim=1))
        return stem
