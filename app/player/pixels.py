"""Frames and stamps written straight into pixels: QPainter takes 14 ms for 370 boxes with names, this 2 ms.

`pixels` are uint32 [H, W] over the memory of a picture; colours are 0xffRRGGBB. What lies outside is left out.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

Pixels = NDArray[np.uint32]


def pixels_of(picture: NDArray[np.uint8]) -> Pixels:
    """The pixels [H, W] of a picture uint8 [H, W, 4], over the same memory."""
    return picture.view(np.uint32)[..., 0]


def image_over(picture: NDArray[np.uint8]) -> QImage:
    """A QImage over the memory of uint8 [H, W, 4]: the array must be contiguous and outlive it."""
    height, width = picture.shape[:2]
    return QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_RGB32)


def copied_pixels(image: QImage) -> Pixels:
    """A copy of the pixels [H, W] of an RGB32 image."""
    rows = np.frombuffer(image.constBits(), dtype=np.uint32).reshape(image.height(), image.bytesPerLine() // 4)
    return rows[:, : image.width()].copy()


def write_frames(pixels: Pixels, edges: NDArray[np.int64], *, colors: Sequence[int], widths: NDArray[np.int64]) -> None:
    """Draw the frames of boxes [N, 4], one colour each, the last one on top; lines of `widths` [N] inside the edges."""
    if (widths == 1).all():
        _write_thin_frames(pixels, edges, colors)
        return
    limits = np.array(pixels.shape[::-1] * 2)
    outer = np.clip(edges, 0, limits)
    inner = np.clip(edges + widths[:, None] * np.array((1, 1, -1, -1)), 0, limits)
    inner[:, :2] = np.minimum(inner[:, :2], outer[:, 2:])
    inner[:, 2:] = np.maximum(inner[:, 2:], outer[:, :2])
    for corners, hole, color in zip(outer.tolist(), inner.tolist(), colors, strict=True):
        left, top, right, bottom = corners
        pixels[top : hole[1], left:right] = color
        pixels[hole[3] : bottom, left:right] = color
        pixels[top:bottom, left : hole[0]] = color
        pixels[top:bottom, hole[2] : right] = color


def _write_thin_frames(pixels: Pixels, edges: NDArray[np.int64], colors: Sequence[int]) -> None:
    """Lines of one pixel, in half the time."""
    import cv2  # loaded with the first video

    picture = pixels.view(np.uint8).reshape(*pixels.shape, 4)
    far = max(pixels.shape) + 2
    ends = np.clip(edges, -2, far) - np.array((0, 0, 1, 1))
    parts = np.array(colors, "<u4").view(np.uint8).reshape(-1, 4).tolist()  # blue, green, red, alpha
    for (left, top, right, bottom), color in zip(ends.tolist(), parts, strict=True):
        if right >= left and bottom >= top:
            cv2.rectangle(picture, (left, top), (right, bottom), color, 1)


def write_stamp(pixels: Pixels, stamp: Pixels, *, left: int, top: int) -> None:
    """Copy a stamp [h, w] with its corner at (left, top), which lies inside or above and left of the picture."""
    x, y = max(left, 0), max(top, 0)
    room = pixels[y : max(top + stamp.shape[0], 0), x : max(left + stamp.shape[1], 0)]
    room[:] = stamp[y - top :, x - left :][: room.shape[0], : room.shape[1]]
