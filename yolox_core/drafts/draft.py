"""A draft, and the drafts of one image: which of them still wait for an answer."""

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Box

SAME_OBJECT_IOU = 0.5


class Source(Enum):
    """Where a draft comes from."""

    MODEL = "model"
    TRACKED = "tracked"
    BETWEEN = "between key frames"
    VIDEO = "sent from a video"


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed box. `score` in 0..1: what the network says, or the share of points that tracking kept."""

    box: Box
    score: float
    source: Source

    def passes(self, threshold: float) -> bool:
        """Whether it is to be shown: the threshold is for the network's drafts alone."""
        return self.source is not Source.MODEL or self.score >= threshold

    def with_class(self, class_name: str) -> "Draft":
        """The same draft of another class."""
        return replace(self, box=replace(self.box, class_name=class_name))


@dataclass(frozen=True)
class Pile:
    """The drafts of one image, its boxes as last seen, and the answers given: rejected boxes and accepted drafts."""

    drafts: tuple[Draft, ...] = ()
    boxes: tuple[Box, ...] = ()
    rejected: tuple[Box, ...] = ()
    accepted: tuple[Draft, ...] = ()

    @cached_property
    def waiting(self) -> tuple[Draft, ...]:
        """Drafts without an answer and without a box or a rejected draft of their class in their place, best first."""
        asked = tuple(draft for draft in self.drafts if draft not in self.accepted)
        new = set(new_boxes([draft.box for draft in asked], (*self.boxes, *self.rejected)))
        return tuple(sorted((draft for draft in asked if draft.box in new), key=lambda draft: -draft.score))

    def shown(self, threshold: float) -> tuple[Draft, ...]:
        """The waiting drafts that pass the threshold, best first."""
        return tuple(draft for draft in self.waiting if draft.passes(threshold))

    def with_drafts(self, drafts: tuple[Draft, ...]) -> "Pile":
        """The pile with these drafts instead of those from the same source."""
        sources = {draft.source for draft in drafts}
        return replace(self, drafts=(*(draft for draft in self.drafts if draft.source not in sources), *drafts))


def new_boxes(boxes: list[Box], present: tuple[Box, ...]) -> tuple[Box, ...]:
    """The boxes in whose place none of `present` stands: same class, IoU above one half."""
    if not boxes or not present:
        return tuple(boxes)
    overlap = pairwise_iou(edges_of(boxes), edges_of(present))
    names, others = (np.array([box.class_name for box in group]) for group in (boxes, present))
    is_there = ((overlap > SAME_OBJECT_IOU) & (names[:, None] == others)).any(axis=1)
    return tuple(box for box, there in zip(boxes, is_there.tolist(), strict=True) if not there)


def edges_of(boxes: list[Box] | tuple[Box, ...]) -> NDArray[np.float64]:
    """Edges [N, 4] of boxes, xyxy pixels."""
    return np.array([(box.x1, box.y1, box.x2, box.y2) for box in boxes], np.float64).reshape(-1, 4)


def clipped(box: Box, width: int, height: int) -> Box:
    """The part of a box within an image of this size in pixels; without area where it lies outside."""
    x1, x2 = (min(max(x, 0.0), width) for x in (box.x1, box.x2))
    y1, y2 = (min(max(y, 0.0), height) for y in (box.y1, box.y2))
    return box.with_edges(x1, y1, x2, y2)


def spelled_as_known(class_name: str, known: tuple[str, ...]) -> str:
    """The known class of this name, in its own spelling if only the case differs; else the name as it is."""
    if class_name in known:
        return class_name
    return next((name for name in known if name.casefold() == class_name.casefold()), class_name)
