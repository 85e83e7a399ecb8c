"""What the settings of a run change, and what a run survives."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.squares import make_squares
from yolox_core.checkpoint import load_checkpoint, save_checkpoint
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import CheckpointSaved, EpochDone, Notice, RunFinished, StepDone, TrainEvent
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.trainer import Trainer

TINY = TrainConfig(epochs=2, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")


def _run(config: TrainConfig, folder: Path, run: Path) -> list[TrainEvent]:
    return list(Trainer(config, open_folder(folder), run).run())


def _losses(events: list[TrainEvent]) -> list[float]:
    return [event.total_loss for event in events if isinstance(event, StepDone)]


@pytest.fixture(scope="module")
def usual_losses(tmp_path_factory: pytest.TempPathFactory) -> list[float]:
    """The losses of a tiny run with the usual settings."""
    folder = tmp_path_factory.mktemp("usual")
    return _losses(_run(TINY, make_squares(folder / "VOC2012"), folder / "run"))


def test_that_a_run_without_progress_ends_early_after_its_epochs_without_mosaic(squares: Path, tmp_path: Path) -> None:
    config = replace(TINY, epochs=30, no_aug_epochs=2, patience=2, base_lr=1e-6)
    events = _run(config, squares, tmp_path / "run")
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.state, finished.epochs) == ("done", 5)  # AP stays 0: best at 1, stale at 2 and 3, then 2 more
    assert "No better AP for 2 evaluations" in finished.reason
    l1 = [event.l1_loss > 0 for event in events if isinstance(event, StepDone)]
    assert l1 == [False] * 6 + [True] * 4


def test_that_summed_batches_make_one_step(squares: Path, tmp_path: Path) -> None:
    events = _run(replace(TINY, accumulate=2, epochs=1), squares, tmp_path / "run")
    assert [event.images for event in events if isinstance(event, StepDone)] == [8]


def test_that_a_frozen_backbone_keeps_every_number(squares: Path, tmp_path: Path) -> None:
    first = _run(replace(TINY, epochs=1), squares, tmp_path / "first")[-1]
    assert isinstance(first, RunFinished)
    config = replace(TINY, weights=first.last, freeze_backbone=True, base_lr=0.1)
    second = _run(config, squares, tmp_path / "second")[-1]
    assert isinstance(second, RunFinished)
    before, after = load_checkpoint(Path(first.last)).weights, load_checkpoint(Path(second.last)).weights
    frozen = [key for key in before if key.startswith("backbone.backbone.")]
    assert frozen
    assert all(torch.equal(before[key], after[key]) for key in frozen)
    assert not torch.equal(before["head.stems.0.conv.weight"], after["head.stems.0.conv.weight"])


@pytest.mark.parametrize("precision", ["bfloat16", "float16"])
def test_that_half_precision_learns_the_same_to_rounding(
    squares: Path, tmp_path: Path, usual_losses: list[float], precision: str
) -> None:
    found = _losses(_run(replace(TINY, precision=precision), squares, tmp_path / "half"))
    np.testing.assert_allclose(found, usual_losses, rtol=0.05)
    assert found != usual_losses


def test_that_clipping_shortens_what_is_learned(squares: Path, tmp_path: Path, usual_losses: list[float]) -> None:
    clipped = _losses(_run(replace(TINY, clip_norm=1e-6), squares, tmp_path / "clipped"))
    assert clipped[0] == usual_losses[0]
    assert clipped[-1] != usual_losses[-1]


def test_that_a_free_network_and_a_rectangular_input_train_and_reopen(squares: Path, tmp_path: Path) -> None:
    config = replace(TINY, width=0.125, activation="relu", image_size=96, image_height=64, epochs=1, multiscale_range=1)
    finished = _run(config, squares, tmp_path / "run")[-1]
    assert isinstance(finished, RunFinished)
    best = load_checkpoint(Path(finished.best))
    assert best.input_shape == (64, 96)
    assert best.network is not None
    assert (best.network.width, best.network.activation) == (0.125, "relu")


def test_that_history_and_tensorboard_files_are_written(squares: Path, tmp_path: Path) -> None:
    events = _run(replace(TINY, history_interval=1, tensorboard=True), squares, tmp_path / "run")
    kept = [event.path for event in events if isinstance(event, CheckpointSaved) and event.kind == "history"]
    assert [Path(path).name for path in kept] == ["epoch_1.pth", "epoch_2.pth"]
    assert load_checkpoint(Path(kept[0])).epoch == 1
    assert next((tmp_path / "run" / "tensorboard").iterdir()).stat().st_size > 500


def test_that_a_loss_that_is_no_number_is_tried_three_times_slower_then_refused(squares: Path, tmp_path: Path) -> None:
    first = _run(replace(TINY, epochs=1), squares, tmp_path / "first")[-1]
    assert isinstance(first, RunFinished)
    checkpoint = load_checkpoint(Path(first.last))
    weights = {key: value * 1e30 if "conv.weight" in key else value for key, value in checkpoint.weights.items()}
    poisoned = tmp_path / "poisoned.pth"
    save_checkpoint(poisoned, replace(checkpoint, weights=weights))
    with pytest.raises(UserError, match="no longer a number"):
        _run(replace(TINY, weights=str(poisoned)), squares, tmp_path / "run")
    events = list(read_events(RunFolder(tmp_path / "run")))
    factors = [event.text.split(" at ")[1].split()[0] for event in events if "back to" in getattr(event, "text", "")]
    assert factors == ["0.5", "0.25", "0.125"]


def test_that_too_large_a_batch_is_halved_until_it_fits(squares: Path, tmp_path: Path) -> None:
    script = f"""
import resource
from pathlib import Path
import torch
from yolox_core.dataset.folder import open_folder
from yolox_core.train.config import TrainConfig
from yolox_core.train.trainer import Trainer
config = TrainConfig(epochs=1, batch_size=64, image_size=320, multiscale_range=0, workers=1, device="cpu", accumulate=1)
torch.set_num_threads(1)
torch.nn.Conv2d(3, 8, 3)(torch.rand(1, 3, 64, 64)).sum().backward()
used = int(next(l for l in open("/proc/self/status") if l.startswith("VmSize")).split()[1]) * 1024
resource.setrlimit(resource.RLIMIT_AS, (used + 1_500_000_000, -1))
list(Trainer(config, open_folder(Path({str(squares)!r})), Path({str(tmp_path / "run")!r})).run())
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=200)
    events = list(read_events(RunFolder(tmp_path / "run")))
    texts = [event.text for event in events if isinstance(event, Notice)]
    assert any("the batch is now 32 instead of 64" in text for text in texts)
    assert any(isinstance(event, EpochDone) for event in events)
