"""The backbone Darknet-53 (YOLOv3, arXiv 1804.02767) with spatial pyramid pooling, and the pyramid over it.

As in the published `yolox_darknet.pth`, whose attribute names these are.
"""

import torch
from torch import Tensor, nn

from yolox_core.model.blocks import ConvBlock, SppBottleneck

STAGE_BLOCKS = (2, 8, 8, 4)


class ResidualBlock(nn.Module):
    """1x1 convolution to half the channels, 3x3 back, added to the input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layer1 = ConvBlock(channels, channels // 2, 1)
        self.layer2 = ConvBlock(channels // 2, channels, 3)

    def forward(self, x: Tensor) -> Tensor:
        """The feature map, same shape as `x`."""
        y: Tensor = self.layer2(self.layer1(x))
        return x + y


class Darknet53(nn.Module):
    """Image [B, 3, H, W] to maps of 256, 512 and 512 x `width` channels at strides 8, 16 and 32.

    `depth` scales the residual blocks of each stage.
    """

    def __init__(self, *, depth: float, width: float) -> None:
        super().__init__()
        base = int(width * 32)
        blocks = [max(round(count * depth), 1) for count in STAGE_BLOCKS]
        self.stem = nn.Sequential(ConvBlock(3, base, 3), *_stage(base, 1))
        self.dark2 = nn.Sequential(*_stage(base * 2, blocks[0]))
        self.dark3 = nn.Sequential(*_stage(base * 4, blocks[1]))
        self.dark4 = nn.Sequential(*_stage(base * 8, blocks[2]))
        self.dark5 = nn.Sequential(*_stage(base * 16, blocks[3]), *_pooled(base * 16))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The maps at strides 8, 16 and 32."""
        stride8 = self.dark3(self.dark2(self.stem(x)))
        stride16 = self.dark4(stride8)
        return stride8, stride16, self.dark5(stride16)


class Darknet53Fpn(nn.Module):
    """Image [B, 3, H, W] to fused maps of 128, 256 and 512 x `width` channels at strides 8, 16 and 32."""

    def __init__(self, *, depth: float, width: float) -> None:
        super().__init__()
        small, middle, large = (int(channels * width) for channels in (128, 256, 512))
        self.channels = (small, middle, large)
        self.backbone = Darknet53(depth=depth, width=width)
        self.out1_cbl = ConvBlock(large, middle, 1)
        self.out1 = _squeezed(large + middle, middle)
        self.out2_cbl = ConvBlock(middle, small, 1)
        self.out2 = _squeezed(middle + small, small)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The fused maps at strides 8, 16 and 32."""
        stride8, stride16, stride32 = self.backbone(x)
        fused16 = self.out1(torch.cat((self.upsample(self.out1_cbl(stride32)), stride16), dim=1))
        fused8 = self.out2(torch.cat((self.upsample(self.out2_cbl(fused16)), stride8), dim=1))
        return fused8, fused16, stride32


def _stage(inputs: int, blocks: int) -> list[nn.Module]:
    """Half the resolution, twice the channels, then residual blocks."""
    return [ConvBlock(inputs, inputs * 2, 3, stride=2), *(ResidualBlock(inputs * 2) for _ in range(blocks))]


def _pooled(channels: int) -> nn.Sequential:
    """Spatial pyramid pooling between pairs of convolutions: from 2 x `channels` to `channels`."""
    wide = channels * 2
    return nn.Sequential(
        ConvBlock(wide, channels, 1),
        ConvBlock(channels, wide, 3),
        SppBottleneck(wide, channels),
        ConvBlock(channels, wide, 3),
        ConvBlock(wide, channels, 1),
    )


def _squeezed(inputs: int, outputs: int) -> nn.Sequential:
    """Five convolutions, 1x1 and 3x3 in turns, to `outputs` channels."""
    wide = outputs * 2
    return nn.Sequential(
        ConvBlock(inputs, outputs, 1),
        ConvBlock(outputs, wide, 3),
        ConvBlock(wide, outputs, 1),
        ConvBlock(outputs, wide, 3),
        ConvBlock(wide, outputs, 1),
    )
