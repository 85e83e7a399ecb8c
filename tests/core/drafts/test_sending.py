"""Frames as images of a data set: their pixels, label files, drafts and splits; and back again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.app.editor.desk import write_folder
from tests.core.infer.clips import write_clip
from yolox_core.dataset.folder import DataFolder, ImageFile, open_folder
from yolox_core.dataset.voc import VocFile
from yolox_core.dataset.voc_quick import quick_annotation
from yolox_core.drafts.draft import Source
from yolox_core.drafts.kept import KeptDrafts
from yolox_core.drafts.sending import (
    Frame,
    SendOptions,
    SendSummary,
    SentFrame,
    frames_of,
    send_frames,
    take_back,
)
from yolox_core.infer.video import Video
from yolox_core.records import Box, Detections, ImageState

FOUND = Detections(
    np.array([[10, 20, 50, 60.5], [-5, 0, 30, 30]], np.float32), np.array([0.9, 0.2], np.float32), np.array([0, 1])
)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "flight.mp4", "libx264", 12)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    root = write_folder(tmp_path / "data", {"one": (("kite", 1, 1, 9, 9),)})
    sets = root / "ImageSets" / "Main"
    sets.mkdir(parents=True)
    (sets / "train.txt").write_text("one\n")
    return open_folder(root)


def boxed(clip: Path, numbers: list[int]) -> Iterator[Frame]:
    for frame in frames_of(clip, numbers, None):
        yield Frame(frame.number, frame.time_s, frame.image, FOUND, ("drone", "bird"))


def send(folder: DataFolder, clip: Path, numbers: list[int], **options: object) -> tuple[list[SentFrame], SendSummary]:
    frames = boxed(clip, numbers)
    records = list(
        send_frames(folder, clip, frames, total=len(numbers), options=SendOptions(**options))  # type: ignore[arg-type]
    )
    assert isinstance(records[-1], SendSummary)
    return [record for record in records if isinstance(record, SentFrame)], records[-1]


def image_in(folder: DataFolder, name: str) -> ImageFile:
    image = open_folder(folder.root).image(name)
    assert image is not None
    return image


def test_that_a_png_holds_the_very_pixels_of_the_frame(folder: DataFolder, clip: Path) -> None:
    send(folder, clip, [7])
    path = image_in(folder, "flight_000008").path
    assert path.suffix == ".png"
    with Video.open(clip) as video:
        assert np.array_equal(cv2.imread(str(path)), video.frame(7))


def test_that_the_label_file_names_video_and_time_and_waits_for_a_decision(folder: DataFolder, clip: Path) -> None:
    send(folder, clip, [7])
    image = image_in(folder, "flight_000008")
    voc = VocFile.read(image)
    assert voc.annotation.boxes == ()
    assert voc.annotation.state is ImageState.UNLABELLED
    source = voc.source.root.child("source")
    assert source is not None
    assert source.child_text("image") == "flight.mp4, frame 8, 0.280 s"
    decided = VocFile.parse(voc.render(replace(voc.annotation, is_decided=True)), image)
    assert decided.annotation.state is ImageState.EMPTY
    assert b"flight.mp4" in (decided.original or b"")


def test_that_boxes_are_kept_as_drafts_within_the_image(folder: DataFolder, clip: Path) -> None:
    send(folder, clip, [0])
    first, second = KeptDrafts(folder.root).read("flight_000001")
    assert (first.box, first.source) == (Box("drone", 10, 20, 50, 60.5), Source.VIDEO)
    assert first.score == pytest.approx(0.9)
    assert second.box == Box("bird", 0, 0, 30, 30)


def test_that_nothing_is_overwritten(folder: DataFolder, clip: Path) -> None:
    mine = folder.root / "JPEGImages" / "flight_000001.jpg"
    mine.write_bytes(b"mine")
    sent, summary = send(folder, clip, [0, 1])
    assert [frame.number for frame in sent] == [1]
    assert summary == SendSummary(taken=1, alike=0)
    assert mine.read_bytes() == b"mine"
    assert send(folder, clip, [1])[1].taken == 1


def test_that_frames_that_look_the_same_are_left_out_when_wanted(folder: DataFolder, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (2, 96, 160, 3), dtype=np.uint8)
    first, second = (cv2.GaussianBlur(each, (0, 0), 6) * np.uint8(1) for each in noise)
    pictures = [first, first, second]
    frames = [Frame(n, n / 25, picture, FOUND, ("drone", "bird")) for n, picture in enumerate(pictures)]
    options = SendOptions(leaves_out_alike=True)
    *records, summary = send_frames(folder, tmp_path / "still.mp4", frames, total=3, options=options)
    assert [record.number for record in records if isinstance(record, SentFrame)] == [0, 2]
    assert summary == SendSummary(taken=0, alike=1)


def test_that_a_split_lists_the_frames_and_forgets_them_when_taken_back(folder: DataFolder, clip: Path) -> None:
    sent, _ = send(folder, clip, [2, 3], split="train")
    assert open_folder(folder.root).splits == {"train": ("one", "flight_000003", "flight_000004")}
    assert take_back(folder, sent) == ()
    assert open_folder(folder.root).splits == {"train": ("one",)}
    assert KeptDrafts(folder.root).names() == frozenset()


def test_that_taking_back_leaves_what_was_worked_on(folder: DataFolder, clip: Path) -> None:
    sent, _ = send(folder, clip, [2, 3])
    worked_on = sent[0].image.label_path
    worked_on.write_bytes(worked_on.read_bytes() + b"\n")
    assert take_back(folder, sent) == (sent[0],)
    assert [image.name for image in open_folder(folder.root).images] == ["flight_000003", "one"]
    assert list((folder.root / ".trash").rglob("flight_000004.png"))


def test_that_an_empty_folder_becomes_a_data_set(clip: Path, tmp_path: Path) -> None:
    root = tmp_path / "new"
    root.mkdir()
    send(DataFolder(root, "voc", ()), clip, [0], is_png=False, jpeg_quality=80)
    image = open_folder(root).images[0]
    assert (image.path.parent.name, image.path.suffix, image.label_path.parent.name) == (
        "JPEGImages",
        ".jpg",
        "Annotations",
    )


def test_that_the_training_reader_takes_no_sent_frame_for_an_empty_image(folder: DataFolder, clip: Path) -> None:
    sent, _ = send(folder, clip, [0])
    quick = quick_annotation(sent[0].image.label_path.read_bytes(), size=None, convention=folder.convention)
    assert quick is not None
    assert quick.state is ImageState.UNLABELLED
