"""Rows of suppression in the window's thread, numpy, against torchvision's compiled one."""

import torch
from torchvision.ops import batched_nms

from tests.core.infer.candidates import piled, scattered
from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import suppress

NMS_THRESHOLD = 0.45
REPEATS = 15


def rows() -> list[Row]:
    """Suppression at the largest loads: one class, eighty classes, boxes apart."""
    return [
        _row("NMS, 8,400 candidates to 300, 1 class", piled(8400, piles=300, classes=1, seed=1), limit_ms=20),
        _row("NMS, 8,400 candidates to 300, 80 classes", piled(8400, piles=300, classes=80, seed=2), limit_ms=20),
        _row("NMS, 3,000 candidates to 100, 1 class", piled(3000, piles=100, classes=1, seed=3), limit_ms=9),
        _row("NMS, 3,000 candidates, 80 classes, boxes apart", scattered(3000, classes=80, seed=4), limit_ms=9),
    ]


def _row(what: str, candidates: Candidates, *, limit_ms: float) -> Row:
    tensors = [torch.from_numpy(part) for part in (candidates.boxes, candidates.scores, candidates.class_ids)]

    def ours() -> object:
        return suppress(candidates, conf_threshold=0.0, nms_threshold=NMS_THRESHOLD)

    def peer() -> object:
        return batched_nms(*tensors, NMS_THRESHOLD)

    ours_ms, peer_ms = in_turns(ours, peer, repeats=REPEATS)
    holds = ours_ms <= limit_ms
    return Row(what, ours_ms, peer_ms, "ms", peer_ms / ours_ms, f"<= {limit_ms:g} ms", holds)
