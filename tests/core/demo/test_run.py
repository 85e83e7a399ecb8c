"""The demo as a whole, on a sample small enough for a test."""

from pathlib import Path

import pytest

from yolox_core.demo import DemoDone, run_demo
from yolox_core.errors import UserError, ValueOutOfRange
from yolox_core.infer.video import Video
from yolox_core.records import Progress
from yolox_core.train.events import RunFinished, StepDone
from yolox_core.train.start import built_in_start


def _small_demo(folder: Path) -> list[object]:
    return list(run_demo(folder, epochs=1, device="cpu", images=24, video_frames=6))


def test_that_the_demo_goes_from_nothing_to_an_annotated_video_and_can_be_repeated(tmp_path: Path) -> None:
    records = _small_demo(tmp_path)
    kinds = {type(record) for record in records}
    assert {Progress, StepDone, RunFinished} <= kinds
    done = records[-1]
    assert isinstance(done, DemoDone)
    assert done.ap50 >= 0.6
    assert set(done.ap50_per_class) == {"bird", "drone"}
    assert done.checkpoint.is_file()
    with Video.open(done.annotated_video) as video:
        assert video.frames == 6
    assert f"AP50 {done.ap50:.3f}" in done.text
    again = _small_demo(tmp_path)[-1]
    assert isinstance(again, DemoDone)
    assert again.is_sample_reused
    assert again.run != done.run


def test_that_the_start_checkpoint_is_there_and_small() -> None:
    assert built_in_start().stat().st_size <= 4_000_000


def test_that_a_wrong_number_of_epochs_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueOutOfRange, match="epochs"):
        next(iter(run_demo(tmp_path, epochs=0)))
    assert list(tmp_path.iterdir()) == []


def test_that_a_folder_of_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "mine.txt").write_text("mine")
    with pytest.raises(UserError, match="no sample of ours"):
        list(run_demo(tmp_path, epochs=1))
