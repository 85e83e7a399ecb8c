"""What a person decided stays decided: over a restart, rounded edges and a new order of the boxes."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

from yolox_core.records import Box
from yolox_core.review.decisions import FILE_NAME, Decisions, Verdict, time_text
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.table import decisions_csv, decisions_json, finding_of, findings_csv, plain_finding

GIVEN = Box("cat", 10, 20, 110, 220, key=3)
BETTER = GIVEN.with_edges(12, 30, 130, 240)
POOR = Finding(FindingKind.POOR, "a/1", 0.8, "off, by “much”", GIVEN, BETTER)
LATER = "3000"
MISSING = Finding(FindingKind.MISSING, "a/1", 0.6, "seen", None, Box("dog", 200, 200, 260, 260))


def test_that_a_rejected_finding_never_returns(tmp_path: Path) -> None:
    Decisions(tmp_path).decide(POOR, Verdict.REJECTED)
    Decisions(tmp_path).decide(MISSING, Verdict.REJECTED)
    later = Decisions(tmp_path)
    moved = replace(GIVEN, x1=10.4, y2=220.6, key=1)
    assert later.settles(replace(POOR, given=moved, probability=0.9))
    assert later.settles(replace(POOR, kind=FindingKind.SPURIOUS, proposed=None))
    assert later.settles(replace(MISSING, proposed=Box("dog", 205, 195, 262, 258)))
    assert not later.settles(replace(POOR, image="a/2"))
    assert not later.settles(replace(POOR, given=replace(GIVEN, class_name="dog")))
    assert not later.settles(replace(POOR, given=GIVEN.with_edges(60, 20, 160, 220)))
    assert not later.settles(replace(MISSING, proposed=Box("dog", 300, 300, 360, 360)))


def test_that_an_accepted_proposal_is_settled_as_it_stands_now(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.decide(POOR, Verdict.ACCEPTED)
    decisions.decide(MISSING, Verdict.ACCEPTED)
    assert decisions.settles(Finding(FindingKind.POOR, "a/1", 0.5, "again", BETTER, GIVEN))
    assert decisions.settles(Finding(FindingKind.SPURIOUS, "a/1", 0.5, "again", MISSING.proposed))


def test_that_an_accepted_change_that_was_undone_since_is_open_again(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.decide(POOR, Verdict.ACCEPTED)
    decisions.decide(MISSING, Verdict.ACCEPTED)
    again = replace(POOR, given=replace(GIVEN, key=7), probability=0.9)
    assert decisions.settles(again)  # of a list made before: it was mended since
    assert not decisions.settles(again, read_at=LATER)  # of the labels now: the box is back
    assert not decisions.settles(replace(MISSING, probability=0.9), read_at=LATER)
    adjusted = replace(POOR, given=GIVEN.with_edges(12, 20, 110, 220))
    assert decisions.settles(adjusted, read_at=LATER)  # by hand, after it was accepted
    decisions.decide(POOR, Verdict.REJECTED)
    assert decisions.settles(again, read_at=LATER)


def test_that_skipped_and_undone_findings_stay(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.decide(POOR, Verdict.SKIPPED)
    assert not decisions.settles(POOR)
    assert decisions.verdict(POOR) is Verdict.SKIPPED
    decisions.decide(POOR, Verdict.REJECTED)
    decisions.decide(POOR, Verdict.OPEN)
    assert not Decisions(tmp_path).settles(POOR)
    assert Decisions(tmp_path).verdict(POOR) is Verdict.OPEN


def test_that_a_line_cut_short_costs_no_other(tmp_path: Path) -> None:
    Decisions(tmp_path).decide(POOR, Verdict.REJECTED)
    with (tmp_path / FILE_NAME).open("a") as file:
        file.write('{"verdict": "rejec')
    Decisions(tmp_path).decide(MISSING, Verdict.REJECTED)
    later = Decisions(tmp_path)
    assert later.settles(POOR)
    assert later.settles(MISSING)


def test_that_a_finding_is_read_as_it_was_written() -> None:
    twins = Finding(FindingKind.DUPLICATE, "a/1", 0.7, "twice", replace(GIVEN, difficult=True), twin=BETTER)
    absent = Finding(FindingKind.MISSING, "a/1", 0.8, "no cat", absent="cat")
    for finding in (POOR, MISSING, twins, absent):
        assert finding_of(json.loads(json.dumps(plain_finding(finding)))) == finding


def test_that_decisions_go_out_as_tables_and_json(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.decide(POOR, Verdict.ACCEPTED)
    decisions.decide(MISSING, Verdict.REJECTED)
    rows = list(csv.DictReader(io.StringIO(decisions_csv(decisions))))
    assert [(row["verdict"], row["kind"], row["given_class"], row["proposed_x2"]) for row in rows] == [
        ("accepted", "poor", "cat", "130"),
        ("rejected", "missing", "", "260"),
    ]
    assert rows[0]["reason"] == POOR.reason
    assert json.loads(decisions_json(decisions))[1]["finding"]["proposed"]["class_name"] == "dog"
    assert len(list(csv.DictReader(io.StringIO(findings_csv([POOR, MISSING]))))) == 2


def test_that_a_doubt_about_twins_is_about_both_boxes_and_no_other_doubt_is(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    twin = GIVEN.with_edges(14, 25, 112, 222)
    doubled = Finding(FindingKind.DUPLICATE, "a/1", 0.9, "twice", twin)
    decisions.decide(POOR, Verdict.REJECTED)
    assert not decisions.settles(doubled)  # the one box is right; that there is another one is not
    assert decisions.settles(replace(doubled, given=GIVEN))
    decisions.decide(doubled, Verdict.REJECTED)
    assert decisions.settles(replace(doubled, given=GIVEN.with_edges(13, 24, 111, 221)))
    assert decisions.verdict(POOR) is Verdict.REJECTED


def test_that_absent_classes_are_settled_each_by_itself(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    absent = Finding(FindingKind.MISSING, "a/1", 0.8, "no cat", absent="cat")
    decisions.decide(absent, Verdict.REJECTED)
    later = Decisions(tmp_path)
    assert later.settles(replace(absent, reason="no cat; the median image has 9"))
    assert not later.settles(replace(absent, absent="dog"))


def test_that_verdicts_hold_for_a_class_under_its_new_name_and_count_once(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    decisions.decide(POOR, Verdict.REJECTED)
    decisions.decide(MISSING, Verdict.ACCEPTED)
    decisions.rename({"cat": "feline", "dog": None})
    later = Decisions(tmp_path)
    assert later.settles(replace(POOR, given=replace(GIVEN, class_name="feline")))
    assert later.settles(POOR)  # the change may be undone
    assert {one.finding for one in later} == {POOR, MISSING}
    later.rename({"feline": "cat"})
    assert {one.finding for one in Decisions(tmp_path)} == {POOR, MISSING}


def test_that_merging_classes_takes_no_verdict_away(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    lynx = replace(POOR, given=replace(GIVEN, class_name="lynx"))
    decisions.decide(POOR, Verdict.REJECTED)
    decisions.decide(lynx, Verdict.ACCEPTED)
    decisions.rename({"lynx": "cat"})
    assert [one.verdict for one in Decisions(tmp_path)] == [Verdict.REJECTED, Verdict.ACCEPTED]
    assert Decisions(tmp_path).verdict(POOR) is Verdict.REJECTED


def test_that_a_change_accepted_after_the_labels_were_read_is_settled(tmp_path: Path) -> None:
    before, decisions = time_text(), Decisions(tmp_path)
    decisions.decide(POOR, Verdict.ACCEPTED)
    assert decisions.settles(POOR, read_at=before)  # the search could not see the change
    assert not decisions.settles(POOR, read_at=LATER)  # it was undone


def test_that_a_small_change_that_was_undone_is_open_again(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path)
    small = replace(POOR, proposed=GIVEN.with_edges(12, 20, 113, 222))  # hardly another place
    decisions.decide(small, Verdict.ACCEPTED)
    assert not decisions.settles(small, read_at=LATER)
    assert decisions.settles(replace(small, given=small.proposed), read_at=LATER)


def test_that_names_that_are_no_text_are_kept(tmp_path: Path) -> None:
    odd = replace(POOR, image="caf\udce9")  # a file name in Latin-1
    Decisions(tmp_path).decide(odd, Verdict.REJECTED)
    decisions = Decisions(tmp_path)
    assert decisions.settles(odd)
    assert json.loads(decisions_json(decisions))[0]["finding"]["image"] == odd.image


def test_that_lines_of_another_hand_cost_nothing(tmp_path: Path) -> None:
    Decisions(tmp_path).decide(POOR, Verdict.REJECTED)
    line = (tmp_path / FILE_NAME).read_text()
    odd = [
        line.replace('"probability": 0.8', '"probability": "high"'),
        line.replace('"x1": 10', '"x1": [10]'),
        line.replace('"image": "a/1"', '"image": 3'),
        line.replace('"y1": 20', '"y1": 1' + "0" * 400),
        "[" * 100_000,
        "7",
    ]
    (tmp_path / FILE_NAME).write_text("\n".join(part.strip() for part in (*odd, line)))
    assert [one.finding for one in Decisions(tmp_path)] == [POOR]
