"""A log reads the same with its index, without it, and with one that is torn, stale or of another log."""

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import numpy as np
import pytest

from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, EvalProgress, Evaluated, RunStarted, StepDone, TrainEvent
from yolox_core.train.run_folder import EventLog, RunFolder, read_events, read_log
from yolox_core.train.step_index import HEADER, ROW

STARTED = RunStarted("runs/a", "cpu", ("drone",), 8, 2, epochs=3, steps_per_epoch=4, parameters=1)


def _step(epoch: int, step: int) -> StepDone:
    return StepDone(epoch, step, 10 / step, 1.1, 2.2, 3.3, 0.0, 0.01 / step, 320, 4, step_time_s=1.5, load_time_s=0.5)


def _epoch(epoch: int) -> list[TrainEvent]:
    steps: list[TrainEvent] = [_step(epoch, 4 * (epoch - 1) + place) for place in range(1, 5)]
    figures = Evaluated(epoch, 4 * epoch, 0.1, 0.2, 0.3, {"dröne": 0.4}, 2, 1.5)
    return [*steps, EpochDone(epoch, 4 * epoch, 3.0, 8.0), EvalProgress(epoch, 1, 2), figures]


EVENTS = [STARTED, *_epoch(1), *_epoch(2), *_epoch(3)]


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    made = RunFolder(tmp_path / "run")
    made.prepare(TrainConfig())
    _write(made, EVENTS)
    return made


def _write(run: RunFolder, events: list[TrainEvent]) -> None:
    with EventLog(run) as log:
        for event in events:
            log.write(event)


def _told(run: RunFolder) -> list[object]:
    """What the log tells, each step as the tuple of its numbers in float32."""
    told: list[object] = []
    for record in read_log(run):
        if isinstance(record, np.ndarray):
            told += [tuple(row) for row in record.tolist()]
        else:
            told.append(_plain(record))
    return told


def _plain(event: TrainEvent) -> object:
    return tuple(np.array(astuple(event), np.float32).tolist()) if isinstance(event, StepDone) else event


def _log_tells(run: RunFolder) -> list[object]:
    return [_plain(event) for event in read_events(run) if not isinstance(event, EvalProgress)]


def _unlink(run: RunFolder) -> None:
    run.steps.unlink()


def _tear(run: RunFolder) -> None:
    run.steps.write_bytes(run.steps.read_bytes()[: -3 * ROW.itemsize - 7])


def _empty(run: RunFolder) -> None:
    run.steps.write_bytes(b"")


def _other_version(run: RunFolder) -> None:
    run.steps.write_bytes(run.steps.read_bytes().replace(b'"version": 1', b'"version": 2'))


def _other_log(run: RunFolder) -> None:
    run.events.write_bytes(run.events.read_bytes().replace(b"2.2", b"2.3"))


def _shortened_log(run: RunFolder) -> None:
    run.events.write_bytes(b"".join(run.events.read_bytes().splitlines(keepends=True)[:7]))


def _torn_log(run: RunFolder) -> None:
    run.events.write_bytes(run.events.read_bytes()[:1500])


DAMAGES = [_unlink, _tear, _empty, _other_version, _other_log, _shortened_log, _torn_log]


def test_that_a_whole_index_serves_every_step(run: RunFolder) -> None:
    assert _told(run) == _log_tells(run)
    assert len(_told(run)) == len(EVENTS) - 3
    assert (run.steps.stat().st_size - len(HEADER)) / ROW.itemsize == 12


@pytest.mark.parametrize("damage", DAMAGES)
def test_that_a_damaged_index_changes_nothing_of_what_is_read(
    run: RunFolder, damage: Callable[[RunFolder], None]
) -> None:
    damage(run)
    assert _told(run) == _log_tells(run)


@pytest.mark.parametrize("damage", DAMAGES[:4])
def test_that_the_writer_mends_the_index(run: RunFolder, damage: Callable[[RunFolder], None]) -> None:
    whole = run.steps.read_bytes()
    damage(run)
    _write(run, [])
    assert run.steps.read_bytes() == whole


def test_that_a_reader_makes_a_missing_index(run: RunFolder) -> None:
    whole = run.steps.read_bytes()
    run.steps.unlink()
    list(read_log(run))
    assert run.steps.read_bytes() == whole


def test_that_a_resumed_run_reads_right(run: RunFolder) -> None:
    run.cut_back(epochs=2, steps=8)
    _write(run, _epoch(3))
    assert _told(run) == _log_tells(run)
    assert len(_told(run)) == len(EVENTS) - 3


def test_that_readers_see_what_is_written_so_far(run: RunFolder) -> None:
    with EventLog(run) as log:
        for step in range(13, 20):
            log.write(_step(4, step))
            readers = [read_log(run), read_log(run)]
            assert [len(list(reader)) for reader in readers] == [len(list(read_log(run)))] * 2
            assert _told(run)[-1] == _plain(_step(4, step))


def test_that_absurd_numbers_are_passed_over_or_infinite(run: RunFolder) -> None:
    lines = run.events.read_text().splitlines()
    lines[1] = lines[1].replace('"total_loss": 10.0', '"total_loss": 1e300')
    lines[2] = lines[2].replace('"step": 2', f'"step": 1{"0" * 400}')
    run.events.write_text("\n".join(lines) + "\n")
    steps = [record for record in read_log(run) if isinstance(record, np.ndarray)]
    assert steps[0][0, 2] == np.inf
    assert sum(len(piece) for piece in steps) == 11
