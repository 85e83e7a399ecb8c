"""What people decided about findings: kept beside the data set, a line each, so that a settled one never comes back.

A box is known again by its image, its class and its place, not by its number or by exact edges: label files may be
written anew, sorted or rounded in between. The last line about a box counts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path

from yolox_core.errors import FileError
from yolox_core.records import Box
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.table import DAMAGED, finding_of, plain_decision

FILE_NAME = "review-decisions.jsonl"
SAME_BOX, SAME_PLACE = 0.85, 0.5  # IoU of a given box with itself later; of two proposals for one missing object
ROUNDED = 0.5  # px: how far an edge is moved where label files hold whole numbers
EXACT = 1.1  # an IoU that no pair has: only edges within a pixel make two boxes the same


class Verdict(Enum):
    """What was done with a finding; OPEN takes an earlier verdict back."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SKIPPED = "skipped"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Decision:
    """One verdict: on which finding, and when (ISO 8601, UTC).

    `is_copy` says that a person gave it while the class had another name.
    """

    verdict: Verdict
    finding: Finding
    decided_at: str = ""
    is_copy: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether the finding is done with."""
        return self.verdict in (Verdict.ACCEPTED, Verdict.REJECTED)


class Decisions:
    """The decisions on the findings of one data set. One thread uses it at a time."""

    def __init__(self, root: Path) -> None:
        """Read what was decided about the data set at `root`; lines that make no sense are passed over."""
        self.path = root / FILE_NAME
        self._by_image: dict[str, list[Decision]] = {}
        for decision in _read(self.path):
            self._take(decision)

    def __iter__(self) -> Iterator[Decision]:
        """The decisions that count, by image, as they were given."""
        return (decision for decision in self._all() if not decision.is_copy)

    def decide(self, finding: Finding, verdict: Verdict) -> None:
        """Note a verdict and keep it. Raises FileError where the folder cannot be written; nothing counts then."""
        self.decide_all((finding,), verdict)

    def decide_all(self, findings: Iterable[Finding], verdict: Verdict) -> None:
        """The same verdict on many, in one write."""
        self.decide_each((finding, verdict) for finding in findings)

    def decide_each(self, verdicts: Iterable[tuple[Finding, Verdict]]) -> None:
        """A verdict on each, in one write: all of them are kept or none. Raises FileError as `decide`."""
        now = time_text()
        self._add([Decision(verdict, finding, now) for finding, verdict in verdicts])

    def rename(self, changes: Mapping[str, str | None]) -> None:
        """Let what was decided hold for classes that got another name, too. Raises FileError as `decide`."""
        renamed = [
            replace(one, finding=finding, is_copy=True)
            for one in self._all()
            if one.is_settled and (finding := _renamed(one.finding, changes)) != one.finding
        ]
        if renamed:
            self._add(renamed)

    def verdict(self, finding: Finding) -> Verdict:
        """What was decided about this very finding; OPEN where nothing was."""
        same = [one for one in self._by_image.get(finding.image, ()) if _is_same(one.finding, finding)]
        exact = [one for one in same if _is_exactly(one.finding, finding)]
        return (exact or same)[-1].verdict if same else Verdict.OPEN

    def settles(self, finding: Finding, *, read_at: str = "") -> bool:
        """Whether a person has settled the box: a label found right stays right, an accepted proposal too.

        `read_at` is the time (as of `time_text`) at which the labels were read that the finding is of: a change that
        was accepted before, and is undone in these labels, so that the very box given is back, or the object missing
        again, settles nothing. Nor does a box deleted before: what stands there now is another one.
        """
        for decision in self._by_image.get(finding.image, ()):
            if not decision.is_settled:
                continue
            known, is_accepted = decision.finding, decision.verdict is Verdict.ACCEPTED
            was_deleted = known.given is not None and known.proposed is None
            if is_accepted and decision.decided_at < read_at and (was_deleted or _is_back(known, finding)):
                continue
            is_of_twins = finding.kind is FindingKind.DUPLICATE and known.kind is not FindingKind.DUPLICATE
            if is_accepted and not is_of_twins and is_same_place(finding.given, known.proposed):
                return True
            if _is_same(known, finding):
                return True
        return False

    def _all(self) -> Iterator[Decision]:
        return (decision for decisions in self._by_image.values() for decision in decisions)

    def _add(self, decisions: Iterable[Decision]) -> None:
        decisions = tuple(decisions)
        lines = "".join(json.dumps(plain_decision(one)) + "\n" for one in decisions)
        try:
            with self.path.open("a+b") as file:
                file.write((_missing_end(self.path) + lines).encode())
        except OSError as error:
            raise FileError(
                f"The decision cannot be kept ({error.strerror or error}).",
                where=self.path,
                action="Check who may write there.",
            ) from error
        for decision in decisions:
            self._take(decision)

    def _take(self, decision: Decision) -> None:
        known = self._by_image.setdefault(decision.finding.image, [])
        if decision.is_copy and any(not one.is_copy and _is_same(one.finding, decision.finding) for one in known):
            return  # what a person said of this very class counts more
        is_replaced = _is_same if decision.is_settled else _is_exactly
        known[:] = [one for one in known if not is_replaced(one.finding, decision.finding)]
        if decision.verdict is not Verdict.OPEN:
            known.append(decision)


def time_text() -> str:
    """Now, as decisions keep it: ISO 8601, UTC; later times come later in the alphabet, too."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _is_same(known: Finding, finding: Finding) -> bool:
    """Whether two findings of an image are about the same box, or the same missing one.

    A doubt that a box is there twice is also about its twin in nearly the same place, which the other kinds are not.
    """
    if known.given is not None and finding.given is not None:
        is_of_twins = (known.kind is FindingKind.DUPLICATE) != (finding.kind is FindingKind.DUPLICATE)
        return is_same_place(known.given, finding.given, EXACT if is_of_twins else SAME_BOX)
    if known.given is not None or finding.given is not None:
        return False
    if known.proposed is None or finding.proposed is None:
        return known.proposed is finding.proposed and known.absent == finding.absent
    return is_same_place(known.proposed, finding.proposed, SAME_PLACE)


