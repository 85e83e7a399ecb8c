"""Validation images that the training knows: listed twice, copied, from one source, almost the same picture."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yolox_core.dataset.folder import ImageFile
from yolox_core.dataset.leaks import Leak, LeakKind, find_leaks
from yolox_core.dataset.similar import alike_pairs, look_of
from yolox_core.records import Progress


def _picture(seed: int) -> NDArray[np.uint8]:
    """A picture with large shapes, as photographs have them."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC), np.uint8)


def _write(path: Path, image: NDArray[np.uint8], quality: int = 95) -> ImageFile:
    assert cv2.imwrite(str(path), image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return ImageFile.at(path.stem, path, path.with_suffix(".xml"))


@pytest.fixture
def train(tmp_path: Path) -> list[ImageFile]:
    return [_write(tmp_path / f"train{number}.jpg", _picture(number)) for number in range(4)]


def _leaks(train: list[ImageFile], val: list[ImageFile], *, looks_at_pictures: bool = True) -> list[Leak]:
    records = find_leaks(train, val, looks_at_pictures=looks_at_pictures)
    return [record for record in records if not isinstance(record, Progress)]


def test_that_other_pictures_are_no_leak(train: list[ImageFile], tmp_path: Path) -> None:
    assert _leaks(train, [_write(tmp_path / "val.jpg", _picture(99))]) == []


def test_that_an_image_in_both_splits_is_found(train: list[ImageFile]) -> None:
    assert _leaks(train, [train[2]]) == [Leak(LeakKind.LISTED, train[2], train[2])]


def test_that_a_copy_under_another_name_is_found_without_looking_at_pictures(
    train: list[ImageFile], tmp_path: Path
) -> None:
    copy = Path(shutil.copy(train[1].path, tmp_path / "val.jpg"))
    val = ImageFile.at("val", copy, copy)
    assert _leaks(train, [val], looks_at_pictures=False) == [Leak(LeakKind.COPY, val, train[1])]


def test_that_augmented_copies_of_one_source_are_found(tmp_path: Path) -> None:
    train = [_write(tmp_path / "road_jpg.rf.0a1b.jpg", _picture(1))]
    val = [_write(tmp_path / "road_jpg.rf.9f8e.jpg", np.ascontiguousarray(_picture(1)[:, ::-1]))]
    assert [leak.kind for leak in _leaks(train, val, looks_at_pictures=False)] == [LeakKind.SOURCE]


@pytest.mark.parametrize("change", ["saved anew", "grey", "smaller", "shifted"])
def test_that_almost_the_same_picture_is_found(train: list[ImageFile], tmp_path: Path, change: str) -> None:
    image = _picture(3)
    changed = {
        "saved anew": image,
        "grey": np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8),
        "smaller": np.asarray(cv2.resize(image, (200, 150)), np.uint8),
        "shifted": np.roll(image, 3, axis=1),
    }[change]
    val = _write(tmp_path / "val.jpg", changed, quality=60)
    assert _leaks(train, [val]) == [Leak(LeakKind.ALIKE, val, train[3])]


def test_that_blank_and_broken_pictures_are_like_nothing(tmp_path: Path) -> None:
    blank = _write(tmp_path / "blank.jpg", np.full((240, 320, 3), 200, np.uint8))
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    looks = np.stack([look_of(blank.path), look_of(broken), look_of(tmp_path / "missing.jpg")])
    assert list(alike_pairs(looks, looks)) == []
