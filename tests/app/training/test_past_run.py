"""A run reads the same live, from its folder with the index, and without it; others are compared with it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.training.compare import Compare
from app.training.past_run import past_run
from app.training.status import RunStatus, State
from app.training.steps import AXES, DRAWN, View
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, Evaluated, Notice, RunFinished, RunStarted, StepDone, TrainEvent
from yolox_core.train.run_folder import EventLog, RunFolder

STEPS = 70


def _events(path: Path) -> Iterator[TrainEvent]:
    """Three epochs; the second is rolled back once, half way."""
    random = np.random.default_rng(1)

    def steps(epoch: int, count: int) -> Iterator[StepDone]:
        for place in range(count):
            yield StepDone(epoch, (epoch - 1) * STEPS + place + 1, *random.random(6).tolist(), 320, 4, 0.3, 0.1)

    yield RunStarted(str(path), "cpu", ("drone",), 280, 2, epochs=3, steps_per_epoch=STEPS, parameters=1)
    for epoch in (1, 2, 3):
        if epoch == 2:
            yield from steps(epoch, STEPS // 2)
            yield Notice("The loss was no longer a number.", "warning")
        yield from steps(epoch, STEPS)
        yield EpochDone(epoch, epoch * STEPS, 1.0, 30.0)
        yield Evaluated(epoch, epoch * STEPS, 0.1 * epoch, 0.2 * epoch, 0.3, {"drone": 0.4}, 2, 1.5)
    yield RunFinished("done", "", "", 0.3, 0.6, 3, 100.0)


def _write(path: Path) -> RunStatus:
    """Write a run; what the page would show while it is under way."""
    run, live = RunFolder(path), RunStatus()
    run.prepare(TrainConfig())
    with EventLog(run) as log:
        for event in _events(path):
            log.write(event)
            live.take(event)
    return live


def _numbers(status: RunStatus) -> dict[str, object]:
    names = (*AXES, *DRAWN)
    return {
        "steps": [status.steps.column(name).tolist() for name in names],
        "means": [status.steps.trace(name, View(window=10)).y.tolist() for name in DRAWN],
        "evaluations": status.evaluations,
        "state": (status.state, status.epoch, status.step, status.notices, status.best),
    }


def test_that_a_run_reads_the_same_live_and_from_its_folder(tmp_path: Path) -> None:
    live = _write(tmp_path / "run")
    indexed = past_run(tmp_path / "run")
    RunFolder(tmp_path / "run").steps.unlink()
    parsed = past_run(tmp_path / "run")
    assert _numbers(indexed) == _numbers(parsed)
    assert len(live.steps) == len(indexed.steps) == 3 * STEPS
    for mine, theirs in zip(_numbers(live)["steps"], _numbers(indexed)["steps"], strict=True):  # type: ignore[call-overload]
        np.testing.assert_allclose(mine, theirs, rtol=1e-6)
    assert _numbers(live)["state"] == _numbers(indexed)["state"]
    assert live.images_per_s == pytest.approx(indexed.images_per_s) == pytest.approx(10)


def test_that_a_killed_run_is_stopped_with_all_its_steps(tmp_path: Path) -> None:
    _write(tmp_path / "run")
    run = RunFolder(tmp_path / "run")
    lines = run.events.read_bytes().splitlines(keepends=True)
    run.events.write_bytes(b"".join(lines[:-3]) + lines[-3][:40])
    status = past_run(run.path)
    assert (status.state, len(status.steps), len(status.evaluations)) == (State.STOPPED, 3 * STEPS, 2)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    yield made
    made.stop_jobs()


@pytest.fixture
def compare(qtbot: QtBot, session: Session, tmp_path: Path) -> Compare:
    """Among the runs a, b and c."""
    made = Compare(session)
    qtbot.addWidget(made.button)
    made.button.show()
    for name in ("a", "b", "c"):
        _write(tmp_path / name)
    made.list_runs([(tmp_path / name, f"{name} · done") for name in ("c", "b", "a")])
    return made


def test_that_picked_runs_are_read_and_told_by_name(qtbot: QtBot, compare: Compare, tmp_path: Path) -> None:
    compare.show_run(tmp_path / "b")
    told: list[dict[str, RunStatus]] = []
    compare.chosen.connect(told.append)
    qtbot.mouseClick(compare.button, Qt.MouseButton.LeftButton)
    assert [item.text() for item in compare.button._items()] == ["c · done", "a · done"]
    for row in (0, 1):
        compare.button.list.item(row).setCheckState(Qt.CheckState.Checked)
    qtbot.waitUntil(lambda: bool(told) and list(told[-1]) == ["c", "a"])
    assert len(told[-1]["a"].steps) == 3 * STEPS
    compare.show_run(tmp_path / "a")
    assert list(told[-1]) == ["c"]
    compare.list_runs([])
    assert told[-1] == {}
    compare.button.popup.close()


def test_that_a_run_that_cannot_be_read_is_left_out(qtbot: QtBot, compare: Compare, tmp_path: Path) -> None:
    compare.button.open()
    (tmp_path / "c" / "events.jsonl").unlink()
    with qtbot.waitSignal(compare.failed) as failed:
        compare.button.list.item(0).setCheckState(Qt.CheckState.Checked)
    assert "no run here" in str(failed.args[0])
    compare.button.popup.close()
