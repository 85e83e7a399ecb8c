"""Findings that need no network: boxes with impossible numbers, doubled boxes, a class that is strangely absent."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from yolox_core.dataset.box_faults import wrong_with
from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Box
from yolox_core.review.images import ReadImage, edges_of
from yolox_core.review.records import TWICE, Finding, FindingKind

CERTAIN = 0.99
USUAL = 5  # boxes of a class in the median image from which on an image without any is strange


def impossible_boxes(images: Sequence[ReadImage]) -> Iterator[Finding]:
    """Boxes without size or outside their image; what sticks out is to be cut off, the rest deleted."""
    for image in images:
        for box in image.annotation.boxes:
            wrong = wrong_with(box, image.annotation.width, image.annotation.height)
            if wrong:
                inside = _clipped(box, image)
                kind = FindingKind.POOR if inside else FindingKind.SPURIOUS
                yield Finding(kind, image.name, CERTAIN, f"The box {wrong}.", box, inside)


def doubled_boxes(images: Sequence[ReadImage]) -> Iterator[Finding]:
    """The later one of each pair of boxes of a class that cover nearly the same; the more, the likelier."""
    for image in images:
        boxes = image.annotation.boxes
        overlap = np.triu(pairwise_iou(edges_of(boxes), edges_of(boxes)), 1)
        for other in np.flatnonzero((overlap > TWICE).any(axis=0)).tolist():
            twins = [n for n in range(other) if overlap[n, other] > TWICE and _same_class(boxes[n], boxes[other])]
            if twins:
                twin = twins[int(overlap[twins, other].argmax())]
                iou, given = float(overlap[twin, other]), boxes[other]
                reason = twice_text(given.class_name, iou)
                yield Finding(FindingKind.DUPLICATE, image.name, iou, reason, given, twin=boxes[twin])


def absent_classes(images: Sequence[ReadImage]) -> Iterator[Finding]:
    """Images without a box of a class of which the median image has many; nobody can say where they are."""
    counts = {image.name: Counter(box.class_name for box in image.annotation.boxes) for image in images}
    for class_name in sorted({name for count in counts.values() for name in count}):
        usual = median(count[class_name] for count in counts.values())
        if usual < USUAL:
            continue
        for name, count in counts.items():
            if not count[class_name]:
                reason = f"There is no {class_name} box here; the median image has {usual:g}."
                yield Finding(FindingKind.MISSING, name, 1 - 1 / usual, reason, absent=class_name)


def twice_text(class_name: str, iou: float) -> str:
    """Why a box is thought to be a second one."""
    return f"A second {class_name} box on the same object: the two overlap by {iou:.0%}."


def _same_class(one: Box, other: Box) -> bool:
    return one.class_name == other.class_name


def _clipped(box: Box, image: ReadImage) -> Box | None:
    """The part of a box that lies in its image; None where that is no box."""
    width, height = image.annotation.width, image.annotation.height
    inside = box.with_edges(max(box.x1, 0.0), max(box.y1, 0.0), min(box.x2, width), min(box.y2, height))
    return inside if inside != box and not wrong_with(inside, width, height) else None
