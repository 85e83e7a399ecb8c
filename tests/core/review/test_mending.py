"""Accepting a finding changes the very box it is about, and never makes a second box of one object."""

from itertools import count

from yolox_core.records import Annotation, Box
from yolox_core.review.mending import mended
from yolox_core.review.records import Finding, FindingKind

GOOD = Box("car", 100, 100, 200, 200, 1)
TWIN = Box("car", 104, 103, 206, 203, 2)  # IoU 0.89 with the other
PROPOSED = Box("car", 300, 100, 400, 200)
MISSING = Finding(FindingKind.MISSING, "a", 0.9, "", None, PROPOSED)


def boxes_after(finding: Finding, *boxes: Box) -> tuple[Box, ...] | None:
    made = mended(Annotation(500, 300, boxes), finding, count(10).__next__)
    return made.boxes if made is not None else None


def test_that_of_two_boxes_nearly_alike_the_one_in_question_is_deleted() -> None:
    for given, other in ((TWIN, GOOD), (GOOD, TWIN)):
        finding = Finding(FindingKind.DUPLICATE, "a", 0.9, "", given, twin=other)
        assert boxes_after(finding, GOOD, TWIN) == (other,)
        assert boxes_after(finding, other) is None  # the doubled one was deleted already
        assert boxes_after(finding, given) is None
    rounded = TWIN.with_edges(104, 103, 206, 204)  # written anew since
    assert boxes_after(Finding(FindingKind.DUPLICATE, "a", 0.9, "", TWIN, twin=GOOD), GOOD, rounded) == (GOOD,)
    apart = Box("car", 100, 100, 215, 214, 2)  # still most of the other one
    assert boxes_after(Finding(FindingKind.DUPLICATE, "a", 0.9, "", apart), GOOD, apart) == (GOOD,)


def test_that_an_object_drawn_by_hand_meanwhile_gets_no_second_box() -> None:
    drawn = Box("car", 302, 104, 396, 205, 7)
    assert boxes_after(MISSING, drawn) == (drawn,)
    other = Box("bus", 302, 104, 396, 205, 7)  # of another class: the missing one is still missing
    assert boxes_after(MISSING, other) == (other, Box("car", 300, 100, 400, 200, 10))
    beside = Box("car", 250, 100, 350, 200, 7)
    assert len(boxes_after(MISSING, beside) or ()) == 2


def test_that_a_box_that_is_gone_is_told() -> None:
    assert boxes_after(Finding(FindingKind.SPURIOUS, "a", 0.9, "", GOOD), PROPOSED) is None
