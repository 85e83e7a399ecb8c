"""Frames and chips of hundreds of boxes, written straight into pixels: QPainter takes 20 ms for 500 boxes.

`pixels` are uint32 [H, W] of an RGB32 image, `edges` float [N, 4] device pixels, left to right.
"""

from collections.abc import Sequence

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
    return np.array([(box.x1, box.y1, box.x2, box.y2) for box in boxes], dtype=np.float64).reshape(-1, 4)


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


def draw_frames(
    pixels: NDArray[np.uint32], edges: NDArray[np.float64], lines: Sequence[int], *, shades: Sequence[int], width: int
) -> None:
    """Draw frames with `width` pixels of their line colour on the edges, between two pixels of their shade.

    Colours are 0xffRRGGBB. All shades are drawn first, so that they never cover a line.
    """
    rings = _rings(edges, count=width + 2)
    for ring, colors in ((0, shades), (width + 1, shades), *((ring, lines) for ring in range(1, width + 1))):
        by_color = np.array(colors, dtype=np.uint32)
        for color in np.unique(by_color).tolist():
            corners = rings[ring, by_color == color]
            channels = (color & 255, color >> 8 & 255, color >> 16 & 255, 255)
            cv2.polylines(_channels(pixels), list(corners), isClosed=True, color=channels)


def _rings(edges: NDArray[np.float64], *, count: int) -> NDArray[np.int32]:
    """Corners int32 [count, N, 4, 2] of frames one inside the other, centred on the edges."""
    whole = np.clip(np.rint(edges), -LARGEST, LARGEST).astype(np.int32)
    insets = np.arange(count, dtype=np.int32)[:, None] - count // 2
    x1, y1 = whole[:, 0] + insets, whole[:, 1] + insets
    x2, y2 = whole[:, 2] - 1 - insets, whole[:, 3] - 1 - insets
    return np.stack((np.stack((x1, x2, x2, x1), axis=-1), np.stack((y1, y1, y2, y2), axis=-1)), axis=-1)


def _channels(pixels: NDArray[np.uint32]) -> NDArray[np.uint8]:
    return pixels.view(np.uint8).reshape(*pixels.shape, 4)


def stamp_above(pixels: NDArray[np.uint32], chips: Sequence[NDArray[np.uint32]], edges: NDArray[np.int64]) -> None:
    """Copy chips uint32 [h, w] onto the upper left corners of boxes [N, 4], inside where there is no room above."""
    if not chips:
        return
    sizes = np.array([chip.shape for chip in chips])
    above = edges[:, 1] - sizes[:, 0]
    tops = np.where((above < 0) & (edges[:, 3] >= 0), edges[:, 1] + 1, above)
    lefts = edges[:, 0] - 1
    spots = np.stack((lefts, tops, lefts + sizes[:, 1], tops + sizes[:, 0]), axis=1)
    height, width = pixels.shape
    is_whole = (spots[:, :2] >= 0).all(axis=1) & (spots[:, 2] <= width) & (spots[:, 3] <= height)
    for chip, (left, top, right, bottom), fits in zip(chips, spots.tolist(), is_whole.tolist(), strict=True):
        if fits:
            pixels[top:bottom, left:right] = chip
        else:
            stamp(pixels, chip, left, top)


def stamp(pixels: NDArray[np.uint32], chip: NDArray[np.uint32], x: int, y: int) -> None:
    """Copy a chip uint32 [h, w] with its top left corner at (x, y); what lies outside is left out."""
    height, width = pixels.shape
    left, top = max(x, 0), max(y, 0)
    right, bottom = min(x + chip.shape[1], width), min(y + chip.shape[0], height)
    if right > left and bottom > top:
        pixels[top:bottom, left:right] = chip[top - y : bottom - y, left - x : right - x]
