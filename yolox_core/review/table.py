"""Findings and decisions as plain values and as tables for other programs."""

import csv
import io
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from yolox_core.records import Box
from yolox_core.review.records import Finding, FindingKind

if TYPE_CHECKING:
    from yolox_core.review.decisions import Decision

EDGES = ("x1", "y1", "x2", "y2")
FLAGS = ("difficult", "truncated", "occluded")
BOX_FIELDS = ("class_name", *EDGES, "key", *FLAGS, "pose")
DAMAGED = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)
"""What reading findings from a file that another hand has touched may raise."""
COLUMNS = (
    "kind",
    "image",
    "probability",
    "reason",
    *(f"{which}_{name}" for which in ("given", "proposed") for name in ("class", *EDGES)),
)


def plain_finding(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {
        "kind": finding.kind.value,
        "image": finding.image,
        "probability": finding.probability,
        "reason": finding.reason,
        "given": _plain_box(finding.given),
        "proposed": _plain_box(finding.proposed),
        "absent": finding.absent,
        "twin": _plain_box(finding.twin),
    }


def finding_of(plain: dict[str, Any]) -> Finding:
    """The finding that `plain_finding` gave. Raises one of DAMAGED where it is none."""
    return Finding(
        FindingKind(plain["kind"]),
        _text(plain["image"]),
        float(plain["probability"]),
        _text(plain["reason"]),
        _box_of(plain["given"]),
        _box_of(plain["proposed"]),
        _text(plain.get("absent", "")),
        _box_of(plain.get("twin")),
    )


def plain_decision(decision: "Decision") -> dict[str, Any]:
    """A decision as plain values."""
    return {
        "verdict": decision.verdict.value,
        "decided_at": decision.decided_at,
        "finding": plain_finding(decision.finding),
        **({"is_copy": True} if decision.is_copy else {}),
    }


def findings_csv(findings: Iterable[Finding]) -> str:
    """Findings, a row each."""
    return _table(COLUMNS, (_cells(finding) for finding in findings))


def decisions_csv(decisions: "Iterable[Decision]") -> str:
    """Decisions, a row each."""
    rows = ((one.verdict.value, one.decided_at, *_cells(one.finding)) for one in decisions)
    return _table(("verdict", "decided_at", *COLUMNS), rows)


def decisions_json(decisions: "Iterable[Decision]") -> str:
    """Decisions as an indented list."""
    return json.dumps([plain_decision(one) for one in decisions], indent=2)


def _plain_box(box: Box | None) -> dict[str, Any] | None:
    return {name: getattr(box, name) for name in BOX_FIELDS} if box is not None else None


def _box_of(plain: dict[str, Any] | None) -> Box | None:
    if plain is None:
        return None
    x1, y1, x2, y2 = (float(plain[name]) for name in EDGES)
    difficult, truncated, occluded = (bool(plain.get(name)) for name in FLAGS)
    key, pose = int(plain.get("key", 0)), _text(plain.get("pose", "Unspecified"))
    return Box(_text(plain["class_name"]), x1, y1, x2, y2, key, difficult, truncated, occluded, pose)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text.")
    return value


def _table(titles: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(titles)
    writer.writerows(rows)
    return table.getvalue()


def _cells(finding: Finding) -> tuple[object, ...]:
    values = (finding.kind.value, finding.image, f"{finding.probability:.4f}", finding.reason)
    return (*values, *_box_cells(finding.given), *_box_cells(finding.proposed))


def _box_cells(box: Box | None) -> tuple[object, ...]:
    return ("",) * 5 if box is None else (box.class_name, box.x1, box.y1, box.x2, box.y2)
