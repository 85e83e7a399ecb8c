"""The network as it is exported: ready for inference, its anchor points laid in, suppression behind it where wanted."""

from itertools import product
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torchvision.ops import nms

from yolox_core.checkpoint import Checkpoint, build_model
from yolox_core.model.blocks import ConvBlock, Focus
from yolox_core.model.head import AnchorPoints, anchor_points, decode
from yolox_core.ops.postprocess import boxes_from_cxcywh


class ExportedNetwork(nn.Module):
    """Images [B, 3, H, W] float32 BGR 0..255 to predictions [B, A, 5 + C] float32, decoded or with raw boxes.

    Batch norm is folded into the convolutions, and the stem is a single one. Where weights are float16, input and
    output stay float32.
    """

    cells: Tensor
    strides: Tensor

    def __init__(self, checkpoint: Checkpoint, shape: tuple[int, int], *, is_decoded: bool) -> None:
        super().__init__()
        model = build_model(checkpoint)
        self.body = nn.Sequential(model.backbone, model.head)
        for module in self.body.modules():
            if isinstance(module, ConvBlock):
                _fold_norm(module)
        for parent in list(self.body.modules()):
            for name, child in parent.named_children():
                if isinstance(child, Focus):
                    setattr(parent, name, _one_convolution(child))
        points = anchor_points(*shape, like=torch.zeros(()))
        self.register_buffer("cells", points.cells)
        self.register_buffer("strides", points.strides)
        self.is_decoded = is_decoded
        self.eval().requires_grad_(requires_grad=False)

    def forward(self, images: Tensor) -> Tensor:
        """Predictions [B, A, 5 + C]."""
        weights = next(self.body.parameters())
        raw = self.body(images.to(weights.dtype)).float()
        if self.is_decoded:
            return decode(raw, AnchorPoints(self.cells, self.strides, ()))
        return undecoded(raw)


class Suppression(nn.Module):
    """Decoded predictions [B, A, 5 + C] to detections [N, 7]: image, x1, y1, x2, y2, class id, score; best first.

    A box stays if objectness x class probability is at least `conf_threshold` and no better one of its image and class
    overlaps it by more IoU than `nms_threshold`: as `ops.postprocess`, for all images at once.
    """

    def __init__(self, *, conf_threshold: float, nms_threshold: float) -> None:
        super().__init__()
        self.conf_threshold = conf_threshold
        self.nms_threshold = nms_threshold

    def forward(self, outputs: Tensor) -> Tensor:
        """Detections [N, 7]."""
        class_scores, class_ids = outputs[..., 5:].max(dim=-1)
        scores = outputs[..., 4] * class_scores
        is_finite = outputs[..., :4].isfinite().all(dim=-1)  # an untrained network can overflow
        image, place = torch.where((scores >= self.conf_threshold) & is_finite)
        boxes, scores = boxes_from_cxcywh(outputs[image, place, :4]), scores[image, place]
        class_ids = class_ids[image, place]
        # Boxes of other groups are moved out of reach: in double precision this changes no overlap.
        group = image * (outputs.shape[2] - 5) + class_ids
        reach = boxes.double().abs().sum() + 1
        kept = nms(boxes.double() + 2 * reach * group[:, None], scores.double(), self.nms_threshold)
        rows = torch.cat((image[:, None].float(), boxes, class_ids[:, None].float(), scores[:, None]), dim=1)
        return rows[kept]


class Deployed(nn.Module):
    """What a file does: the network, and suppression behind it where there is one."""

    def __init__(self, network: ExportedNetwork, suppression: Suppression | None = None) -> None:
        super().__init__()
        self.network = network
        self.suppression = suppression or nn.Identity()

    def forward(self, images: Tensor) -> Tensor:
        """Predictions [B, A, 5 + C], or detections [N, 7]."""
        result: Tensor = self.suppression(self.network(images))
        return result


def undecoded(raw: Tensor) -> Tensor:
    """Raw predictions [B, A, 5 + C] with objectness and classes as probabilities, as in the published ONNX files."""
    return torch.cat((raw[..., :4], raw[..., 4:].sigmoid()), dim=-1)


def _fold_norm(block: ConvBlock) -> None:
    """Put the block's batch norm into its convolution."""
    block.conv = fuse_conv_bn_eval(block.conv, block.bn)
    block.bn = cast(nn.BatchNorm2d, nn.Identity())


def _one_convolution(focus: Focus) -> nn.Sequential:
    """The same stem as one convolution of 6x6 pixels with stride 2: every other pixel is a filter of its own."""
    inner = focus.conv.conv
    convolution = nn.Conv2d(3, inner.out_channels, 6, stride=2, padding=2)
    for place, (column, row) in enumerate(product((0, 1), (0, 1))):
        convolution.weight.data[..., row::2, column::2] = inner.weight[:, 3 * place : 3 * place + 3]
    convolution.bias = inner.bias
    return nn.Sequential(convolution, focus.conv.act)
