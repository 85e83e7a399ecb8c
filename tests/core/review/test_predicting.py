"""What a network sees is computed once for each file, and bounded on disk."""

import os
from pathlib import Path

import numpy as np
import pytest

from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.infer.detector import Detector
from yolox_core.records import Progress
from yolox_core.review.dense import read_dense
from yolox_core.review.predicting import Predictions, forget_oldest, predict_images

pytestmark = pytest.mark.usefixtures("one_thread")


def predicted(folder: DataFolder, checkpoint: Path) -> Predictions:
    records = list(predict_images(checkpoint, folder.images, device="cpu", image_size=64))
    assert isinstance(records[0], Progress)
    assert isinstance(records[-1], Predictions)
    return records[-1]


def test_that_an_image_is_looked_at_once_until_its_file_changes(
    squares: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, checkpoint = open_folder(squares), shared / "weights" / "yolox_nano.pth"
    first = predicted(folder, checkpoint)
    assert set(first.dense) == {image.name for image in folder.images}
    looked_at: list[int] = []
    decoded = Detector.decoded
    monkeypatch.setattr(
        Detector, "decoded", lambda self, images: (looked_at.append(len(images.scales)), decoded(self, images))[1]
    )
    again = predicted(folder, checkpoint)
    assert looked_at == []
    for name, dense in first.dense.items():
        assert np.array_equal(dense.boxes, again.dense[name].boxes)
        assert np.array_equal(dense.class_probs, again.dense[name].class_probs)
    os.utime(folder.images[3].path, (1, 1))
    predicted(folder, checkpoint)
    assert looked_at == [1]


def test_that_an_unreadable_image_is_told_and_the_others_are_seen(squares: Path, shared: Path) -> None:
    folder = open_folder(squares)
    folder.images[0].path.write_bytes(b"no image")
    found = predicted(folder, shared / "weights" / "yolox_nano.pth")
    assert len(found.faults) == 1
    assert str(folder.images[0].path) in found.faults[0].where
    assert len(found.dense) == 9


def test_that_only_the_latest_checkpoints_are_kept(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "old", "oldest")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.npz").write_bytes(b"x" * 100)
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    forget_oldest(tmp_path, 250)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]


def test_that_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"PK\x03\x04 cut short")
    assert read_dense(tmp_path / "a.npz") is None
