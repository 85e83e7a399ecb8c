"""Arithmetic of the hand: what lies under the pointer, and what a drag makes of a box. No Qt, no state.

Edges are image pixels; zones and distances on screen are screen pixels.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from app.editor.viewport import View
from yolox_core.records import Box

HANDLE_REACH = 8.0
HANDLE_DEPTH = 5.0
BODY_ZONE = 6.0


class Part(Enum):
    """A part of a box that can be dragged; the value tells which way its edges follow: (x, y) of -1, 0 or 1."""

    BODY = (0, 0)
    LEFT = (-1, 0)
    RIGHT = (1, 0)
    TOP = (0, -1)
    BOTTOM = (0, 1)
    TOP_LEFT = (-1, -1)
    TOP_RIGHT = (1, -1)
    BOTTOM_LEFT = (-1, 1)
    BOTTOM_RIGHT = (1, 1)


@dataclass(frozen=True)
class BoxIndex:
    """The boxes of one image, ready for many hit tests: keys int64 [N] and edges float64 [N, 4], left to right."""

    keys: NDArray[np.int64]
    edges: NDArray[np.float64]

    @classmethod
    def of(cls, boxes: tuple[Box, ...]) -> "BoxIndex":
        """The index of these boxes; swapped edges count as if they were in order."""
        raw = np.array([(b.x1, b.y1, b.x2, b.y2) for b in boxes], dtype=np.float64).reshape(-1, 4)
        low = np.minimum(raw[:, :2], raw[:, 2:])
        high = np.maximum(raw[:, :2], raw[:, 2:])
        return cls(np.array([b.key for b in boxes], dtype=np.int64), np.hstack([low, high]))

    def at(self, x: float, y: float, *, reach: float) -> tuple[int, ...]:
        """Keys of the boxes over image point (x, y), grown by `reach` image pixels; the smallest box first."""
        low, high = self.edges[:, :2] - reach, self.edges[:, 2:] + reach
        point = np.array((x, y))
        hits = np.flatnonzero(np.all((low <= point) & (point <= high), axis=1))
        sides = self.edges[hits, 2:] - self.edges[hits, :2]
        order = np.argsort(sides[:, 0] * sides[:, 1], kind="stable")
        return tuple(int(key) for key in self.keys[hits[order]])


def next_in_cycle(keys: tuple[int, ...], current: int | None) -> int | None:
    """The key that a click selects: the first one, or the one after `current` when that is already selected."""
    if not keys:
        return None
    if current not in keys:
        return keys[0]
    return keys[(keys.index(current) + 1) % len(keys)]


def part_at(box: Box, view: View, x: float, y: float) -> Part | None:
    """The part of `box` under screen point (x, y), or None.

    Handles reach further outwards than inwards and leave the middle free, so a box of any size can be moved by its
    centre and resized from outside.
    """
    (left, right), (top, bottom) = sorted((box.x1, box.x2)), sorted((box.y1, box.y2))
    x1, y1 = view.to_screen(left, top)
    x2, y2 = view.to_screen(right, bottom)
    side_x, side_y = _side(x, x1, x2), _side(y, y1, y2)
    if side_x is None or side_y is None:
        return None
    return Part((side_x, side_y))


def _side(at: float, low: float, high: float) -> int | None:
    if not low - HANDLE_REACH <= at <= high + HANDLE_REACH:
        return None
    depth = min(HANDLE_DEPTH, (high - low - BODY_ZONE) / 2)
    if low + depth <= at <= high - depth:
        return 0
    return -1 if at < (low + high) / 2 else 1


def handle_points(x1: float, y1: float, x2: float, y2: float) -> tuple[tuple[float, float], ...]:
    """Screen points of the handles of a box on screen: eight, four on a small box, none on a tiny one."""
    if min(x2 - x1, y2 - y1) < 14:
        return ()
    corners = ((x1, y1), (x2, y1), (x2, y2), (x1, y2))
    if min(x2 - x1, y2 - y1) < 40:
        return corners
    middle_x, middle_y = (x1 + x2) / 2, (y1 + y2) / 2
    return (*corners, (middle_x, y1), (x2, middle_y), (middle_x, y2), (x1, middle_y))


def move_step(boxes: tuple[Box, ...], dx: float, dy: float, size: tuple[int, int]) -> tuple[int, int]:
    """The whole-pixel step nearest to (dx, dy) that takes no box further out of the image than it already is."""
    step_x = _limited(round(dx), [(b.x1, b.x2) for b in boxes], size[0])
    step_y = _limited(round(dy), [(b.y1, b.y2) for b in boxes], size[1])
    return step_x, step_y


def _limited(step: int, spans: list[tuple[float, float]], room: int) -> int:
    least = max(min(0.0, -min(span)) for span in spans)
    most = min(max(0.0, room - max(span)) for span in spans)
    return int(min(max(step, least), most))


def moved(box: Box, step: tuple[int, int]) -> Box:
    """The box moved by whole pixels; its size and fractions stay."""
    dx, dy = step
    return box.with_edges(box.x1 + dx, box.y1 + dy, box.x2 + dx, box.y2 + dy)


def resized(box: Box, part: Part, step: tuple[float, float], size: tuple[int, int]) -> Box:
    """The box with the edges of `part` moved by `step`: on whole pixels, within the image, never under one pixel.

    Only edges that follow the part change. A drag across the opposite edge turns the box over.
    """
    x1, x2 = _stretched(box.x1, box.x2, part.value[0], step[0], size[0])
    y1, y2 = _stretched(box.y1, box.y2, part.value[1], step[1], size[1])
    return box.with_edges(x1, y1, x2, y2)


def _stretched(first: float, second: float, side: int, step: float, room: int) -> tuple[float, float]:
    if side == 0:
        return first, second
    low, high = min(first, second), max(first, second)
    fixed, loose = (high, low) if side < 0 else (low, high)
    target = float(min(max(round(loose + step), 0), room))
    if abs(target - fixed) < 1:
        target = fixed + side if 0 <= fixed + side <= room else fixed - side
    return min(fixed, target), max(fixed, target)


def drawn_edges(
    start: tuple[float, float], end: tuple[float, float], size: tuple[int, int]
) -> tuple[float, float, float, float]:
    """Edges of the box drawn from one image point to another: whole pixels, within the image, at least one pixel."""
    x1, x2 = _drawn(start[0], end[0], size[0])
    y1, y2 = _drawn(start[1], end[1], size[1])
    return x1, y1, x2, y2


def edges_around(points: Sequence[tuple[float, float]], size: tuple[int, int]) -> tuple[float, float, float, float]:
    """Edges of the tightest box around image points, as if it were drawn from corner to corner."""
    x, y = zip(*points, strict=True)
    return drawn_edges((min(x), min(y)), (max(x), max(y)), size)


def on_whole_pixels(box: Box, size: tuple[int, int]) -> Box:
    """The box as if a hand had drawn it: on whole pixels, within the image, at least one pixel."""
    return box.with_edges(*drawn_edges((box.x1, box.y1), (box.x2, box.y2), size))


def _drawn(start: float, end: float, room: int) -> tuple[float, float]:
    low, high = (float(min(max(round(value), 0), room)) for value in sorted((start, end)))
    if high - low >= 1:
        return low, high
    return (low, low + 1) if low + 1 <= room else (low - 1, low)


@dataclass(frozen=True, slots=True)
class Target:
    """The box and the part of it that a press would take hold of."""

    key: int
    part: Part


def target_at(
    index: BoxIndex, boxes: tuple[Box, ...], *, selected: tuple[int, ...], view: View, at: tuple[float, float]
) -> Target | None:
    """What a press at screen point `at` takes hold of.

    First the handles of the one selected box, then boxes under the point (a selected one before the smallest), then
    boxes whose handles reach the point from outside.
    """
    by_key = {box.key: box for box in boxes}
    if len(selected) == 1 and selected[0] in by_key:
        part = part_at(by_key[selected[0]], view, *at)
        if part not in (None, Part.BODY):
            return Target(selected[0], part)
    point = view.to_image(*at)
    hits = index.at(*point, reach=0.0)
    for key in (*(key for key in hits if key in selected), *hits, *index.at(*point, reach=HANDLE_REACH / view.scale)):
        part = part_at(by_key[key], view, *at)
        if part is not None:
            return Target(key, Part.BODY if len(selected) > 1 and key in selected else part)
    return None
