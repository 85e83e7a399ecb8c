"""Events survive the way to disk and back, and damaged lines are passed over."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from yolox_core.errors import FileError, ValueOutOfRange
from yolox_core.fields import specs
from yolox_core.train.config import SIZES, TrainConfig, recipe
from yolox_core.train.events import EpochDone, Evaluated, RunStarted, TrainEvent, from_line, to_line
from yolox_core.train.run_folder import EventLog, RunFolder, read_events

EVENTS: list[TrainEvent] = [
    RunStarted("runs/a", "cpu", ("drone", "bird"), 10, 2, 3, 5, 912_000, config={"size": "nano"}),
    Evaluated(1, 5, 0.1, 0.2, 0.3, {"drone": 0.4}, 2, 1.5),
    EpochDone(1, 5, 3.25, 2.0),
]


def test_that_events_come_back_equal() -> None:
    assert [from_line(to_line(event)) for event in EVENTS] == EVENTS


@pytest.mark.parametrize("line", ["", "{", '{"event": "Later", "x": 1}', "[1]", '{"event": "EpochDone"}', "null"])
def test_that_damaged_or_later_lines_give_nothing(line: str) -> None:
    assert from_line(line) is None


def test_that_a_log_cut_short_by_a_kill_gives_its_whole_lines(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.prepare(TrainConfig())
    with EventLog(run) as log:
        for event in EVENTS:
            log.write(event)
    run.events.write_bytes(run.events.read_bytes()[:-10])
    assert list(read_events(run)) == EVENTS[:-1]
    assert TrainConfig.from_dict(json.loads(run.config.read_text())) == TrainConfig()


def test_that_a_run_folder_is_never_used_twice(tmp_path: Path) -> None:
    run = RunFolder(tmp_path / "run")
    run.prepare(TrainConfig())
    run.events.touch()
    with pytest.raises(FileError, match="holds a run already"):
        run.prepare(TrainConfig())
    with pytest.raises(FileError, match="no run here"):
        list(read_events(RunFolder(tmp_path / "none")))


def _bad_values() -> list[tuple[str, object]]:
    """For every field: values beside its range, of another type, and not a number."""
    bad: list[tuple[str, object]] = [("image_size", 333)]
    for name, (known, spec) in specs(TrainConfig).items():
        bad += [(name, None), (name, [])]
        bad += [(name, 1)] if isinstance(known.default, str | bool) else [(name, "ten"), (name, True)]
        bad += [(name, "no such choice")] if spec.choices else []
        bad += [(name, spec.minimum - 1), (name, float("nan"))] if spec.minimum is not None else []
        bad += [(name, spec.maximum + 1)] if spec.maximum is not None else []
        bad += [(name, 2.5)] if type(known.default) is int else []
    return bad


@pytest.mark.parametrize(("field", "value"), _bad_values())
def test_that_a_value_out_of_range_is_named(field: str, value: object) -> None:
    with pytest.raises(ValueOutOfRange, match=f"{field} must be") as caught:
        replace(TrainConfig(), **{field: value}).checked()
    assert caught.value.field == field


def test_that_every_number_of_the_settings_has_a_range() -> None:
    for name, (known, spec) in specs(TrainConfig).items():
        if type(known.default) in (int, float):
            assert spec.minimum is not None, name
            assert spec.maximum is not None, name


def test_that_every_recipe_is_within_its_ranges() -> None:
    for size in SIZES:
        assert recipe(size).checked().size == size
