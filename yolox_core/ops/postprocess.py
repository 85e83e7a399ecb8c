"""From the network's decoded output to boxes: threshold and non-maximum suppression, in torch.

Letters: `B` images, `A` anchor points, `C` classes, `N` boxes kept of one image.
"""

import torch
from torch import Tensor
from torchvision.ops import batched_nms, nms


def boxes_from_cxcywh(boxes_cxcywh: Tensor) -> Tensor:
    """Boxes [..., 4] xyxy of boxes given as centre, width and height, in the same pixels."""
    half = boxes_cxcywh[..., 2:4] / 2
    centre = boxes_cxcywh[..., :2]
    return torch.cat((centre - half, centre + half), dim=-1)


def postprocess(
    outputs: Tensor, *, conf_threshold: float, nms_threshold: float, class_agnostic: bool = False
) -> list[Tensor]:
    """One tensor [N, 7] per image of `outputs` [B, A, 5 + C]: x1, y1, x2, y2, objectness, class score, class id.

    Rows are in pixels of the network input, best objectness x class score first; a row stays where that product is at
    least `conf_threshold` and no better row of its class (of any class if agnostic) overlaps it by more IoU than
    `nms_threshold`.
    """
    return [
        _postprocess_image(
            output, conf_threshold=conf_threshold, nms_threshold=nms_threshold, class_agnostic=class_agnostic
        )
        for output in outputs
    ]


def _postprocess_image(output: Tensor, *, conf_threshold: float, nms_threshold: float, class_agnostic: bool) -> Tensor:
    class_scores, class_ids = output[:, 5:].max(dim=1, keepdim=True)
    scores = output[:, 4] * class_scores[:, 0]
    rows = torch.cat((boxes_from_cxcywh(output[:, :4]), output[:, 4:5], class_scores, class_ids.to(output.dtype)), 1)
    is_candidate = scores >= conf_threshold
    rows, scores = rows[is_candidate], scores[is_candidate]
    if class_agnostic:
        return rows[nms(rows[:, :4], scores, nms_threshold)]
    return rows[batched_nms(rows[:, :4], scores, rows[:, 6], nms_threshold)]
