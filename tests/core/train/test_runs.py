"""Lists of runs: read from their folders, kept between looks, with notes, a trash and a table."""

import csv
import io
import os
from pathlib import Path

import pytest

from tests.core.train.run_files import make_run
from yolox_core.errors import FileError
from yolox_core.evaluate.speed import Speed, write_speed
from yolox_core.train import runs_cache
from yolox_core.train.config import TrainConfig
from yolox_core.train.runs import read_history, read_run, read_runs
from yolox_core.train.runs_cache import RunsReader
from yolox_core.train.runs_csv import runs_csv
from yolox_core.train.runs_notes import NOTES, RunNotes, read_notes, tags_of, write_notes
from yolox_core.train.runs_trash import put_aside, put_back

SPEED = Speed(1.0, 20.0, 2.0, "cpu", 416, 416, 30)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """The run folders that are read, with caches in a folder of the test's own."""
    monkeypatch.setenv("YOLOX_WORKBENCH_HOME", str(tmp_path / "home"))
    done: list[Path] = []

    def counted(path: Path) -> object:
        done.append(path)
        return read_run(path)

    monkeypatch.setattr(runs_cache, "read_run", counted)
    return done


def test_that_the_best_epoch_and_the_history_are_read(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", TrainConfig(size="s"), aps=(0.1, 0.5, 0.4))
    summary = read_run(run)
    assert (summary.state, summary.size, summary.ap, summary.best_epoch, summary.epochs_done) == (
        "done",
        "s",
        0.5,
        2,
        3,
    )
    history = read_history(run)
    assert [figures.ap for figures in history.evaluations] == [0.1, 0.5, 0.4]
    assert [epoch.total_loss for epoch in history.epochs] == [5, 2.5, 5 / 3]
    with pytest.raises(FileError):
        read_history(tmp_path / "gone")


def test_that_a_run_is_read_once_and_again_only_when_its_files_change(tmp_path: Path, reads: list[Path]) -> None:
    folder = tmp_path / "runs"
    first, second = make_run(folder / "a"), make_run(folder / "b", TrainConfig(size="tiny"), state="")
    write_notes(first, RunNotes("good", ("x",), is_favourite=True))
    write_speed(first, SPEED)
    before = RunsReader(folder).read()
    assert sorted(reads) == [first, second]
    later = RunsReader(folder)
    assert later.read() == before
    assert len(reads) == 2
    with (second / "events.jsonl").open("a") as file:
        file.write('{"event": "EpochDone", "epoch": 9, "step": 27, "total_loss": 1.0, "time_s": 1.0}\n')
    assert {summary.path: summary.epochs_done for summary in later.read()} == {first: 3, second: 9}
    assert reads[2:] == [second]
    write_notes(first, RunNotes("bad"))
    assert {summary.notes.note for summary in later.read()} == {"bad", ""}
    put_aside(second)
    assert [summary.path for summary in later.read()] == [first]


def test_that_a_silent_run_without_an_end_becomes_unfinished(tmp_path: Path, reads: list[Path]) -> None:
    run = make_run(tmp_path / "runs" / "a", state="")
    reader = RunsReader(tmp_path / "runs")
    assert [summary.state for summary in reader.read()] == ["running"]
    os.utime(run / "events.jsonl", (0, 0))
    assert [summary.state for summary in reader.read()] == ["unfinished"]


@pytest.mark.parametrize("content", ["", "[]", '{"version": 1, "runs": [[1]]}', '{"version": 1, "runs": [[[], {}]]}'])
def test_that_a_damaged_cache_is_made_anew(tmp_path: Path, reads: list[Path], content: str) -> None:
    make_run(tmp_path / "runs" / "a")
    RunsReader(tmp_path / "runs").read()
    (cache,) = (tmp_path / "home" / "cache" / "runs").iterdir()
    cache.write_text(content)
    assert len(RunsReader(tmp_path / "runs").read()) == 1
    assert len(reads) == 2


def test_that_notes_are_kept_and_odd_ones_count_as_none(tmp_path: Path) -> None:
    written = RunNotes("why not\nindeed", tags_of("small, ähm  small"), is_favourite=True)
    assert written.tags == ("small", "ähm")
    write_notes(tmp_path, written)
    assert read_notes(tmp_path) == written
    for content in ("", "[1]", '{"note": 3, "tags": "ab", "is_favourite": "yes"}'):
        (tmp_path / NOTES).write_text(content)
        assert read_notes(tmp_path) == RunNotes()


def test_that_a_run_goes_into_the_trash_and_comes_back(tmp_path: Path) -> None:
    run = make_run(tmp_path / "runs" / "a")
    trashed = put_aside(run)
    assert not run.exists()
    assert read_runs(tmp_path / "runs") == ()
    put_back(trashed)
    assert [summary.path for summary in read_runs(tmp_path / "runs")] == [run]
    trashed = put_aside(run)
    make_run(run)
    with pytest.raises(FileError):
        put_back(trashed)
    assert trashed.place.exists()


def test_that_the_table_for_other_programs_holds_notes_and_settings(tmp_path: Path) -> None:
    run = make_run(tmp_path / "a", TrainConfig(size="m", mixup_prob=0.25))
    write_notes(run, RunNotes('says "no",\nthen yes', ("a", "b")))
    write_speed(run, SPEED)
    (row,) = csv.DictReader(io.StringIO(runs_csv(read_runs(tmp_path))))
    assert (row["size"], row["mixup_prob"], row["ms_per_image"], row["tags"]) == ("m", "0.25", "23.000", "a b")
    assert row["note"] == 'says "no",\nthen yes'
