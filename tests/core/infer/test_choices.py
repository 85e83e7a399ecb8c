"""What is chosen by trying: the batch size that is fastest, and half precision only where it agrees."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from tests.app.player.clips import four_box_detector
from yolox_core.checkpoint import load_checkpoint
from yolox_core.export.network import ExportedNetwork
from yolox_core.infer.batch_size import MOST, fastest_batch, fastest_of
from yolox_core.infer.half import half_if_alike
from yolox_core.train.start import built_in_start

SHAPE = 64, 64


@pytest.mark.parametrize(
    ("fixed_s", "image_s", "expected"),
    [(0.0, 1.0, 1), (1.0, 1.0, 16), (1.0, 0.0, MOST)],
)
def test_that_batches_grow_while_images_get_faster(fixed_s: float, image_s: float, expected: int) -> None:
    assert fastest_of(lambda size: fixed_s / size + image_s) == expected


def test_that_the_last_batch_that_fits_is_taken() -> None:
    def image_s(size: int) -> float:
        if size > 4:
            raise torch.OutOfMemoryError
        return 1 / size

    assert fastest_of(image_s) == 4


def test_that_a_cpu_looks_at_one_frame_at_a_time() -> None:
    assert fastest_batch(four_box_detector(), np.zeros((48, 64, 3), np.uint8)) == 1


def test_that_a_trained_network_is_halved() -> None:
    network = ExportedNetwork(load_checkpoint(built_in_start()), SHAPE, is_decoded=True)
    chosen = half_if_alike(network, SHAPE)
    assert next(chosen.body.parameters()).dtype == torch.float16
    assert next(network.body.parameters()).dtype == torch.float32


def test_that_a_network_beyond_the_range_of_float16_stays_as_it_is() -> None:
    trained = load_checkpoint(built_in_start())
    stem = "backbone.backbone.stem.conv.conv.weight"
    first, last = trained.weights[stem] * 1e6, "backbone.backbone.stem.conv.bn.weight"
    weights = {**trained.weights, stem: first, last: trained.weights[last] * 1e6}
    network = ExportedNetwork(replace(trained, weights=weights), SHAPE, is_decoded=True)
    assert half_if_alike(network, SHAPE) is network
