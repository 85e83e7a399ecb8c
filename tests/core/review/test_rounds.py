"""The rounds of a review: verdicts fall into the round of the search before them, AP is that of the run's weights."""

from dataclasses import replace
from pathlib import Path

import pytest

from yolox_core.records import Box
from yolox_core.review import rounds
from yolox_core.review.decisions import Decision, Verdict
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.rounds import ap_of, begin_round, rounds_of
from yolox_core.train.events import Evaluated, to_line

FINDING = Finding(FindingKind.SPURIOUS, "a", 0.5, "Hm.", Box("drone", 1, 2, 3, 4))


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YOLOX_WORKBENCH_HOME", str(tmp_path / "home"))
    return tmp_path / "set"


def decided(at: str, verdict: Verdict) -> Decision:
    return Decision(verdict, replace(FINDING, image=at), at)


def test_that_verdicts_belong_to_the_search_before_them(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert rounds_of(root, ()) == ()
    for hour, judge, ap in ((10, "first.pth", 0.5), (12, "second.pth", 0.6)):
        monkeypatch.setattr(rounds, "time_text", lambda hour=hour: f"2026-11-24T{hour}:00:00.000+00:00")
        begin_round(root, judge, findings=7, ap=ap)
    found = rounds_of(
        root,
        [
            decided("2026-11-24T09:00:00+00:00", Verdict.ACCEPTED),  # before any search
            decided("2026-11-24T10:00:00.000+00:00", Verdict.ACCEPTED),
            decided("2026-11-24T11:59:59+00:00", Verdict.REJECTED),
            decided("2026-11-24T11:00:00+00:00", Verdict.SKIPPED),
            decided("2026-11-24T13:00:00+00:00", Verdict.ACCEPTED),
        ],
    )
    assert [(one.round.judge, one.round.ap, one.accepted, one.rejected) for one in found] == [
        ("first.pth", 0.5, 1, 1),
        ("second.pth", 0.6, 1, 0),
    ]


def test_that_ap_is_that_of_the_best_or_of_the_latest_epoch(tmp_path: Path) -> None:
    told = [Evaluated(epoch, epoch, ap, 0.0, 0.0, {}, 1, 0.0) for epoch, ap in ((1, 0.3), (2, 0.5), (3, 0.4))]
    tmp_path.joinpath("events.jsonl").write_text("\n".join(map(to_line, told)) + "\n")
    assert ap_of(tmp_path / "best.pth") == 0.5
    assert ap_of(tmp_path / "last.pth") == 0.4
    assert ap_of(tmp_path / "elsewhere" / "nano.pth") is None
    assert ap_of(None) is None


def test_that_a_place_that_cannot_be_written_or_read_is_done_without(root: Path, tmp_path: Path) -> None:
    begin_round(root, "nano.pth", findings=1, ap=None)
    [path] = (tmp_path / "home" / "data" / "reviews").iterdir()
    path.write_text(path.read_text() + "{half a li\n[]\n")
    assert len(rounds_of(root, ())) == 1
    path.unlink()
    path.mkdir()
    begin_round(root, "nano.pth", findings=1, ap=None)
    assert rounds_of(root, ()) == ()
