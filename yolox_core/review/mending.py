"""What accepting findings makes of annotations: one of them, or many over the whole data set."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import count

from yolox_core.dataset.folder import ImageFile
from yolox_core.errors import FileError
from yolox_core.records import Annotation, Box
from yolox_core.review.decisions import is_same_place
from yolox_core.review.records import TWICE, Finding, FindingKind
from yolox_core.review.table import EDGES


@dataclass(frozen=True)
class FindingFix:
    """The changes that chosen findings propose, by name of image: one job of `yolox_core.dataset.relabel.fix_boxes`."""

    findings: Mapping[str, tuple[Finding, ...]]

    @property
    def images(self) -> tuple[str, ...]:
        """The names of the images that change."""
        return tuple(self.findings)

    @property
    def new_class(self) -> str:
        """No class is new: proposals are of classes that the labels have."""
        return ""

    @property
    def text(self) -> str:
        """The change in words."""
        return "accepted findings"

    def count(self, name: str) -> int:
        """How many boxes of an image change."""
        return len(self.findings[name])

    def applied(self, image: ImageFile, annotation: Annotation) -> Annotation:
        """The annotation after all changes. Raises FileError where one of the boxes is no longer as it was."""
        keys = count(max((box.key for box in annotation.boxes), default=0) + 1)
        made, gone = all_mended(annotation, self.findings.get(image.name, ()), keys.__next__)
        if gone:
            raise FileError(
                "A box is not as it was when the search was made.", where=image.label_path, action="Look again."
            )
        return made


def all_mended(
    annotation: Annotation, findings: Iterable[Finding], new_key: Callable[[], int]
) -> tuple[Annotation, tuple[Finding, ...]]:
    """The annotation as all these findings propose, and those whose boxes are not as they were.

    Doubled boxes go first, while their twins are where they were. What one of the findings asks for may be done with
    by another one: of two boxes that are each other's twin one stays.
    """
    made, gone = annotation, []
    for finding in sorted(findings, key=lambda one: one.kind is not FindingKind.DUPLICATE):
        after = mended(made, finding, new_key)
        if after is not None:
            made = after
        elif finding.box is not None and mended(annotation, finding, new_key) is None:
            gone.append(finding)
    return made, tuple(gone)


def box_of(annotation: Annotation, finding: Finding) -> Box | None:
    """The box that a finding is about, as it stands in the annotation now; None where it is not there any more."""
    given = finding.given
    if given is None:
        return None
    alike = [box for box in annotation.boxes if is_same_place(box, given)]
    return min(alike, key=lambda box: _distance(box, given), default=None)


def mended(annotation: Annotation, finding: Finding, new_key: Callable[[], int]) -> Annotation | None:
    """The annotation as a finding proposes; None where it proposes nothing, or its box is not there any more.

    Where a missing box is there by now, nothing changes; a doubled one is deleted only beside its twin.
    """
    proposed = finding.proposed
    if finding.given is None:
        if proposed is None:
            return None
        if any(is_same_place(box, proposed, TWICE) for box in annotation.boxes):
            return annotation
        return replace(annotation, boxes=(*annotation.boxes, replace(proposed, key=new_key())), is_decided=True)
    here = box_of(annotation, finding)
    if here is None or (finding.kind is FindingKind.DUPLICATE and not _has_twin(annotation, finding, here)):
        return None
    if proposed is None:
        left = tuple(box for box in annotation.boxes if box.key != here.key)
        return replace(annotation, boxes=left, is_decided=True)
    edges = {name: getattr(proposed, name) for name in ("class_name", "x1", "y1", "x2", "y2")}
    better = replace(here, **edges)
    boxes = tuple(better if box.key == here.key else box for box in annotation.boxes)
    return replace(annotation, boxes=boxes, is_decided=True)


def _has_twin(annotation: Annotation, finding: Finding, here: Box) -> bool:
    """Whether there is another box for the object of a doubled one."""
    others = (box for box in annotation.boxes if box.key != here.key)
    return any(is_same_place(box, finding.twin) or is_same_place(box, here, TWICE) for box in others)


def _distance(one: Box, other: Box) -> float:
    """How far the edges lie apart in all, in pixels."""
    return float(sum(abs(getattr(one, edge) - getattr(other, edge)) for edge in EDGES))