def _is_exactly(known: Finding, finding: Finding) -> bool:
    """Whether two findings of an image are about the very same box, be it nearly where another one is."""
    if not _is_same(known, finding) or known.box is None or finding.box is None:
        return _is_same(known, finding)
    return _farthest(known.box, finding.box) <= ROUNDED


def _renamed(finding: Finding, changes: Mapping[str, str | None]) -> Finding:
    """The finding with classes under their new names; boxes of a class that was deleted (no name) stay as they are."""

    def name(old: str) -> str:
        return changes.get(old) or old

    given, proposed, twin = (
        box and replace(box, class_name=name(box.class_name)) for box in (finding.given, finding.proposed, finding.twin)
    )
    return replace(finding, given=given, proposed=proposed, absent=name(finding.absent), twin=twin)


def _is_back(known: Finding, finding: Finding) -> bool:
    """Whether an accepted change is not to be seen in labels of which `finding` is."""
    if known.given is None or finding.given is None or known.given.class_name != finding.given.class_name:
        return known.given is finding.given
    return _farthest(known.given, finding.given) <= ROUNDED


def is_same_place(one: Box | None, other: Box | None, least: float = SAME_BOX) -> bool:
    """Whether two boxes are of one class and lie in one place: within a pixel, or with at least so much IoU."""
    if one is None or other is None or one.class_name != other.class_name:
        return False
    return _farthest(one, other) <= 1 or _iou(one, other) >= least


def _farthest(one: Box, other: Box) -> float:
    """How far the edges lie apart at most, in pixels."""
    return max(abs(one.x1 - other.x1), abs(one.y1 - other.y1), abs(one.x2 - other.x2), abs(one.y2 - other.y2))


def _iou(one: Box, other: Box) -> float:
    width = min(one.x2, other.x2) - max(one.x1, other.x1)
    height = min(one.y2, other.y2) - max(one.y1, other.y1)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one.width * one.height + other.width * other.height - shared)


def _read(path: Path) -> Iterator[Decision]:
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            row = json.loads(line)
            finding, is_copy = finding_of(row["finding"]), bool(row.get("is_copy"))
            yield Decision(Verdict(row["verdict"]), finding, str(row["decided_at"]), is_copy)
        except DAMAGED:
            continue


def _missing_end(path: Path) -> str:
    """A line end where the last line was cut short by a crash."""
    with path.open("rb") as file:
        file.seek(0, 2)
        if not file.tell():
            return ""
        file.seek(-1, 2)
        return "" if file.read(1) == b"\n" else "\n"
