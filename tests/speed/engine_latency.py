"""Rows of the time for one image on a CPU with one thread: ONNX Runtime behind the detector against the plain network
in torch (our own torch backend, with batch norm folded in, is 1.2 to 1.8 times as fast as that).

Times are of the thread that computes, so other work on the machine counts little.
"""

import os
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import thread_time
from unittest.mock import patch

import torch

from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.checkpoint import Checkpoint, build_model, save_checkpoint
from yolox_core.export.check import check_batches, drawn_picture
from yolox_core.infer.detector import Detector
from yolox_core.model.yolox import SIZES, YOLOX

CLASSES = 80
REPEATS = 15


def rows() -> list[Row]:
    """Nano at 416 px and s at 640 px: the network alone, and from image to candidates."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return [*_rows("nano", at_least=2.5), *_rows("s", at_least=1.5)]
    finally:
        torch.set_num_threads(threads)


def _rows(name: str, *, at_least: float) -> list[Row]:
    """Two rows of a network with random weights: they cost what trained ones do."""
    torch.manual_seed(0)
    side = SIZES[name].image_size
    weights = YOLOX(SIZES[name], CLASSES).state_dict()
    checkpoint = Checkpoint(name, tuple(f"class {number}" for number in range(CLASSES)), side, weights)
    with TemporaryDirectory() as home, patch.dict(os.environ, YOLOX_WORKBENCH_HOME=home):
        path = Path(home) / "a.pth"
        save_checkpoint(path, checkpoint)
        ours = Detector.open(path, device="cpu", backend="onnxruntime")
    model = build_model(checkpoint)
    peer = Detector(lambda x: model(x.contiguous()), checkpoint.class_names, side, torch.device("cpu"))
    picture = drawn_picture()
    (images,) = check_batches([picture], (side, side), (1,))

    def network(detector: Detector) -> Callable[[], object]:
        return torch.inference_mode()(lambda: detector._backend(images))

    return [
        _row(f"network, {name} {side} px, one image, one thread", network(ours), network(peer), at_least),
        _row(
            f"image to candidates, {name} {side} px, one thread",
            lambda: ours.predict([picture]),
            lambda: peer.predict([picture]),
            at_least,
        ),
    ]


def _row(what: str, ours: Callable[[], object], peer: Callable[[], object], at_least: float) -> Row:
    mine, theirs = in_turns(ours, peer, repeats=REPEATS, clock=thread_time)
    return Row(what, mine, theirs, "ms", theirs / mine, f">= {at_least:g}x", theirs / mine >= at_least)
