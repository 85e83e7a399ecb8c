"""The whole network and the table of its sizes (arXiv 2107.08430, table 1 and the published checkpoints)."""

from dataclasses import dataclass, replace

from torch import Tensor, nn

from yolox_core.errors import ValueOutOfRange
from yolox_core.model.blocks import ConvBlock, activation_of
from yolox_core.model.darknet53 import Darknet53Fpn
from yolox_core.model.head import DecoupledHead, anchor_points, decode
from yolox_core.model.pafpn import Pafpn


@dataclass(frozen=True, slots=True)
class ModelSize:
    """Depth and width factors of a network; `depthwise` splits every 3x3 convolution; `image_size` is its usual input.

    `activation` is silu, relu or lrelu (slope 0.1). `is_darknet53` takes YOLOv3's backbone and pyramid instead of
    CSPDarknet and PAFPN; `width` and `depth` scale it too.
    """

    depth: float
    width: float
    depthwise: bool = False
    image_size: int = 640
    activation: str = "silu"
    is_darknet53: bool = False


SIZES = {
    "nano": ModelSize(0.33, 0.25, depthwise=True, image_size=416),
    "tiny": ModelSize(0.33, 0.375, image_size=416),
    "s": ModelSize(0.33, 0.50),
    "m": ModelSize(0.67, 0.75),
    "l": ModelSize(1.0, 1.0),
    "x": ModelSize(1.33, 1.25),
    "darknet53": ModelSize(1.0, 1.0, activation="lrelu", is_darknet53=True),
}


def model_size(name: str, *, depth: float = 0.0, width: float = 0.0, activation: str = "default") -> ModelSize:
    """A size of the table with other factors or another activation, where these are not 0 and not default.

    Raises ValueOutOfRange where the width leaves a layer without a channel, or with an odd number to halve.
    """
    if name not in SIZES:
        raise ValueOutOfRange(f"There is no network size {name!r}.", field="size", action=f"Known: {', '.join(SIZES)}.")
    size = SIZES[name]
    size = replace(size, depth=depth or size.depth, width=width or size.width)
    if int(size.width * 64) < 2 or (size.width * 64) % 2:
        raise ValueOutOfRange(
            f"A width of {size.width:g} gives the first layers {size.width * 64:g} channels.",
            field="width",
            action="Use a multiple of 1/32, such as 0.25, 0.375 or 0.5.",
        )
    return size if activation == "default" else replace(size, activation=activation)


class YOLOX(nn.Module):
    """Images [B, 3, H, W], BGR 0..255 as float, sides multiples of 32, to predictions [B, A, 5 + C].

    In training mode the raw predictions that the loss wants; in eval mode decoded ones: cx, cy, w, h in input pixels,
    objectness and class probabilities in 0..1.
    """

    def __init__(self, size: ModelSize, classes: int) -> None:
        super().__init__()
        self.backbone: Pafpn | Darknet53Fpn
        if size.is_darknet53:
            self.backbone = Darknet53Fpn(depth=size.depth, width=size.width)
        else:
            self.backbone = Pafpn(depth=size.depth, width=size.width, depthwise=size.depthwise)
        self.head = DecoupledHead(self.backbone.channels, classes, width=size.width, depthwise=size.depthwise)
        if size.activation != "silu":
            for module in self.modules():
                if isinstance(module, ConvBlock):
                    module.act = activation_of(size.activation)

    def forward(self, x: Tensor) -> Tensor:
        """Raw (training) or decoded (eval) predictions [B, A, 5 + C]."""
        raw: Tensor = self.head(self.backbone(x))
        if self.training:
            return raw
        return decode(raw, anchor_points(x.shape[2], x.shape[3], like=raw))
