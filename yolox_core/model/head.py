"""The decoupled, anchor-free head, its anchor points and the decoding of what it predicts.

B images, A anchor points (all cells of the three maps, stride 8 first, row by row), C classes.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from yolox_core.model.blocks import ConvBlock, spatial_block

STRIDES = (8, 16, 32)
PRIOR = 0.01


class DecoupledHead(nn.Module):
    """Three maps of `inputs` channels to raw predictions [B, A, 5 + C]: box (4), objectness logit, class logits."""

    def __init__(self, inputs: tuple[int, ...], classes: int, *, width: float, depthwise: bool) -> None:
        super().__init__()
        hidden = int(256 * width)

        def branch() -> nn.Sequential:
            return nn.Sequential(*(spatial_block(hidden, hidden, 3, depthwise=depthwise) for _ in range(2)))

        def predictions(outputs: int) -> nn.ModuleList:
            return nn.ModuleList(nn.Conv2d(hidden, outputs, 1) for _ in STRIDES)

        self.cls_convs = nn.ModuleList(branch() for _ in STRIDES)
        self.reg_convs = nn.ModuleList(branch() for _ in STRIDES)
        self.cls_preds = predictions(classes)
        self.reg_preds = predictions(4)
        self.obj_preds = predictions(1)
        self.stems = nn.ModuleList(ConvBlock(channels, hidden, 1) for channels in inputs)
        for layer in (*self.cls_preds, *self.obj_preds):
            nn.init.constant_(layer.bias, -math.log((1 - PRIOR) / PRIOR))

    def forward(self, maps: tuple[Tensor, ...]) -> Tensor:
        """Raw predictions [B, A, 5 + C] of the maps."""
        return torch.cat([self._level(level, x) for level, x in enumerate(maps)], dim=1)

    def _level(self, level: int, x: Tensor) -> Tensor:
        x = self.stems[level](x)
        classes = self.cls_convs[level](x)
        boxes = self.reg_convs[level](x)
        parts = (self.reg_preds[level](boxes), self.obj_preds[level](boxes), self.cls_preds[level](classes))
        return torch.cat(parts, dim=1).flatten(2).transpose(1, 2)


@dataclass(frozen=True)
class AnchorPoints:
    """Cells of the three maps: `cells` [A, 2] column and row, `strides` [A, 1] in pixels, `shapes` rows and columns."""

    cells: Tensor
    strides: Tensor
    shapes: tuple[tuple[int, int], ...]


def anchor_points(height: int, width: int, like: Tensor) -> AnchorPoints:
    """The anchor points of an input of this size in pixels, in the type and on the device of `like`."""
    shapes = tuple((height // stride, width // stride) for stride in STRIDES)
    cells, strides = [], []
    for (rows, columns), stride in zip(shapes, STRIDES, strict=True):
        y, x = torch.meshgrid(
            torch.arange(rows, device=like.device, dtype=like.dtype),
            torch.arange(columns, device=like.device, dtype=like.dtype),
            indexing="ij",
        )
        cells.append(torch.stack((x, y), dim=-1).view(-1, 2))
        strides.append(torch.full((rows * columns, 1), stride, device=like.device, dtype=like.dtype))
    return AnchorPoints(torch.cat(cells), torch.cat(strides), shapes)


def decode_boxes(raw_boxes: Tensor, cells: Tensor, strides: Tensor) -> Tensor:
    """Boxes cxcywh [..., 4] in input pixels from raw ones [..., 4]: centre = (raw + cell) s, side = exp(raw) s."""
    centres = (raw_boxes[..., :2] + cells) * strides
    return torch.cat((centres, raw_boxes[..., 2:4].exp() * strides), dim=-1)


def decode(raw: Tensor, points: AnchorPoints) -> Tensor:
    """Predictions [B, A, 5 + C]: cx, cy, w, h in input pixels, objectness and class probabilities in 0..1."""
    boxes = decode_boxes(raw[..., :4], points.cells, points.strides)
    return torch.cat((boxes, raw[..., 4:].sigmoid()), dim=-1)
