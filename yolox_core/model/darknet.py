"""The backbone CSPDarknet: three feature maps at strides 8, 16 and 32."""

from torch import Tensor, nn

from yolox_core.model.blocks import CspLayer, Focus, SppBottleneck, spatial_block


class CspDarknet(nn.Module):
    """Image [B, 3, H, W] to maps of 256, 512 and 1024 x `width` channels at strides 8, 16 and 32."""

    def __init__(self, *, depth: float, width: float, depthwise: bool) -> None:
        super().__init__()
        base = int(width * 64)
        repeats = max(round(depth * 3), 1)
        self.stem = Focus(base)
        self.dark2 = _stage(base, repeats, depthwise=depthwise)
        self.dark3 = _stage(base * 2, repeats * 3, depthwise=depthwise)
        self.dark4 = _stage(base * 4, repeats * 3, depthwise=depthwise)
        self.dark5 = nn.Sequential(
            spatial_block(base * 8, base * 16, 3, stride=2, depthwise=depthwise),
            SppBottleneck(base * 16, base * 16),
            CspLayer(base * 16, base * 16, repeats, shortcut=False, depthwise=depthwise),
        )

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The maps at strides 8, 16 and 32."""
        stride8 = self.dark3(self.dark2(self.stem(x)))
        stride16 = self.dark4(stride8)
        return stride8, stride16, self.dark5(stride16)


def _stage(inputs: int, repeats: int, *, depthwise: bool) -> nn.Sequential:
    """Half the resolution, twice the channels, then a CSP layer with shortcuts."""
    return nn.Sequential(
        spatial_block(inputs, inputs * 2, 3, stride=2, depthwise=depthwise),
        CspLayer(inputs * 2, inputs * 2, repeats, shortcut=True, depthwise=depthwise),
    )
