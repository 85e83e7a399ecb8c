"""Rows of suppression in the window's thread, numpy, against torchvision's compiled one."""

import time
from collections.abc import Callable

import torch
from torchvision.ops import batched_nms

from tests.core.infer.candidates import piled, scattered
from tests.speed.row import Row
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

    pairs = [(_time_ms(ours), _time_ms(peer)) for _ in range(REPEATS)]
    ours_ms, peer_ms = (sorted(times)[REPEATS // 2] for times in zip(*pairs, strict=True))
    holds = ours_ms <= limit_ms
    return Row(what, ours_ms, peer_ms, "ms", peer_ms / ours_ms, f"<= {limit_ms:g} ms", holds)


def _time_ms(work: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    work()
    return (time.perf_counter() - start_s) * 1000
