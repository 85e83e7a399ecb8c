"""Two processes under `torchrun` are one run: same losses, gradients, figures; one that dies is started again."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from yolox_core.train.events import Evaluated, RunFinished, RunStarted, StepDone
from yolox_core.train.pictures import read_pictures
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
    names = [[result.image for result in read_pictures(RunFolder(run), 1).results] for run in (one, two)]
    assert names[0] == names[1] == ["JPEGImages/8.jpg", "JPEGImages/9.jpg"]


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


def test_that_a_killed_process_is_started_again_and_the_run_goes_on(squares: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    command = [*_torchrun("--max-restarts", "2"), *_command(squares, run, "--epochs", "8")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as agent:
        killed = _kill_one_worker(agent.pid, run / "last.pth")
        assert agent.stderr is not None
        said = agent.stderr.read()
        assert agent.wait(timeout=200) == 0, said[-3000:]
    assert killed
    events = list(read_events(RunFolder(run)))
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].state, events[-1].epochs) == ("done", 8)
    assert len([event for event in events if isinstance(event, RunStarted)]) == 2
    steps = [event.step for event in events if isinstance(event, StepDone)]
    assert steps == list(range(1, 17))


def _kill_one_worker(agent: int, checkpoint: Path) -> int:
    """Kill the second process once a checkpoint is there; its number."""
    ended = time.monotonic() + 120
    while time.monotonic() < ended:
        if checkpoint.exists():
            for path in Path("/proc").glob("[0-9]*/stat"):
                parent = int(re.sub(r"^\d+ \(.*\) \w ", "", path.read_text()).split()[0])
                environment = (path.parent / "environ").read_bytes() if parent == agent else b""
                if b"\0LOCAL_RANK=1\0" in environment:
                    os.kill(int(path.parent.name), signal.SIGKILL)
                    return int(path.parent.name)
        time.sleep(0.05)  # another process: there is no signal to wait for
    return 0
