"""Two processes under `torchrun` are one run: same losses, same gradients, same figures."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from yolox_core.train.events import Evaluated, RunStarted, StepDone
from yolox_core.train.run_folder import RunFolder, read_events

OPTIONS = "--epochs 3 --batch-size 4 --size 64 --device cpu --workers 1 --multiscale-range 1 --eval-interval 3".split()


def _command(squares: Path, run: Path, *more: str) -> list[str]:
    return ["-m", "yolox_core", "train", "--data", str(squares), "--output", str(run), *OPTIONS, *more]


def _torchrun(*options: str) -> list[str]:
    return [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone", *options]


def _losses(run: Path) -> list[float]:
    return [event.total_loss for event in read_events(RunFolder(run)) if isinstance(event, StepDone)]


def test_that_two_processes_have_the_losses_of_one(squares: Path, tmp_path: Path) -> None:
    """Over the first steps at a low rate: rounding grows from step to step, between one thread and two as well."""
    one, two, slow = tmp_path / "one", tmp_path / "two", ("--base-lr", "0.000001", "--epochs", "1", "--json")
    subprocess.run([sys.executable, *_command(squares, one, *slow)], check=True, timeout=120, stdout=subprocess.PIPE)
    done = subprocess.run(
        [*_torchrun(), *_command(squares, two, *slow)], check=True, timeout=200, capture_output=True, text=True
    )
    assert json.loads(done.stdout)["epochs"] == 1  # one process reports, and it alone
    np.testing.assert_allclose(_losses(two), _losses(one), rtol=1e-4)
    figures = [[e for e in read_events(RunFolder(run)) if isinstance(e, Evaluated)] for run in (one, two)]
    assert [[e.images for e in events] for events in figures] == [[2], [2]]
    assert figures[1][0].ap == pytest.approx(figures[0][0].ap, abs=1e-3)
    assert [e.processes for e in read_events(RunFolder(two)) if isinstance(e, RunStarted)] == [2]


def test_that_two_processes_have_the_gradients_of_one() -> None:
    """In float64, where rounding hides nothing: network, shared normalisation, averaging of gradients."""
    done = subprocess.run(
        [*_torchrun(), str(Path(__file__).with_name("two_gradients.py"))],
        check=True,
        timeout=200,
        capture_output=True,
        text=True,
    )
    assert float(done.stdout) < 1e-9
