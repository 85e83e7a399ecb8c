"""The rounds of label -> train -> look again on one data set: each search begins one, and verdicts fall into it.

Kept in the user's data folder by the place of the data set, a line each; without a place to write, nothing is kept.
"""

import hashlib
import json
import os
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from yolox_core.errors import FileError
from yolox_core.files import make_folder
from yolox_core.review.decisions import Decision, Verdict, time_text
from yolox_core.review.table import DAMAGED
from yolox_core.train.runs import read_history
from yolox_core.user_folders import data_folder


@dataclass(frozen=True, slots=True)
class Round:
    """One search: when (ISO 8601, UTC), who judged, how many likely findings, and the network's AP on its validation
    split as that was labelled then (0..1; None where it is not known)."""

    began_at: str
    judge: str
    findings: int
    ap: float | None = None


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """A round, and the verdicts given in it."""

    round: Round
    accepted: int
    rejected: int


def begin_round(root: Path, judge: str, *, findings: int, ap: float | None) -> None:
    """Note that a search of the data set at `root` has ended."""
    one = Round(time_text(), judge, findings, ap)
    path = _path(root)
    with suppress(FileError, OSError):
        make_folder(path.parent)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(one)) + "\n")


def rounds_of(root: Path, decisions: Iterable[Decision]) -> tuple[RoundFigures, ...]:
    """The rounds so far, each with the verdicts between its search and the next."""
    rounds = _read(_path(root))
    counts = [{Verdict.ACCEPTED: 0, Verdict.REJECTED: 0} for _ in rounds]
    begins = [one.began_at for one in rounds]
    for decision in decisions:
        place = bisect_right(begins, decision.decided_at) - 1
        if place >= 0 and decision.is_settled:
            counts[place][decision.verdict] += 1
    return tuple(
        RoundFigures(one, count[Verdict.ACCEPTED], count[Verdict.REJECTED])
        for one, count in zip(rounds, counts, strict=True)
    )


def ap_of(weights: Path | None) -> float | None:
    """AP of a run's best or latest weights as its evaluation told; None for other files and runs never measured."""
    if weights is None:
        return None
    try:
        told = read_history(weights.parent).evaluations
    except FileError:
        return None
    if not told:
        return None
    return max(one.ap for one in told) if weights.name == "best.pth" else told[-1].ap


def _read(path: Path) -> Sequence[Round]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    rounds = []
    for line in lines:
        with suppress(*DAMAGED):
            row = json.loads(line)
            ap = row.get("ap")
            told = str(row["began_at"]), str(row["judge"]), int(row["findings"])
            rounds.append(Round(*told, None if ap is None else float(ap)))
    return sorted(rounds, key=lambda one: one.began_at)


def _path(root: Path) -> Path:
    return data_folder() / "reviews" / f"{hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24]}.jsonl"
