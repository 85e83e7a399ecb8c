"""What can be wrong with a box, by its numbers alone: no size, swapped edges, outside the image."""

from collections.abc import Iterator

from yolox_core.dataset.folder import ImageFile
from yolox_core.records import Annotation, Box, Fault

# Many tools count pixels from 0: their first column reads as -1 here, and is no mistake worth a line.
_SLACK_LOW, _SLACK_HIGH = 1.01, 0.5
THINNEST = 1.0  # a click without a drag leaves xmin = xmax, which is one pixel in VOC


def box_faults(image: ImageFile, annotation: Annotation) -> Iterator[Fault]:
    """What is wrong with each box of an image, in words."""
    for box in annotation.boxes:
        what = wrong_with(box, annotation.width, annotation.height)
        if what:
            text = f"Box {box.key} ({box.class_name}) {what}."
            yield Fault(text, str(image.label_path), "Open the image and mend or delete the box.")


def wrong_with(box: Box, width: int, height: int) -> str:
    """What is wrong with a box in an image of this size, as the end of a sentence; empty for a good one."""
    if box.width < 0 or box.height < 0:
        return f"has its edges swapped: x {_span(box.x1, box.x2)}, y {_span(box.y1, box.y2)}"
    if not box.is_proper:
        return f"has no size: x {_span(box.x1, box.x2)}, y {_span(box.y1, box.y2)}"
    if box.width <= THINNEST or box.height <= THINNEST:
        return f"is only {box.width:g} × {box.height:g} pixels: x {_span(box.x1, box.x2)}, y {_span(box.y1, box.y2)}"
    if box.x1 < -_SLACK_LOW or box.x2 > width + _SLACK_HIGH:
        return f"lies outside the image: x {_span(box.x1, box.x2)} of {width}"
    if box.y1 < -_SLACK_LOW or box.y2 > height + _SLACK_HIGH:
        return f"lies outside the image: y {_span(box.y1, box.y2)} of {height}"
    return ""


def _span(low: float, high: float) -> str:
    return f"{low:g} to {high:g}"
