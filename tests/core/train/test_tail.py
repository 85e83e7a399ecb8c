"""A log that another process writes is followed: half lines, cut back by a resume, gone."""

from pathlib import Path

import pytest

from yolox_core.errors import FileError
from yolox_core.train.events import EpochDone, Notice, to_line
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.tail import Tail


def _write(run: RunFolder, mode: str, text: str) -> None:
    with run.events.open(mode) as file:
        file.write(text)


def test_that_a_tail_reads_each_event_once_and_waits_for_half_lines(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    first, second = to_line(Notice("one")), to_line(Notice("two"))
    _write(run, "w", f"{first}\n{second[:10]}")
    tail = Tail(run)
    news = tail.read()
    assert (news.is_anew, news.events) == (True, (Notice("one"),))
    assert tail.read().events == ()
    _write(run, "a", f"{second[10:]}\n")
    news = tail.read()
    assert (news.is_anew, news.events) == (False, (Notice("two"),))


def test_that_a_log_cut_back_is_read_anew_even_when_it_has_grown_since(tmp_path: Path) -> None:
    run = RunFolder(tmp_path)
    lines = [to_line(EpochDone(epoch, epoch, 1.0, epoch * 1.5)) + "\n" for epoch in range(1, 9)]
    _write(run, "w", "".join(lines[:4]))
    tail = Tail(run)
    assert len(tail.read().events) == 4
    again = [to_line(EpochDone(epoch, epoch, 1.0, epoch * 2.5)) + "\n" for epoch in range(3, 9)]
    run.events.unlink()
    _write(run, "w", "".join((*lines[:2], *again)))
    news = tail.read()
    assert news.is_anew
    assert [event.epoch for event in news.events if isinstance(event, EpochDone)] == list(range(1, 9))


def test_that_a_folder_without_a_log_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read"):
        Tail(RunFolder(tmp_path)).read()
