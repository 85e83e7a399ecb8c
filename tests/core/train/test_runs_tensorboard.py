"""TensorBoard files of past runs."""

import os
import struct
from pathlib import Path

import pytest

from tests.core.train.run_files import make_run
from yolox_core.errors import FileError
from yolox_core.train.runs_tensorboard import has_tensorboard, make_tensorboard


def test_that_files_are_made_whole_from_the_events_and_made_again_when_these_grow(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", aps=(0.25, 0.5))
    assert not has_tensorboard(run)
    assert [progress.done for progress in make_tensorboard(run)] == [0]
    assert has_tensorboard(run)
    (written,) = (run / "tensorboard").iterdir()
    content = written.read_bytes()
    assert b"val/AP50" in content
    assert struct.pack("<f", 0.5) in content
    assert sorted(path.name for path in run.iterdir()) == ["config.json", "events.jsonl", "tensorboard"]
    os.utime(run / "events.jsonl", (4e9, 4e9))
    assert not has_tensorboard(run)
    list(make_tensorboard(run))
    assert len(list((run / "tensorboard").iterdir())) == 1


def test_that_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", aps=(0.25,) * 300)
    made = make_tensorboard(run)
    next(made)
    made.close()
    assert sorted(path.name for path in run.iterdir()) == ["config.json", "events.jsonl"]


def test_that_a_run_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        list(make_tensorboard(tmp_path / "gone"))
