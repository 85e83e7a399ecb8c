"""How well ranked findings point at planted errors: an error counts for the first finding that points at it.

Every other finding is a false hit, natural errors included.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from yolox_core.ops.edges import pairwise_iou
from yolox_core.review.corrupted import PlantedError
from yolox_core.review.images import edges_of
from yolox_core.review.records import Finding, FindingKind

SAME_OBJECT = 0.5
FIXED_SHARE = 0.8


@dataclass(frozen=True)
class Verdicts:
    """Figures of one method on one data set.

    `ap` by kind and `queue_ap` over all, where a hit is any finding on the box in question, and `strict_ap`, where it
    must name the kind. `decisions` until 80 % of the errors are met, as a share of those of a full review: one for each
    box, is it right, and one for each image, is anything missing. `fixed` is the share of errors met in the queue down
    to p = .3 whose proposed change is right, `iou_before` and `iou_after` the mean IoU with the true box of the poor
    boxes among these.
    """

    ap: dict[FindingKind, float]
    queue_ap: float
    strict_ap: float
    decisions: float
    fixed: float
    iou_before: float
    iou_after: float

    @property
    def mean_ap(self) -> float:
        """Mean of the kinds that were planted."""
        return float(np.mean(list(self.ap.values())))


def judge(findings: Sequence[Finding], errors: Sequence[PlantedError], full_review: int) -> Verdicts:
    """The figures of findings in any order; a full review of the corrupted data set takes so many decisions."""
    ranked = sorted(findings, key=lambda finding: -finding.probability)
    by_image: dict[str, list[PlantedError]] = {}
    for error in errors:
        by_image.setdefault(error.image, []).append(error)
    kinds = sorted({error.kind for error in errors}, key=lambda kind: list(FindingKind).index(kind))
    ap = {}
    for kind in kinds:
        of_kind = {name: [error for error in found if error.kind is kind] for name, found in by_image.items()}
        met = _met([finding for finding in ranked if finding.kind is kind], of_kind)
        ap[kind] = average_precision([error is not None for error in met], sum(error.kind is kind for error in errors))
    ranked = _one_a_box(ranked)
    met = _met(ranked, by_image)
    hits = [error is not None for error in met]
    strict = [error is not None and error.kind is one.kind for error, one in zip(met, ranked, strict=True)]
    shown = [(one, error) for one, error in zip(ranked, met, strict=True) if error and one.probability >= 0.3]
    poor = [(one, error) for one, error in shown if error.kind is one.kind is FindingKind.POOR and one.proposed]
    return Verdicts(
        ap,
        average_precision(hits, len(errors)),
        average_precision(strict, len(errors)),
        _decisions(hits, len(errors), full_review) / full_review,
        float(np.mean([is_right(one, error) for one, error in shown])) if shown else 0.0,
        float(np.mean([_iou(error.now, error.before) for _, error in poor])) if poor else 0.0,
        float(np.mean([_iou(one.proposed, error.before) for one, error in poor])) if poor else 0.0,
    )


def average_precision(hits: Sequence[bool], total: int) -> float:
    """Mean precision at each hit of a ranked list, over the `total` that there was to be found."""
    found = np.array(hits, bool)
    precision = np.cumsum(found) / np.arange(1, len(found) + 1)
    return float((precision * found).sum() / max(total, 1))


def is_right(finding: Finding, error: PlantedError) -> bool:
    """Whether taking the proposed change undoes the error."""
    if error.kind in (FindingKind.SPURIOUS, FindingKind.DUPLICATE):
        return finding.given is not None and finding.proposed is None
    if finding.proposed is None or error.before is None or finding.proposed.class_name != error.before.class_name:
        return False
    if error.kind is FindingKind.POOR:
        return _iou(finding.proposed, error.before) > _iou(error.now, error.before)
    return _iou(finding.proposed, error.before) >= SAME_OBJECT


def _one_a_box(ranked: Sequence[Finding]) -> list[Finding]:
    """The queue: of several findings on one box the likeliest."""
    first = {(one.image, one.given or one.proposed): one for one in reversed(ranked)}
    return [one for one in ranked if first[one.image, one.given or one.proposed] is one]


def _decisions(hits: Sequence[bool], total: int, full_review: int) -> int:
    """Findings to be settled until enough errors are met; where that never comes, a full review follows."""
    met = np.cumsum(np.array(hits, int))
    enough = int(np.searchsorted(met, FIXED_SHARE * total))
    return enough + 1 if enough < len(met) else len(met) + full_review


def _met(ranked: Sequence[Finding], errors: dict[str, list[PlantedError]]) -> list[PlantedError | None]:
    """The error that each finding meets first, None for a false hit."""
    left = {name: list(found) for name, found in errors.items()}
    met: list[PlantedError | None] = []
    for finding in ranked:
        there = left.get(finding.image, [])
        error = next((error for error in there if _points_at(finding, error)), None)
        if error is not None:
            there.remove(error)
        met.append(error)
    return met


def _points_at(finding: Finding, error: PlantedError) -> bool:
    if error.kind is FindingKind.MISSING:
        return finding.given is None and _iou(finding.proposed, error.before) >= SAME_OBJECT
    if finding.given is None:
        return False
    boxes = (error.now, error.before) if error.kind is FindingKind.DUPLICATE else (error.now,)
    return any(box is not None and _is_same(finding.given, box) for box in boxes)


def _is_same(one: "object", other: "object") -> bool:
    places = ("class_name", "x1", "y1", "x2", "y2")
    return all(getattr(one, name) == getattr(other, name) for name in places)


def _iou(one: object, other: object) -> float:
    if one is None or other is None:
        return 0.0
    return float(pairwise_iou(edges_of([one]), edges_of([other]))[0, 0])  # type: ignore[list-item]
