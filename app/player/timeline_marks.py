"""What stands on the timeline besides the playhead: damaged and labelled frames, markers."""

from collections.abc import Callable, Collection

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPolygonF

LEAST_WIDTH = 3.0  # px of a stretch: one frame of a long video is still seen
HALF_WIDTH, HEIGHT = 4.5, 8.0  # px of a marker

XOf = Callable[[float], float]


def stretches(frames: Collection[int]) -> list[tuple[int, int]]:
    """First and last frame of each run of frames that follow one another."""
    ordered = np.array(sorted(frames), np.int64)
    if not len(ordered):
        return []
    ends = np.flatnonzero(np.diff(ordered) > 1)
    firsts, lasts = ordered[np.r_[0, ends + 1]], ordered[np.r_[ends, len(ordered) - 1]]
    return list(zip(firsts.tolist(), lasts.tolist(), strict=True))


def paint_runs(painter: QPainter, bar: QRectF, runs: list[tuple[int, int]], x_of: XOf, color: QColor) -> None:
    """A band below the bar under these frames."""
    for first, last in runs:
        left, right = x_of(first - 0.5), x_of(last + 0.5)
        if right >= bar.left() and left <= bar.right():
            left, right = max(left, bar.left()), min(right, bar.right())
            middle, half = (left + right) / 2, max(right - left, LEAST_WIDTH) / 2
            painter.fillRect(QRectF(middle - half, bar.bottom() + 1, 2 * half, 3), color)


def paint_markers(painter: QPainter, bar: QRectF, frames: Collection[int], x_of: XOf, color: QColor) -> None:
    """A triangle on the bar for each marker."""
    painter.setPen(QColor(0, 0, 0, 0))
    painter.setBrush(color)
    for frame in frames:
        x = x_of(frame)
        if bar.left() - 1 <= x <= bar.right() + 1:
            top = bar.top() - HEIGHT
            corners = [QPointF(x - HALF_WIDTH, top), QPointF(x + HALF_WIDTH, top), QPointF(x, bar.top() - 1)]
            painter.drawPolygon(QPolygonF(corners))
