"""Boxes carried from one frame of a sequence to the next by the movement of points within them.

Median flow (Kalal, Mikolajczyk and Matas, "Forward-backward error", ICPR 2010): a grid of points in each box is
followed to the next frame and back with pyramidal Lucas-Kanade; those that come back vote on shift and scale. A box
that holds something else afterwards is lost: points come back there by chance too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.drafts.draft import Draft, Source, clipped, edges_of
from yolox_core.records import Box

GRID = 10  # points along each side of a box
RETURNS_WITHIN = 1.0  # pixels from its start at which a point may come back
LEAST_KEPT = 0.15  # share of points that must come back
MARGIN = 0.08  # share of a box's side that is left out: background shows there
SCALE_LIMITS = (0.8, 1.25)
MOST_OUTSIDE = 0.5  # share of a box that may leave the image before it counts as lost
LEAST_LIKENESS = 0.4  # normalised correlation of what the box holds before and after
THUMBNAIL = 24  # pixels along each side of what is compared
WINDOW = (15, 15)
LEVELS = 4

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Flow:
    """Where points [N, 2] went, and which of them are to be believed [N]."""

    starts: Floats
    ends: Floats
    is_kept: NDArray[np.bool_]


def carried(before: NDArray[np.uint8], after: NDArray[np.uint8], boxes: Sequence[Box]) -> tuple[Draft | None, ...]:
    """A draft in the frame `after` for each box of the frame `before` (uint8 [H, W, 3] BGR); None where it is lost."""
    if not boxes:
        return ()
    grey = [cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY).astype(np.uint8, copy=False) for frame in (before, after)]
    points = np.concatenate([_grid(edges) for edges in edges_of(tuple(boxes))])
    flow = _followed(grey[0], grey[1], points)
    height, width = after.shape[:2]
    drafts = [_moved(box, _part(flow, index)) for index, box in enumerate(boxes)]
    looks = [_thumbnail(grey[0], box) for box in boxes]
    return tuple(
        _kept_inside(draft, width, height) if draft and _is_alike(look, _thumbnail(grey[1], draft.box)) else None
        for look, draft in zip(looks, drafts, strict=True)
    )


def carried_on(frames: Iterator[NDArray[np.uint8]], boxes: Sequence[Box]) -> Iterator[tuple[Draft, ...]]:
    """Drafts for each frame after the first, one frame after the other, until every box is lost or frames end."""
    before = next(frames)
    for frame in frames:
        drafts = tuple(draft for draft in carried(before, frame, boxes) if draft is not None)
        if not drafts:
            return
        yield drafts
        before, boxes = frame, [draft.box for draft in drafts]


def _grid(edges: Floats) -> Floats:
    """Points [GRID * GRID, 2] spread over a box (x1, y1, x2, y2)."""
    x1, y1, x2, y2 = edges
    places = np.linspace(MARGIN, 1 - MARGIN, GRID)
    x, y = np.meshgrid(x1 + (x2 - x1) * places, y1 + (y2 - y1) * places)
    return np.stack((x, y), axis=-1).reshape(-1, 2)


def _followed(before: NDArray[np.uint8], after: NDArray[np.uint8], points: Floats) -> Flow:
    starts = points.astype(np.float32).reshape(-1, 1, 2)
    ends, found, _ = cv2.calcOpticalFlowPyrLK(before, after, starts, starts.copy(), winSize=WINDOW, maxLevel=LEVELS)
    back, returned, _ = cv2.calcOpticalFlowPyrLK(after, before, ends, ends.copy(), winSize=WINDOW, maxLevel=LEVELS)
    error = np.linalg.norm((back - starts).reshape(-1, 2), axis=1)
    is_kept = (found.ravel() == 1) & (returned.ravel() == 1) & (error <= RETURNS_WITHIN)
    return Flow(points, ends.reshape(-1, 2).astype(np.float64), is_kept)


def _part(flow: Flow, index: int) -> Flow:
    part = slice(index * GRID * GRID, (index + 1) * GRID * GRID)
    return Flow(flow.starts[part], flow.ends[part], flow.is_kept[part])


def _moved(box: Box, flow: Flow) -> Draft | None:
    share = float(flow.is_kept.mean())
    if share < LEAST_KEPT:
        return None
    starts, ends = flow.starts[flow.is_kept], flow.ends[flow.is_kept]
    shift = np.median(ends - starts, axis=0)
    scale = _scale(starts, ends)
    centre = np.array(((box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2)) + shift
    half = np.array((box.width, box.height)) / 2 * scale
    edges = np.round((*(centre - half), *(centre + half)), 1).tolist()
    return Draft(replace(box.with_edges(*edges), key=0), share, Source.TRACKED)


def _scale(starts: Floats, ends: Floats) -> float:
    """The median change of the distances between points."""
    i, j = np.triu_indices(len(starts), 1)
    old, new = (np.linalg.norm(points[i] - points[j], axis=1) for points in (starts, ends))
    apart = old > 0
    return float(np.clip(np.median(new[apart] / old[apart]), *SCALE_LIMITS)) if apart.any() else 1.0


def _thumbnail(grey: NDArray[np.uint8], box: Box) -> NDArray[np.float32]:
    """What a box holds, in THUMBNAIL x THUMBNAIL grey values."""
    steps = np.array((box.width, box.height)) / THUMBNAIL
    to_image = np.array(((steps[0], 0, box.x1), (0, steps[1], box.y1)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    size = (THUMBNAIL, THUMBNAIL)
    return cv2.warpAffine(grey, to_image, size, flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)


def _is_alike(before: NDArray[np.float32], after: NDArray[np.float32]) -> bool:
    return float(cv2.matchTemplate(before, after, cv2.TM_CCOEFF_NORMED)[0, 0]) >= LEAST_LIKENESS


def _kept_inside(draft: Draft, width: int, height: int) -> Draft | None:
    inside = clipped(draft.box, width, height)
    area = draft.box.width * draft.box.height
    if not inside.is_proper or inside.width * inside.height < (1 - MOST_OUTSIDE) * area:
        return None
    return replace(draft, box=inside)
