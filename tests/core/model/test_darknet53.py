"""Darknet-53 against the peer package with the same weights; the published tables hold no such network."""

import torch
from yolox.models.yolo_fpn import YoloFpn
from yolox.models.yolo_head import YoloxHead
from yolox.models.yolox import YoloxModule

from yolox_core.model.yolox import SIZES, YOLOX


def test_that_keys_and_outputs_equal_the_peer() -> None:
    torch.manual_seed(0)
    ours = YOLOX(SIZES["darknet53"], 80).eval()
    for key, value in ours.state_dict().items():
        if key.endswith("running_var"):
            value.uniform_(0.5, 1.5)
    peer = YoloxModule(YoloFpn(), YoloxHead(80, in_channels=[128, 256, 512], act="lrelu")).eval()
    for module in peer.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eps = 1e-3  # as the published networks are built; the bare module of the peer has 1e-5
    peer.load_state_dict(ours.state_dict(), strict=True)
    image = torch.rand(1, 3, 96, 128) * 255
    with torch.inference_mode():
        torch.testing.assert_close(ours(image), peer(image), rtol=1e-4, atol=1e-4)
