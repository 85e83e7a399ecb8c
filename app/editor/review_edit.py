"""What accepting a finding makes of an annotation."""

from collections.abc import Callable
from dataclasses import replace

from app.editor.edits import with_added, with_boxes_replaced, without
from yolox_core.records import Annotation, Box
from yolox_core.review.decisions import is_same_place
from yolox_core.review.records import Finding


def box_of(annotation: Annotation, finding: Finding) -> Box | None:
    """The box that a finding is about, as it stands in the annotation now; None where it is not there any more."""
    given = finding.given
    if given is None:
        return None
    return next((box for box in annotation.boxes if is_same_place(box, given)), None)


def mended(annotation: Annotation, finding: Finding, new_key: Callable[[], int]) -> Annotation | None:
    """The annotation as a finding proposes; None where it proposes nothing, or its box is not there any more."""
    here, proposed = box_of(annotation, finding), finding.proposed
    if finding.given is None:
        return None if proposed is None else with_added(annotation, [replace(proposed, key=new_key())])
    if here is None:
        return None
    if proposed is None:
        return without(annotation, [here.key])
    edges = {name: getattr(proposed, name) for name in ("class_name", "x1", "y1", "x2", "y2")}
    return with_boxes_replaced(annotation, [replace(here, **edges)])
