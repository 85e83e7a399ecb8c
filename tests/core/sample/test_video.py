"""The sample's video and its true boxes."""

from pathlib import Path

import numpy as np
import pytest

from yolox_core.errors import FileError
from yolox_core.infer.video import Video
from yolox_core.sample.dataset import SampleMade
from yolox_core.sample.video import FPS, read_truth


def test_that_the_video_has_the_promised_frames(sample: SampleMade) -> None:
    with Video.open(sample.video) as video:
        assert (video.frames, round(video.fps), video.width, video.height) == (12, FPS, 640, 480)
        first, last = video.frame(0), video.frame(11)
    assert np.abs(first.astype(int) - last.astype(int)).max() > 60


def test_that_every_frame_has_true_boxes_inside_the_picture(sample: SampleMade) -> None:
    truth = read_truth(sample.video)
    assert sorted(truth) == list(range(12))
    for boxes in truth.values():
        assert {box.class_name for box in boxes} <= {"drone", "bird"}
        assert all(0 <= box.x1 < box.x2 <= 640 and 0 <= box.y1 < box.y2 <= 480 for box in boxes)


def test_that_an_object_keeps_its_number_and_moves_smoothly(sample: SampleMade) -> None:
    truth = read_truth(sample.video)
    for index in range(11):
        now = {box.key: box for box in truth[index]}
        for box in truth[index + 1]:
            if box.key in now and not box.truncated:
                assert now[box.key].class_name == box.class_name
                assert abs(now[box.key].x1 + now[box.key].x2 - box.x1 - box.x2) / 2 < 25


def test_that_a_damaged_list_of_true_boxes_is_said_to_be_so(tmp_path: Path) -> None:
    (tmp_path / "clip_truth.csv").write_text("frame,track\n1,two\n")
    with pytest.raises(FileError, match="true boxes"):
        read_truth(tmp_path / "clip.mp4")
