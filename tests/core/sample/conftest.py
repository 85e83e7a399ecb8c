"""One small sample for all tests of this folder that only read it."""

from pathlib import Path

import pytest

from yolox_core.records import Progress
from yolox_core.sample.dataset import SampleMade, make_sample


def made(folder: Path, *, images: int, video_frames: int, seed: int = 3) -> SampleMade:
    *progress, last = make_sample(folder, images=images, seed=seed, video_frames=video_frames)
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(last, SampleMade)
    return last


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleMade:
    return made(tmp_path_factory.mktemp("small") / "sample", images=24, video_frames=12)
