"""Findings and decisions as plain values and as tables for other programs."""

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from yolox_core.records import Box
from yolox_core.review.records import Finding, FindingKind

if TYPE_CHECKING:
    from yolox_core.review.decisions import Decision

EDGES = ("x1", "y1", "x2", "y2")
COLUMNS = (
    "kind",
    "image",
    "probability",
    "reason",
    *(f"{which}_{name}" for which in ("given", "proposed") for name in ("class", *EDGES)),
)


def plain_finding(finding: Finding) -> dict[str, Any]:
    """A finding as plain values."""
    return {**asdict(finding), "kind": finding.kind.value}


def finding_of(plain: dict[str, Any]) -> Finding:
    """The finding that `plain_finding` gave. Raises KeyError, TypeError or ValueError where it is none."""
    boxes = {name: Box(**plain[name]) if plain[name] else None for name in ("given", "proposed")}
    return Finding(**{**plain, **boxes, "kind": FindingKind(plain["kind"])})


def plain_decision(decision: "Decision") -> dict[str, Any]:
    """A decision as plain values."""
    return {
        "verdict": decision.verdict.value,
        "decided_at": decision.decided_at,
        "finding": plain_finding(decision.finding),
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
    return json.dumps([plain_decision(one) for one in decisions], ensure_ascii=False, indent=2)


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
