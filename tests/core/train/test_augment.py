"""Augmentation: boxes stay on their objects, the maths equals the reference, chance is repeatable."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from yolox_core.train.augment import (
    Sample,
    finished,
    mirrored,
    mixup,
    mosaic,
    plain,
    random_affine,
    shift_hsv,
    warped_boxes,
)
from yolox_core.train.config import TrainConfig

UNCOLOURED = TrainConfig(hsv_prob=0.0, shear=0.0, degrees=0.0)
NO_BOXES = (np.zeros((0, 4), np.float32), np.zeros(0, np.int64))


def _white_on_black(width: int, height: int, box: tuple[int, int, int, int]) -> Sample:
    image = np.zeros((height, width, 4), np.uint8)
    x1, y1, x2, y2 = box
    image[y1:y2, x1:x2] = 255
    return Sample(image, np.array([box], np.float32), np.array([1]))


def _white_box(image: np.ndarray) -> tuple[float, float, float, float]:
    rows, columns = np.nonzero((image[:, :, :3] > 200).all(axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def _mosaic(sources: tuple[Sample, ...], side: int, config: TrainConfig, rng: np.random.Generator) -> Sample:
    return mosaic(sources, (side, side), config, rng, is_mirrored=False)


def test_that_warped_boxes_equal_the_reference(shared: Path) -> None:
    stored = np.load(shared / "reference" / "affine_boxes.npz")
    ours = warped_boxes(stored["boxes"].astype(np.float32), stored["M"]).clip(0, int(stored["size"]))
    np.testing.assert_allclose(ours, stored["out"], rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize("is_centred", [True, False])
@pytest.mark.parametrize("seed", range(8))
def test_that_every_box_of_a_mosaic_lies_on_its_object(seed: int, is_centred: bool) -> None:
    rng = np.random.default_rng(seed)
    config = replace(UNCOLOURED, mosaic_centred=is_centred, mosaic_scale_min=0.8, mosaic_scale_max=1.2, flip_prob=0.5)
    empty = Sample(np.zeros((200, 160, 4), np.uint8), *NO_BOXES)
    sources = [empty] * 4
    sources[seed % 4] = _white_on_black(160, 200, (30, 40, 110, 170))
    composed = mosaic(tuple(sources), (200, 160), config, rng, is_mirrored=seed % 3 == 0)
    sample = finished(composed, np.empty((200, 160, 3), np.uint8), config, rng)
    for box in sample.boxes:
        np.testing.assert_allclose(box, _white_box(sample.image), atol=1.5)


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize("seed", range(8))
def test_that_the_box_of_a_blended_image_lies_on_its_object(seed: int, is_mirrored: bool) -> None:
    rng = np.random.default_rng(seed)
    below = Sample(np.zeros((96, 96, 4), np.uint8), *NO_BOXES)
    above = _white_on_black(96, 64, (20, 10, 70, 50))
    sample = mixup(below, above, UNCOLOURED, rng, is_mirrored=is_mirrored)
    doubled = np.where(sample.image[:, :, :3] > 100, 255, 0).astype(np.uint8)
    for box in sample.boxes:
        np.testing.assert_allclose(box, _white_box(doubled), atol=1.5)
    assert (sample.class_ids == 1).all()


def test_that_the_centred_mosaic_shows_more_and_keeps_no_slivers() -> None:
    sources = tuple(_white_on_black(200, 150, (5, 5, 195, 145)) for _ in range(4))
    grey = {}
    for is_centred in (True, False):
        config = replace(TrainConfig(), mosaic_centred=is_centred)
        rng = np.random.default_rng(3)
        samples = [_mosaic(sources, 200, config, rng) for _ in range(100)]
        grey[is_centred] = np.mean([(sample.image[:, :, :3] == 114).all(axis=2).mean() for sample in samples])
        sides = np.concatenate([sample.boxes[:, 2:] - sample.boxes[:, :2] for sample in samples])
        assert not is_centred or sides.min() > 2
    assert grey[True] < 0.5 * grey[False]


def test_that_a_plain_sample_is_letterboxed_top_left() -> None:
    source, out = _white_on_black(60, 30, (10, 5, 20, 15)), np.empty((64, 96, 3), np.uint8)
    sample = plain(source, out, replace(UNCOLOURED, flip_prob=0), np.random.default_rng(0))
    assert (sample.image[30:] == 114).all()
    assert (sample.image[:, 60:] == 114).all()
    np.testing.assert_array_equal(sample.image[:30, :60], source.image[:, :, :3])
    np.testing.assert_allclose(sample.boxes[0], (10, 5, 20, 15))


def test_that_the_colour_of_a_plain_sample_leaves_its_padding_grey() -> None:
    source = Sample(np.full((30, 60, 4), (10, 90, 200, 0), np.uint8), *NO_BOXES)
    sample = plain(source, np.empty((64, 64, 3), np.uint8), TrainConfig(), np.random.default_rng(1))
    assert (sample.image[:30, :60] != source.image[:, :, :3]).any()
    assert (sample.image[30:] == 114).all()


def test_that_a_mirrored_plain_sample_keeps_its_box_on_the_object() -> None:
    out = np.empty((64, 64, 3), np.uint8)
    source = _white_on_black(61, 30, (10, 5, 20, 15))
    sample = plain(source, out, replace(UNCOLOURED, flip_prob=1), np.random.default_rng(0))
    np.testing.assert_allclose(sample.boxes[0], (41, 5, 51, 15))
    np.testing.assert_allclose(sample.boxes[0], _white_box(sample.image))


def test_that_only_proper_boxes_and_at_most_max_boxes_are_kept() -> None:
    boxes = np.array([(0, 0, 9, 1), *((x, 0, x + 9, 9) for x in range(40))], np.float32)
    source = Sample(np.zeros((64, 64, 4), np.uint8), boxes, np.arange(41))
    out = np.empty((64, 64, 3), np.uint8)
    for most, expected in ((0, range(1, 41)), (12, range(1, 13))):
        config = replace(UNCOLOURED, max_boxes=most, flip_prob=0)
        assert plain(source, out, config, np.random.default_rng(0)).class_ids.tolist() == list(expected)


def test_that_mirroring_a_matrix_twice_changes_nothing() -> None:
    matrix = random_affine((64, 96), TrainConfig(), np.random.default_rng(0))
    np.testing.assert_allclose(mirrored(mirrored(matrix, 96), 96), matrix)
    np.testing.assert_allclose(mirrored(matrix, 96) @ [3, 4, 1], [96, 0] + matrix @ [3, 4, 1] * [-1, 1])


@pytest.mark.parametrize("shift", [(-4, 25, -17), (5, -30, 30), (0, 25, 25), (0, -30, 0), (0, 0, 0)])
def test_that_colour_shifts_equal_the_slow_formula(shift: tuple[int, int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + shift[0]) % 180
    hsv[..., 1:] = np.clip(hsv[..., 1:] + shift[1:], 0, 255)
    slow = cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2BGR) if any(shift) else image
    out = np.empty_like(image)
    shift_hsv(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), out, shift)
    np.testing.assert_array_equal(out, slow)


def test_that_the_matrix_keeps_the_named_point_in_place() -> None:
    config = replace(TrainConfig(), translate=0.0)
    for seed in range(5):
        centred = random_affine((60, 100), config, np.random.default_rng(seed))
        np.testing.assert_allclose(centred @ [100, 60, 1], [50, 30], atol=1e-9)
        cornered = random_affine((60, 100), replace(config, mosaic_centred=False), np.random.default_rng(seed))
        np.testing.assert_allclose(cornered @ [0, 0, 1], [0, 0], atol=1e-9)


def test_that_the_same_seed_gives_the_same_sample() -> None:
    sources = tuple(_white_on_black(50, 40, (5, 5, 25, 25)) for _ in range(4))
    first, second = (_mosaic(sources, 64, TrainConfig(), np.random.default_rng(9)) for _ in range(2))
    np.testing.assert_array_equal(first.image, second.image)
    np.testing.assert_array_equal(first.boxes, second.boxes)
