"""Whole runs on small data sets: events in order, checkpoints, stopping, repeatability and bad input."""

import shutil
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from yolox_core.checkpoint import load_checkpoint
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.errors import FileError, Unavailable, UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import (
    CheckpointSaved,
    EpochDone,
    Evaluated,
    Notice,
    RunFinished,
    RunStarted,
    StepDone,
    TrainEvent,
)
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.trainer import Trainer

TINY = TrainConfig(epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")


def _run(config: TrainConfig, folder: DataFolder, run: Path) -> list[TrainEvent]:
    return list(Trainer(config, folder, run).run())


def _losses(events: list[TrainEvent]) -> list[float]:
    return [event.total_loss for event in events if isinstance(event, StepDone)]


def test_that_a_run_says_all_and_writes_what_it_says(squares: Path, tmp_path: Path) -> None:
    events = _run(TINY, open_folder(squares), tmp_path / "run")
    started = next(event for event in events if isinstance(event, RunStarted))
    assert (started.class_names, started.train_images, started.val_images) == (("square",), 8, 2)
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2, 3, 4]
    assert [event.epoch for event in events if isinstance(event, EpochDone | Evaluated)] == [1, 1, 2, 2]
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.state, finished.epochs) == ("done", 2)
    assert list(read_events(RunFolder(tmp_path / "run"))) == events
    best = load_checkpoint(Path(finished.best))
    assert (best.size, best.class_names, best.image_size) == ("nano", ("square",), 64)
    assert load_checkpoint(Path(finished.last)).epoch == 2


def test_that_a_best_checkpoint_exists_even_while_ap_is_zero(squares: Path, tmp_path: Path) -> None:
    events = _run(replace(TINY, epochs=1), open_folder(squares), tmp_path / "run")
    assert [event.kind for event in events if isinstance(event, CheckpointSaved)] == ["best", "last"]


def test_that_stopping_keeps_a_checkpoint_and_says_stopped(squares: Path, tmp_path: Path) -> None:
    with closing(Trainer(TINY, open_folder(squares), tmp_path / "run").run()) as events:
        for event in events:
            if isinstance(event, StepDone):
                break
    logged = list(read_events(RunFolder(tmp_path / "run")))
    assert isinstance(logged[-1], RunFinished)
    assert logged[-1].state == "stopped"
    assert load_checkpoint(tmp_path / "run" / "last.pth").class_names == ("square",)


def test_that_the_same_seed_repeats_a_run_whatever_the_threads(squares: Path, tmp_path: Path) -> None:
    config = replace(TINY, epochs=1, mosaic_prob=1.0, mixup_prob=1.0)
    folder = open_folder(squares)
    first = _losses(_run(config, folder, tmp_path / "a"))
    assert _losses(_run(replace(config, workers=3), folder, tmp_path / "b")) == first
    assert _losses(_run(replace(config, workers=0), folder, tmp_path / "c")) == first
    assert _losses(_run(replace(config, seed=1), folder, tmp_path / "d")) != first


def test_that_a_short_training_finds_the_squares(squares: Path, shared: Path, tmp_path: Path) -> None:
    config = replace(
        TINY,
        epochs=30,
        base_lr=0.08,
        weights=str(shared / "weights" / "yolox_nano.pth"),
        eval_interval=30,
        mosaic_prob=0.3,
    )
    events = _run(config, open_folder(squares), tmp_path / "run")
    losses = _losses(events)
    assert np.mean(losses[-4:]) < 0.6 * np.mean(losses[:4])
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.ap50 > 0.3


def test_that_a_folder_without_splits_holds_images_out(squares: Path, tmp_path: Path) -> None:
    shutil.rmtree(squares / "ImageSets")
    events = _run(replace(TINY, epochs=1), open_folder(squares), tmp_path / "run")
    started = next(event for event in events if isinstance(event, RunStarted))
    assert (started.train_images, started.val_images) == (8, 2)
    assert any("no splits" in event.text for event in events if isinstance(event, Notice))


def test_that_bad_files_are_left_out_and_named(squares: Path, tmp_path: Path) -> None:
    picture = squares / "JPEGImages" / "3.jpg"
    picture.write_bytes(picture.read_bytes()[:300])
    (squares / "Annotations" / "4.xml").write_text("<annotation><object>")
    (squares / "Annotations" / "5.xml").unlink()
    events = _run(replace(TINY, epochs=1), open_folder(squares), tmp_path / "run")
    notices = " ".join(event.text for event in events if isinstance(event, Notice))
    assert "3.jpg" in notices
    assert "4.xml" in notices
    assert "1 images without a label file" in notices


def test_that_what_cannot_work_is_refused_before_it_starts(squares: Path, tmp_path: Path) -> None:
    folder = open_folder(squares)
    with pytest.raises(UserError, match="no split"):
        _run(replace(TINY, train_split="none"), folder, tmp_path / "a")
    with pytest.raises(FileError, match="Could not be read"):
        _run(replace(TINY, weights=str(tmp_path / "none.pth")), folder, tmp_path / "b")
    with pytest.raises(Unavailable):
        _run(replace(TINY, device="cuda:99"), folder, tmp_path / "c")
    for path in (squares / "Annotations").iterdir():
        path.unlink()
    with pytest.raises(UserError, match="no labelled image"):
        _run(TINY, open_folder(squares), tmp_path / "d")
    failed = list(read_events(RunFolder(tmp_path / "d")))[-1]
    assert isinstance(failed, RunFinished)
    assert failed.state == "failed"
    assert "no labelled image" in failed.reason


def test_that_the_first_events_come_without_waiting_for_the_run(squares: Path, tmp_path: Path) -> None:
    events = Trainer(replace(TINY, epochs=1000), open_folder(squares), tmp_path / "run").run()
    with closing(events):
        assert len(list(islice(events, 3))) == 3
