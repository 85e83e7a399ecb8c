"""Frames and chips of hundreds of boxes, written straight into pixels: QPainter takes 20 ms for 500 boxes.

`pixels` are uint32 [H, W] of an RGB32 image, `edges` float [N, 4] device pixels, left to right. No tuple or list is
made per box: thousands of them make Python search its heap for cycles, which takes longer than the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from app.editor.viewport import View
from yolox_core.records import Box

LARGEST = 32_000  # OpenCV clips lines in 16 bits


def pixels_of(image: QImage) -> NDArray[np.uint32]:
    """The pixels of an RGB32 image, to be written; they live as long as the image."""
    return np.frombuffer(image.bits(), dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4)


def image_edges(boxes: Sequence[Box]) -> NDArray[np.float64]:
    """Edges [N, 4] of boxes in image pixels, as they are."""
    flat = (edge for box in boxes for edge in (box.x1, box.y1, box.x2, box.y2))
    return np.fromiter(flat, dtype=np.float64, count=4 * len(boxes)).reshape(-1, 4)


def leaving(edges: NDArray[np.float64], *, width: int, height: int) -> NDArray[np.bool_]:
    """Which boxes [N] lie in part outside the image, or have no area or swapped edges; `edges` in image pixels."""
    low, high = edges[:, :2], edges[:, 2:]
    is_odd = (low < 0) | (high > np.array((width, height))) | (high <= low)
    return np.asarray(is_odd.any(axis=1), dtype=np.bool_)


def device_edges(edges: NDArray[np.float64], view: View, ratio: float) -> NDArray[np.float64]:
    """Edges [N, 4] in image pixels as device pixels on screen; swapped ones are put in order."""
    low, high = edges[:, :2], edges[:, 2:]
    ordered = np.hstack([np.minimum(low, high), np.maximum(low, high)])
    offset = np.array((view.left, view.top, view.left, view.top))
    on_screen: NDArray[np.float64] = (ordered * view.scale + offset) * ratio
    return on_screen


@dataclass(frozen=True, eq=False)
class Ink:
    """The colours of a class as 0xffRRGGBB: its lines, and the darker pixels beside them. Hashed fast, as an object."""

    line: int
    shade: int


def draw_frames(pixels: NDArray[np.uint32], edges: NDArray[np.float64], inks: Sequence[Ink], *, width: int) -> None:
    """Draw frames with `width` pixels of the line colour of their ink on the edges, between two pixels of its shade.

    All shades are drawn first, so that they never cover a line; lines cover the way from a frame's outer shade to its
    inner one.
    """
    rings = _rings(edges, count=width + 2)
    members: dict[Ink, list[int]] = {}
    for place, ink in enumerate(inks):
        members.setdefault(ink, []).append(place)
    for ink, places in members.items():
        _draw_rings(pixels, rings[:: width + 1, places], ink.shade)
    for ink, places in members.items():
        _draw_rings(pixels, rings[1:-1, places], ink.line)


def _draw_rings(pixels: NDArray[np.uint32], rings: NDArray[np.int32], color: int) -> None:
    """Draw the rings [K, N, 4, 2] of N frames, those of one frame in one go: half the time goes into handing over."""
    closed = np.concatenate((rings, rings[:, :, :1]), axis=2)
    paths = closed.swapaxes(0, 1).reshape(rings.shape[1], -1, 2)
    channels = (color & 255, color >> 8 & 255, color >> 16 & 255, 255)
    cv2.polylines(_channels(pixels), list(paths), isClosed=True, color=channels)


def _rings(edges: NDArray[np.float64], *, count: int) -> NDArray[np.int32]:
    """Corners int32 [count, N, 4, 2] of frames one inside the other, centred on the edges."""
    whole = np.clip(np.rint(edges), -LARGEST, LARGEST).astype(np.int32)
    insets = np.arange(count, dtype=np.int32)[:, None] - count // 2
    x1, y1 = whole[:, 0] + insets, whole[:, 1] + insets
    x2, y2 = whole[:, 2] - 1 - insets, whole[:, 3] - 1 - insets
    return np.stack((np.stack((x1, x2, x2, x1), axis=-1), np.stack((y1, y1, y2, y2), axis=-1)), axis=-1)


def _channels(pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)


def stamp_above(pixels: NDArray[np.uint32], chips: Sequence[NDArray[np.uint32]], edges: NDArray[np.float64]) -> None:
    """Copy a chip uint32 [h, w] onto the top edge of each box [N, 4], or below it where there is no room above."""
    left, top, _, bottom = np.rint(edges).astype(np.int64).T
    above = top - np.fromiter((chip.shape[0] for chip in chips), dtype=np.int64, count=len(chips))
    has_room = (above >= 0) | (bottom < 0)
    stamp(pixels, chips, np.stack((left - 1, np.where(has_room, above, top + 1)), axis=-1))


def stamp(pixels: NDArray[np.uint32], chips: Sequence[NDArray[np.uint32]], places: NDArray[np.int64]) -> None:
    """Copy chips uint32 [h, w], one over the other, with their top left corners at the places (x, y) [N, 2].

    What lies outside is left out.
    """
    room = np.array(pixels.shape[::-1])
    sizes = (length for chip in chips for length in reversed(chip.shape))
    ends = places + np.fromiter(sizes, dtype=np.int64, count=2 * len(chips)).reshape(-1, 2)
    starts, stops = places.clip(0, room), ends.clip(0, room)
    is_whole = ((starts == places) & (stops == ends)).all(axis=1)
    columns = [column.tolist() for part in (starts, stops, starts - places, stops - places) for column in part.T]
    for chip, whole, left, top, right, bottom, x1, y1, x2, y2 in zip(chips, is_whole.tolist(), *columns, strict=True):
        pixels[top:bottom, left:right] = chip if whole else chip[y1:y2, x1:x2]
