"""A run that was stopped or killed goes on with the very losses it would have had."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from tests.squares import make_squares
from yolox_core.checkpoint import load_checkpoint, load_training
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import Evaluated, RunFinished, RunStarted, StepDone, TrainEvent
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.trainer import Trainer

CONFIG = TrainConfig(
    epochs=4, batch_size=2, image_size=64, multiscale_range=1, workers=1, device="cpu", mosaic_prob=1.0, eval_interval=2
)


def _steps(run: Path) -> list[tuple[int, float, int]]:
    return [(e.step, e.total_loss, e.image_size) for e in _events(run) if isinstance(e, StepDone)]


def _events(run: Path) -> list[TrainEvent]:
    return list(read_events(RunFolder(run)))


def _finish(trainer: Trainer) -> RunFinished:
    *_, last = trainer.run()
    assert isinstance(last, RunFinished)
    return last


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run without a break, on the same images as all others."""
    folder = tmp_path_factory.mktemp("unbroken")
    _finish(Trainer(CONFIG, open_folder(make_squares(folder / "VOC2012")), folder / "run"))
    return folder / "run"


@pytest.mark.parametrize("stop_after", [3, 6, 13])
def test_that_a_stopped_run_goes_on_with_the_same_losses(
    squares: Path, whole: Path, tmp_path: Path, stop_after: int
) -> None:
    run, folder = tmp_path / "run", open_folder(squares)
    with closing(Trainer(CONFIG, folder, run).run()) as events:
        steps = (event for event in events if isinstance(event, StepDone))
        list(islice(steps, stop_after))
    resumed = Trainer(RunFolder(run).read_config(), folder, run, is_resumed=True)
    assert _finish(resumed).state == "done"
    assert _steps(run) == _steps(whole)
    figures = [[e.ap for e in _events(path) if isinstance(e, Evaluated)] for path in (run, whole)]
    assert figures[0] == figures[1]
    ours, wanted = load_checkpoint(run / "last.pth").weights, load_checkpoint(whole / "last.pth").weights
    assert all(ours[key].equal(wanted[key]) for key in wanted)


def test_that_a_killed_run_goes_on_with_the_same_losses(squares: Path, whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    config = tmp_path / "config.json"
    config.write_text(CONFIG.to_json())
    script = (
        "import sys; from pathlib import Path; from yolox_core.dataset.folder import open_folder;"
        "from yolox_core.train.run_folder import read_config; from yolox_core.train.trainer import Trainer;"
        "from yolox_core.train.events import StepDone\n"
        "for e in Trainer(read_config(Path(sys.argv[1])), open_folder(Path(sys.argv[2])), Path(sys.argv[3])).run():\n"
        "    print(e.step if isinstance(e, StepDone) else '', flush=True)\n"
    )
    command = [sys.executable, "-c", script, str(config), str(squares), str(run)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        next(line for line in process.stdout if line.strip() == "6")
        os.kill(process.pid, signal.SIGKILL)
    assert _steps(run)[-1][0] >= 6
    assert not isinstance(_events(run)[-1], RunFinished)
    _finish(Trainer(CONFIG, open_folder(squares), run, is_resumed=True))
    assert _steps(run) == _steps(whole)


def test_that_a_resumed_run_says_where_it_goes_on(squares: Path, tmp_path: Path) -> None:
    run, folder = tmp_path / "run", open_folder(squares)
    with closing(Trainer(CONFIG, folder, run).run()) as events:
        list(islice((event for event in events if isinstance(event, StepDone)), 5))
    assert load_training(run / "last.pth")["run"]["batch"] == 1
    _finish(Trainer(CONFIG, folder, run, is_resumed=True))
    assert [event.first_epoch for event in _events(run) if isinstance(event, RunStarted)] == [1, 2]
    assert sum(isinstance(event, RunFinished) for event in _events(run)) == 1


def test_that_a_run_killed_before_its_first_checkpoint_starts_again(squares: Path, whole: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    RunFolder(run).prepare(CONFIG)
    RunFolder(run).events.write_text(RunFolder(whole).events.read_text()[:3000])
    _finish(Trainer(CONFIG, open_folder(squares), run, is_resumed=True))
    assert _steps(run) == _steps(whole)


def test_that_changed_classes_are_refused_on_resuming(squares: Path, whole: Path, tmp_path: Path) -> None:
    run = shutil.copytree(whole, tmp_path / "run")
    for path in (squares / "Annotations").iterdir():
        path.write_text(path.read_text().replace("square", "quadrat"))
    with pytest.raises(UserError, match="no longer those of the run"):
        _finish(Trainer(replace(CONFIG, epochs=9), open_folder(squares), run, is_resumed=True))
