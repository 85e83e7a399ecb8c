"""Boxes with class and score, painted into an image."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.box_look import BoxLook
from yolox_core.palette import class_color, text_color
from yolox_core.records import Detections

Image = NDArray[np.uint8]
USUAL = BoxLook()
FONT = cv2.FONT_HERSHEY_SIMPLEX
OPENCV_DRAWS_UNICODE = int(cv2.__version__.partition(".")[0]) >= 5
TEXT_HEIGHT_AT_SCALE_1 = 22.0  # px of a capital in OpenCV's plain font


def draw_detections(
    image: Image,
    detections: Detections,
    class_names: Sequence[str],
    tracks: NDArray[np.int64] | None = None,
    look: BoxLook = USUAL,
) -> Image:
    """A copy of the uint8 [H, W, 3] BGR image with each box framed and named as `look` says, best box on top.

    A name is followed by the number in `tracks` [N] where that is above zero.

    Lines and letters grow with the image; a name begins inside the image. Names lie above all frames.
    """
    painted = image.copy()
    height, width = image.shape[:2]
    limits = np.array([width - 1, height - 1, width - 1, height - 1])
    edges = np.clip(np.round(detections.boxes[::-1]), 0, limits).astype(int).tolist()
    names = [class_names[class_id] for class_id in detections.class_ids[::-1].tolist()]
    widths = look.line_widths(detections.boxes[::-1], max((height + width) / 900, 1)).tolist()
    for box, name, thickness in zip(edges, names, widths, strict=True):
        _draw_frame(painted, box, class_color(name), thickness)
    numbers = [0] * len(names) if tracks is None else tracks[::-1].tolist()
    rows = zip(edges, names, numbers, detections.scores[::-1].tolist(), strict=True)
    for (left, top, _, _), name, number, score in rows:
        label = look.label(_drawable(name), number, score)
        if label:
            _draw_name(painted, label, (left, top), class_color(name), look.text_scale)
    return painted


def _draw_frame(image: Image, box: list[int], color: tuple[int, int, int], thickness: int) -> None:
    """Paint a rectangle with a dark rim, so that it shows on any ground. Changes `image`."""
    left, top, right, bottom = box
    cv2.rectangle(image, (left, top), (right, bottom), (0, 0, 0), thickness + 2)
    cv2.rectangle(image, (left, top), (right, bottom), color[::-1], thickness)


def _draw_name(
    image: Image, text: str, corner: tuple[int, int], color: tuple[int, int, int], text_scale: float
) -> None:
    """Paint text on a plate of its colour above the corner, or below it at the image's edge. Changes `image`."""
    height, width = image.shape[:2]
    letter_height = float(np.clip((height + width) / 100, 10, 40)) * text_scale
    scale = letter_height / TEXT_HEIGHT_AT_SCALE_1
    weight = max(round(scale * 1.6), 1)
    (text_width, _), _ = cv2.getTextSize(text, FONT, scale, weight)
    pad = round(letter_height * 0.35)
    plate_width, plate_height = text_width + 2 * pad, round(letter_height) + 2 * pad
    left = min(max(corner[0], 0), max(width - plate_width, 0))
    top = corner[1] - plate_height if corner[1] >= plate_height else corner[1]
    cv2.rectangle(image, (left, top), (left + plate_width, top + plate_height), color[::-1], cv2.FILLED)
    baseline = (left + pad, top + plate_height - pad)
    cv2.putText(image, text, baseline, FONT, scale, text_color(color)[::-1], weight, cv2.LINE_AA)


def _drawable(name: str) -> str:
    """The name in letters that OpenCV can draw: all since version 5, before that ASCII, a question mark for others."""
    return name if OPENCV_DRAWS_UNICODE else name.encode("ascii", "replace").decode("ascii")
