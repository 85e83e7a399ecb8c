"""What a crash leaves: a run that goes on from what opens, and a best checkpoint that only a better one replaces."""

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from yolox_core.checkpoint import load_checkpoint, save_checkpoint
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import FileError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import CheckpointSaved, Notice, RunFinished, RunStarted, StepDone, TrainEvent
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.run_lock import held, is_going_on
from yolox_core.train.run_state import RunState
from yolox_core.train.trainer import Trainer

CONFIG = TrainConfig(
    epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu", history_interval=1
)


@pytest.fixture(autouse=True)
def fast(one_thread: None) -> None:
    """Small networks gain nothing from more threads."""


@pytest.fixture
def run(squares: Path, tmp_path: Path) -> Path:
    """A run that was killed after its second epoch, of four."""
    list(Trainer(CONFIG, open_folder(squares), tmp_path / "run").run())
    return tmp_path / "run"


def _resumed(squares: Path, run: Path) -> list[TrainEvent]:
    return list(Trainer(replace(CONFIG, epochs=3), open_folder(squares), run, is_resumed=True).run())


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


def test_that_a_damaged_last_checkpoint_gives_way_to_the_newest_that_opens(squares: Path, run: Path) -> None:
    _cut(run / "last.pth")
    _cut(run / "best.pth")
    events = _resumed(squares, run)
    assert [event.first_epoch for event in events if isinstance(event, RunStarted)] == [3]
    assert [event.step for event in events if isinstance(event, StepDone)] == [5, 6]
    assert any("Resumed from epoch_2.pth, after 2 epochs" in e.text for e in events if isinstance(e, Notice))
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.state == "done"
    assert load_checkpoint(run / "best.pth").epoch == 3


def test_that_a_run_of_which_nothing_opens_says_so(squares: Path, run: Path) -> None:
    for path in run.glob("*.pth"):
        _cut(path)
    with pytest.raises(FileError, match="damaged"):
        _resumed(squares, run)


def test_that_a_resumed_run_keeps_a_better_best_checkpoint(squares: Path, run: Path) -> None:
    """A kill between the two writes of an epoch leaves the best one ahead of what the last one knows."""
    best = load_checkpoint(run / "best.pth")
    save_checkpoint(run / "best.pth", replace(best, ap=0.9))
    before = (run / "best.pth").read_bytes()
    events = _resumed(squares, run)
    assert (run / "best.pth").read_bytes() == before
    assert not any(event.kind == "best" for event in events if isinstance(event, CheckpointSaved))
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.ap == 0.9


def test_that_only_better_weights_are_the_best_and_while_ap_is_0_the_latest() -> None:
    state = RunState(4, (64, 64))
    assert [state.note_ap(ap, ap) for ap in (0.0, 0.0, 0.3, 0.2, 0.0, 0.3, 0.4)] == [
        True,
        True,
        True,
        False,
        False,
        False,
        True,
    ]
    assert state.best_ap == 0.4


def test_that_a_lock_tells_a_run_from_one_that_was_killed(squares: Path, tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    with closing(Trainer(CONFIG, open_folder(squares), run.path).run()) as events:
        host = next(event.host for event in events if isinstance(event, RunStarted))
        assert is_going_on(run, host)
    assert not is_going_on(run, host)
    assert is_going_on(run, "another machine")  # its locks cannot be seen here, and its events are fresh
    shutil.rmtree(run.path)
    assert not is_going_on(run, "another machine")


def test_that_a_lock_is_free_again_after_it_was_held(tmp_path: Path) -> None:
    with held(RunFolder(tmp_path)):
        assert is_going_on(RunFolder(tmp_path), "")
    with held(RunFolder(tmp_path)):
        pass
