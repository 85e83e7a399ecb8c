"""The picture at the scale of the screen, written straight into the pixels of an image by OpenCV."""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from PySide6.QtGui import QImage

from app.editor.pictures import Picture
from app.editor.tones import Tones
from app.editor.viewport import View


@dataclass(frozen=True, slots=True)
class Span:
    """Along one axis: target pixels `start` to `end` and the source pixels that they need; scale is target/source."""

    start: int
    end: int
    source_start: int
    source_end: int
    scale: float
    shift: float


def span(offset: float, *, source: int, scale: float, room: int) -> Span:
    """The part in sight of `source` pixels that begin at `offset` of `room` target pixels."""
    start = min(max(round(offset), 0), room)
    end = max(min(round(offset + source * scale), room), start)
    source_start = max(math.floor((start - offset) / scale) - 1, 0)
    source_end = min(math.ceil((end - offset) / scale) + 1, source)
    shift = (start + 0.5 - offset) / scale - 0.5 - source_start
    return Span(start, end, source_start, source_end, scale, shift)


def draw_picture(
    target: QImage, picture: Picture, view: View, tones: Tones | None = None, *, is_sharp: bool = False
) -> None:
    """Draw the part of a picture in sight into an RGB32 image; smooth below 300 % unless `is_sharp`, else squares."""
    ratio = target.devicePixelRatio()
    scale = view.scale * ratio
    level = picture.level_for(scale)
    across = span(
        view.left * ratio, source=level.shape[1], scale=scale * picture.width / level.shape[1], room=target.width()
    )
    down = span(
        view.top * ratio, source=level.shape[0], scale=scale * picture.height / level.shape[0], room=target.height()
    )
    if across.end <= across.start or down.end <= down.start:
        return
    pixels = np.frombuffer(target.bits(), dtype=np.uint8).reshape(target.height(), target.width(), 4)
    shown = pixels[down.start : down.end, across.start : across.end]
    matrix = np.array([[1 / across.scale, 0, across.shift], [0, 1 / down.scale, down.shift]])
    cv2.warpAffine(
        level[down.source_start : down.source_end, across.source_start : across.source_end],
        matrix,
        (across.end - across.start, down.end - down.start),
        dst=shown,
        flags=cv2.WARP_INVERSE_MAP | (cv2.INTER_LINEAR if view.is_smooth and not is_sharp else cv2.INTER_NEAREST),
        borderMode=cv2.BORDER_REPLICATE,
    )
    if tones is not None and not tones.is_neutral:
        cv2.LUT(shown, tones.table, dst=shown)
