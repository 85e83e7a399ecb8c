"""Written videos have the colours that went in."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from yolox_core.infer.video import Video
from yolox_core.infer.video_writer import new_video


@pytest.mark.parametrize("color", [(100, 100, 100), (30, 30, 30), (200, 60, 20), (20, 90, 210)])
def test_that_colors_come_back_within_two_levels(tmp_path: Path, color: tuple[int, int, int]) -> None:
    path = tmp_path / "plain.mp4"
    image = np.full((48, 64, 3), color, np.uint8)
    with new_video(path, size=(64, 48), rate=Fraction(25), time_base=Fraction(1, 25)) as writer:
        for number in range(3):
            writer.write(image, number, 1)
    with Video.open(path, rounds=True) as video:
        assert np.abs(video.frame(1)[24, 32].astype(int) - color).max() <= 3
