"""Small videos and detectors made for the player's tests."""

from pathlib import Path

import av
import numpy as np
import torch
from torch import Tensor

from yolox_core.checkpoint import Checkpoint, save_checkpoint
from yolox_core.infer.detector import Detector
from yolox_core.model.yolox import SIZES, YOLOX

WIDTH, HEIGHT = 160, 96
SIDE = 64


def write_clip(path: Path, *, frames: int = 30, fps: int = 25) -> Path:
    """A clip whose frame `n` is a plain grey of level 8 + 8 * (n % 30)."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=fps, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(frames):
            level = np.full((HEIGHT, WIDTH, 3), grey_of(number), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(level, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def grey_of(number: int) -> int:
    """The level of frame `number`, 0 to 255."""
    return 8 + 8 * (number % 30)


def four_boxes(batch: Tensor) -> Tensor:
    """A backend that sees the same four boxes in any image: two of them pile up, scores 0.9, 0.6, 0.4 and 0.2."""
    rows = torch.tensor(
        [
            [16.0, 16.0, 16.0, 16.0, 1.0, 0.9, 0.0],
            [17.0, 16.0, 16.0, 16.0, 1.0, 0.6, 0.0],
            [17.0, 16.0, 16.0, 16.0, 1.0, 0.0, 0.4],
            [48.0, 20.0, 12.0, 12.0, 1.0, 0.0, 0.2],
        ]
    )
    return rows.expand(len(batch), -1, -1)


def four_box_detector() -> Detector:
    """A real detector around `four_boxes`, classes `drone` and `bird`."""
    return Detector(four_boxes, ("drone", "bird"), SIDE, torch.device("cpu"))


def write_checkpoint(path: Path) -> Path:
    """A nano network that has learnt nothing; its scores are spread out so that thresholds matter."""
    generator = torch.Generator().manual_seed(3)
    model = YOLOX(SIZES["nano"], 2)
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    for key, value in weights.items():
        if key.startswith(("head.cls_preds", "head.obj_preds")):
            weights[key] = torch.randn(value.shape, generator=generator) * (0.5 if key.endswith("weight") else 1.0)
    save_checkpoint(path, Checkpoint("nano", ("drone", "bird"), SIDE, weights))
    return path
