"""Times of steps and sizes: all that is promised is there, and larger networks take longer."""

from pathlib import Path

import pytest
import torch

from tests.app.player.clips import four_box_detector, write_clip
from yolox_core.infer.speed import PRECISIONS, STEPS, SizeSpeed, compare_sizes, time_steps
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.video import Video
from yolox_core.records import Progress


def test_that_each_step_of_a_video_has_its_time(tmp_path: Path) -> None:
    with Video.open(write_clip(tmp_path / "clip.mp4")) as video:
        *progress, steps = time_steps(video, four_box_detector(), Thresholds(), frames=5)
    assert isinstance(steps, tuple)
    assert tuple(step.step for step in steps) == STEPS
    assert all(step.mean_ms > 0 and step.p95_ms > 0 for step in steps)
    assert [record.done for record in progress if isinstance(record, Progress)] == [1, 2, 3, 4, 5]


def test_that_sizes_are_compared_at_one_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yolox_core.infer.speed.LEAST_S", 0.1)
    records = list(compare_sizes(torch.device("cpu"), image_size=64, sizes=("nano", "s")))
    nano, small = (record for record in records if isinstance(record, SizeSpeed))
    assert (nano.size, small.size, nano.image_size) == ("nano", "s", 64)
    assert (round(nano.parameters_m, 2), round(small.parameters_m, 2)) == (0.91, 8.97)
    assert nano.images_per_s == pytest.approx(1000 / nano.ms)


@pytest.mark.parametrize("precision", PRECISIONS)
def test_that_every_precision_can_be_timed(monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    monkeypatch.setattr("yolox_core.infer.speed.LEAST_S", 0.0)
    records = compare_sizes(torch.device("cpu"), image_size=64, precision=precision, sizes=("nano",))
    assert any(isinstance(record, SizeSpeed) for record in records)
