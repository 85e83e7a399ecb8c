"""Path aggregation feature pyramid over the backbone (PANet, arXiv 1803.01534)."""

import torch
from torch import Tensor, nn

from yolox_core.model.blocks import ConvBlock, CspLayer, spatial_block
from yolox_core.model.darknet import CspDarknet


class Pafpn(nn.Module):
    """Image [B, 3, H, W] to fused maps of 256, 512 and 1024 x `width` channels at strides 8, 16 and 32."""

    def __init__(self, *, depth: float, width: float, depthwise: bool) -> None:
        super().__init__()
        small, middle, large = (int(channels * width) for channels in (256, 512, 1024))
        self.channels = (small, middle, large)
        repeats = round(3 * depth)

        def csp(inputs: int, outputs: int) -> CspLayer:
            return CspLayer(inputs, outputs, repeats, shortcut=False, depthwise=depthwise)

        self.backbone = CspDarknet(depth=depth, width=width, depthwise=depthwise)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.lateral_conv0 = ConvBlock(large, middle, 1)
        self.C3_p4 = csp(2 * middle, middle)
        self.reduce_conv1 = ConvBlock(middle, small, 1)
        self.C3_p3 = csp(2 * small, small)
        self.bu_conv2 = spatial_block(small, small, 3, stride=2, depthwise=depthwise)
        self.C3_n3 = csp(2 * small, middle)
        self.bu_conv1 = spatial_block(middle, middle, 3, stride=2, depthwise=depthwise)
        self.C3_n4 = csp(2 * middle, large)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The fused maps at strides 8, 16 and 32."""
        stride8, stride16, stride32 = self.backbone(x)
        top = self.lateral_conv0(stride32)
        middle = self.reduce_conv1(self.C3_p4(torch.cat((self.upsample(top), stride16), dim=1)))
        fused8 = self.C3_p3(torch.cat((self.upsample(middle), stride8), dim=1))
        fused16 = self.C3_n3(torch.cat((self.bu_conv2(fused8), middle), dim=1))
        fused32 = self.C3_n4(torch.cat((self.bu_conv1(fused16), top), dim=1))
        return fused8, fused16, fused32
