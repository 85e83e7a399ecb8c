from pathlib import Path

import numpy as np
import pytest

from yolox_core.ops.letterbox import letterbox


@pytest.mark.parametrize("case", range(5))
def test_that_letterbox_gives_the_reference_pixels_and_scale(shared: Path, case: int) -> None:
    reference = np.load(shared / "reference" / "letterbox.npz")
    expected = reference[f"{case}/out"]
    fitted = letterbox(reference[f"{case}/image"], expected.shape[1:])
    assert fitted.scale == reference[f"{case}/ratio"]
    assert np.array_equal(fitted.image.transpose(2, 0, 1), expected)


def test_that_a_square_side_may_be_given_as_one_number() -> None:
    image = np.full((20, 40, 3), 200, np.uint8)
    fitted = letterbox(image, 80)
    assert fitted.image.shape == (80, 80, 3)
    assert (fitted.image[:40] == 200).all()
    assert (fitted.image[40:] == 114).all()
    assert fitted.scale == 2.0


def test_that_a_hair_thin_image_keeps_at_least_one_row() -> None:
    fitted = letterbox(np.full((1, 5000, 3), 9, np.uint8), 64)
    assert (fitted.image[0] == 9).all()
    assert (fitted.image[1:] == 114).all()


def test_that_the_image_passed_in_stays_as_it_was() -> None:
    image = np.random.default_rng(1).integers(0, 255, (32, 32, 3), np.uint8)
    before = image.copy()
    fitted = letterbox(image, 32)
    fitted.image[:] = 0
    assert np.array_equal(image, before)
