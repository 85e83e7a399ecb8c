"""What was found in a video, written and read back by the readers that people use."""

import configparser
import csv
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from pycocotools.coco import COCO

from tests.app.player.clips import HEIGHT, WIDTH, four_box_detector, write_clip
from yolox_core.errors import FileError, UserError
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.detection_files import spans_text, write_detections
from yolox_core.infer.detector import Detector
from yolox_core.infer.found import FoundInVideo, find_in_video
from yolox_core.infer.looks import Looks
from yolox_core.infer.predictions import VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress

FRAMES = 6
BOXES = np.array([[10, 20, 50, 60], [100, 5, 130, 45]], np.float32)


def known_of(frames: dict[int, int]) -> VideoPredictions:
    """Predictions in which so many boxes stand in each of these frames."""
    known = VideoPredictions(VideoKey("v", 1, 1, "n", 1, 1, WIDTH, HEIGHT, FRAMES, ("drone", "bird")))
    for number, count in frames.items():
        scores = np.array([0.9, 0.6], np.float32)[:count]
        known.append(number, Candidates(BOXES[:count], scores, np.array([0, 1])[:count]))
    return known


def found_in(clip: Path, known: VideoPredictions, **options: object) -> FoundInVideo:
    looks = Looks(four_box_detector(), Thresholds(0.5, 0.65), known)
    *_, last = find_in_video(looks, clip, **options)  # type: ignore[arg-type]
    assert isinstance(last, FoundInVideo)
    return last


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    return write_clip(tmp_path / "clip.mp4", frames=FRAMES)


@pytest.fixture
def found(clip: Path) -> FoundInVideo:
    """Two boxes, none, one: frames 0, 1 and 4 are known."""
    return found_in(clip, known_of({0: 2, 1: 0, 4: 1}), only_known=True, has_track_numbers=True)


def test_that_json_says_what_was_looked_at_and_found(found: FoundInVideo, tmp_path: Path) -> None:
    (path,) = write_detections(tmp_path / "out.json", found)
    whole = json.loads(path.read_text())
    assert (whole["frames_looked_at"], whole["frames_of_video"]) == ("1-2, 5", FRAMES)
    assert [len(frame["detections"]) for frame in whole["frames"]] == [2, 0, 1]
    assert whole["frames"][2]["time_s"] == pytest.approx(4 / 25)
    first = whole["frames"][0]["detections"][0]
    assert (first["class"], first["track"]) == ("drone", 1)
    assert first["score"] == pytest.approx(0.9, abs=1e-3)
    assert first["box"] == pytest.approx(BOXES[0].tolist(), abs=0.01)


def test_that_csv_has_a_row_for_each_box_and_each_empty_frame(found: FoundInVideo, tmp_path: Path) -> None:
    (path,) = write_detections(tmp_path / "out.csv", found)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["frame"], row["class"]) for row in rows] == [("1", "drone"), ("1", "bird"), ("2", ""), ("5", "drone")]
    edges = [float(rows[1][name]) for name in ("x1", "y1", "x2", "y2")]
    assert edges == pytest.approx(BOXES[1].tolist(), abs=0.01)


def test_that_pycocotools_loads_the_coco_results(found: FoundInVideo, tmp_path: Path) -> None:
    results, images = write_detections(tmp_path / "out.coco.json", found)
    loaded = COCO(str(images)).loadRes(str(results))
    assert loaded.getImgIds() == [1, 2, 5]
    boxes = loaded.loadAnns(loaded.getAnnIds(imgIds=[1]))
    assert [loaded.cats[box["category_id"]]["name"] for box in boxes] == ["drone", "bird"]
    assert boxes[0]["bbox"] == pytest.approx([10, 20, 40, 40], abs=0.01)


def test_that_mot_text_has_ten_columns_and_a_sequence_beside_it(found: FoundInVideo, tmp_path: Path) -> None:
    text, sequence = write_detections(tmp_path / "out.txt", found)
    rows = np.loadtxt(text, delimiter=",", ndmin=2)
    assert rows.shape == (3, 10)
    assert rows[:, 0].tolist() == [1, 1, 5]
    assert rows[:, 1].tolist() == [1, 2, 3]  # seen once, an object is not followed
    assert rows[0, 2:6] == pytest.approx([11, 21, 40, 40], abs=0.02)
    assert (rows[:, 7:] == -1).all()
    config = configparser.ConfigParser()
    config.read(sequence)
    assert config["Sequence"]["seqlength"] == str(FRAMES)
    assert config["Sequence"]["frameslookedat"] == "1-2, 5"


def test_that_missing_frames_are_looked_at_and_known_ones_are_not(clip: Path) -> None:
    looks = Looks(four_box_detector(), Thresholds(0.5, 0.65), known_of({0: 0, 1: 0, 2: 0}))
    *progress, last = find_in_video(looks, clip, span=range(1, 5))
    assert [p.done for p in progress if isinstance(p, Progress)] == [1, 2]
    assert isinstance(last, FoundInVideo)
    assert [(frame.number, len(frame.detections) > 0) for frame in last.found] == [
        (1, False),
        (2, False),
        (3, True),
        (4, True),
    ]


def test_that_hidden_classes_are_left_out(clip: Path) -> None:
    known = known_of(dict.fromkeys(range(FRAMES), 2))
    assert found_in(clip, known, hidden_class_ids=frozenset((0,))).detections == FRAMES


def test_that_a_failing_network_fails_the_export(clip: Path) -> None:
    def fails(_batch: torch.Tensor) -> torch.Tensor:
        raise RuntimeError("no memory")

    broken = Detector(fails, ("drone",), 64, torch.device("cpu"))
    with pytest.raises(RuntimeError, match="no memory"):
        list(find_in_video(Looks(broken, Thresholds()), clip))


@pytest.mark.parametrize(("name", "problem"), [("out.xml", UserError), (".json", UserError), ("no/out.csv", FileError)])
def test_that_an_unusable_name_is_refused(
    found: FoundInVideo, tmp_path: Path, name: str, problem: type[UserError]
) -> None:
    with pytest.raises(problem) as caught:
        write_detections(tmp_path / name, found)
    assert caught.value.action


def test_that_a_video_looked_at_as_a_whole_is_one_span(clip: Path) -> None:
    assert spans_text(found_in(clip, known_of(dict.fromkeys(range(FRAMES), 1)))) == f"1-{FRAMES}"
