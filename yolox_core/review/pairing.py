"""A box without size and an object without a box are often one fault: then the object is what the box should hold."""

from collections.abc import Sequence
from dataclasses import replace

from yolox_core.records import Box
from yolox_core.review.records import Finding, FindingKind

LEAST_PROBABILITY = 0.1  # of a missing object that stands alone in its image, away from the box


def paired(impossible: Sequence[Finding], others: Sequence[Finding]) -> list[Finding]:
    """Both kinds of findings, a box to be deleted being moved to the missing object of its class where there is one."""
    missing: dict[str, list[Finding]] = {}
    for finding in others:
        if finding.kind is FindingKind.MISSING:
            missing.setdefault(finding.image, []).append(finding)
    result: list[Finding] = []
    used: set[int] = set()
    for finding in impossible:
        free = [one for one in missing.get(finding.image, ()) if id(one) not in used]
        match = None if finding.proposed else _object_of(finding.given, free)
        if match is None or finding.given is None or match.proposed is None:
            result.append(finding)
            continue
        used.add(id(match))
        edges = match.proposed.x1, match.proposed.y1, match.proposed.x2, match.proposed.y2
        proposed = finding.given.with_edges(*edges)
        reason = f"{finding.reason} {match.reason}"
        result.append(replace(finding, kind=FindingKind.POOR, reason=reason, proposed=proposed))
    return result + [finding for finding in others if id(finding) not in used]


def _object_of(given: Box | None, missing: Sequence[Finding]) -> Finding | None:
    """The missing object of the class around the middle of a box, else the only likely one in the image."""
    alike = [one for one in missing if given and one.proposed and one.proposed.class_name == given.class_name]
    around = [one for one in alike if _holds_middle(one.proposed, given)]
    if around:
        return max(around, key=lambda one: one.probability)
    likely = [one for one in alike if one.probability >= LEAST_PROBABILITY]
    return likely[0] if len(likely) == 1 else None


def _holds_middle(box: Box | None, other: Box | None) -> bool:
    if box is None or other is None:
        return False
    x, y = (other.x1 + other.x2) / 2, (other.y1 + other.y2) / 2
    return box.x1 <= x <= box.x2 and box.y1 <= y <= box.y2
