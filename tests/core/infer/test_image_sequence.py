"""Images used like a video: order, sizes, damage, and what is written of them."""

import csv
import json
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np
import pytest

from tests.core.infer.clips import number_shown, numbered_frame, write_clip
from yolox_core.errors import FileError
from yolox_core.infer.annotate import fitted
from yolox_core.infer.detection_files import write_detections
from yolox_core.infer.found import FoundInFrame, FoundInVideo
from yolox_core.infer.image_sequence import ImageSequence
from yolox_core.infer.sources import open_source, stamp
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.video import Video
from yolox_core.records import Detections

NONE = Detections(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve images, numbered without leading zeros, and a text file."""
    made = tmp_path / "frames"
    made.mkdir()
    for number in range(12):
        cv2.imwrite(str(made / f"frame{number}.png"), numbered_frame(number))
    (made / "notes.txt").write_text("no image")
    return made


def test_that_images_come_in_natural_order(folder: Path) -> None:
    with open_source(folder, cache_bytes=100_000) as source:
        assert isinstance(source, ImageSequence)
        assert (source.frames, source.width, source.height, source.fps) == (12, 160, 96, 25)
        assert [number_shown(source.frame(number)) for number in [*range(12), 3, 9]] == [*range(12), 3, 9]
        assert source.name_of(10) == "frame10.png"
        assert source.near(7) == 7
        with pytest.raises(IndexError):
            source.frame(12)


def test_that_one_image_and_a_video_open_the_same_way(folder: Path, tmp_path: Path) -> None:
    with open_source(folder / "frame7.png") as source:
        assert (source.frames, number_shown(source.frame(0))) == (1, 7)
    with open_source(write_clip(tmp_path / "a.mp4", "libx264", 5)) as source:
        assert isinstance(source, Video)


def test_that_an_image_that_cannot_be_read_is_a_damaged_frame(folder: Path) -> None:
    content = (folder / "frame4.png").read_bytes()
    (folder / "frame4.png").write_bytes(content[: len(content) // 2])
    with open_source(folder) as source:
        assert source.frame(4).shape == (96, 160, 3)
        assert not source.frame(4).any()
        assert [number for number in range(12) if source.is_damaged(number)] == [4]


def test_that_images_of_other_sizes_keep_them(folder: Path) -> None:
    cv2.imwrite(str(folder / "frame5.png"), np.full((400, 300, 3), 9, np.uint8))
    with open_source(folder) as source:
        assert source.frame(5).shape == (400, 300, 3)
        assert source.size_of(5) == (300, 400)
        assert source.longest_side() == 400


def test_that_an_image_of_another_size_is_fitted_on_black() -> None:
    made = fitted(np.full((400, 300, 3), 200, np.uint8), (160, 96))
    assert made.shape == (96, 160, 3)
    assert (made[:, 44:116] == 200).all()
    assert not made[:, :44].any()
    assert not made[:, 116:].any()


def test_that_files_name_the_images(folder: Path, tmp_path: Path) -> None:
    box = Detections(np.array([[1, 2, 3, 4]], np.float32), np.array([0.5], np.float32), np.array([0]))
    frames = (
        FoundInFrame(0, 0.0, box, np.array([-1]), (160, 96), "frame0.png"),
        FoundInFrame(1, 0.04, NONE, np.zeros(0, np.int64), (30, 40), "frame1.png"),
    )
    found = FoundInVideo(folder, 160, 96, 25, 12, ("drone",), Thresholds(0.3, 0.6), frames)
    written = json.loads(write_detections(tmp_path / "a.json", found)[0].read_text())
    assert [(each["image"], each["width"]) for each in written["frames"]] == [("frame0.png", 160), ("frame1.png", 30)]
    _, beside = write_detections(tmp_path / "a.coco.json", found)
    assert [each["file_name"] for each in json.loads(beside.read_text())["images"]] == ["frame0.png", "frame1.png"]
    with write_detections(tmp_path / "a.csv", found)[0].open(newline="") as file:
        assert [row["image"] for row in csv.DictReader(file)] == ["frame0.png", "frame1.png"]


def test_that_a_changed_folder_is_told_from_what_it_was(folder: Path) -> None:
    before = stamp(folder)
    (folder / "frame3.png").write_bytes((folder / "frame3.png").read_bytes() + b"\n")
    assert stamp(folder) != before


def test_that_many_images_open_at_once(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "0.png"), numbered_frame(0))
    for number in range(1, 5000):
        (tmp_path / f"{number}.png").touch()
    start_s = perf_counter()
    with open_source(tmp_path) as source:
        assert source.frames == 5000
    assert perf_counter() - start_s < 1


@pytest.mark.parametrize("kind", ["empty", "missing", "damaged"])
def test_that_what_holds_no_image_is_refused(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "here"
    if kind != "missing":
        place.mkdir()
    if kind == "damaged":
        (place / "a.png").write_bytes(b"no image")
    with pytest.raises(FileError) as caught:
        ImageSequence.open(place)
    assert caught.value.action
