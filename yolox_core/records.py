"""The nouns of the engine. All are frozen; pixels are continuous image coordinates, 0 at the left or top edge.

A pixel column `i` covers `i` to `i + 1`, so a box over a whole image is `(0, 0, width, height)`.
"""

from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Box:
    """One labelled object: class name and edges in pixels.

    `key` names the box within its image for as long as the image is open: edits keep it, files do not store it.
    """

    class_name: str
    x1: float
    y1: float
    x2: float
    y2: float
    key: int = 0
    difficult: bool = False
    truncated: bool = False
    occluded: bool = False
    pose: str = "Unspecified"

    @property
    def width(self) -> float:
        """Width in pixels; negative where the edges are swapped."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels; negative where the edges are swapped."""
        return self.y2 - self.y1

    @property
    def is_proper(self) -> bool:
        """Whether width and height are both above zero."""
        return self.width > 0 and self.height > 0

    def with_edges(self, x1: float, y1: float, x2: float, y2: float) -> "Box":
        """The same box at other edges."""
        return replace(self, x1=x1, y1=y1, x2=x2, y2=y2)


class ImageState(Enum):
    """How far the labelling of one image is."""

    UNLABELLED = "not labelled"
    EMPTY = "empty by decision"
    LABELLED = "labelled"
    VERIFIED = "verified"


@dataclass(frozen=True, slots=True)
class Annotation:
    """All that is known of one image: its size in pixels and its boxes in file order.

    `is_decided` says that somebody has looked at the image: its label file exists, or is to be written. `note` is what
    a person wrote down about the image.
    """

    width: int
    height: int
    boxes: tuple[Box, ...] = ()
    is_verified: bool = False
    is_decided: bool = False
    note: str = ""

    @property
    def state(self) -> ImageState:
        """The labelling state that lists and filters show."""
        if self.is_verified:
            return ImageState.VERIFIED
        if self.boxes:
            return ImageState.LABELLED
        return ImageState.EMPTY if self.is_decided else ImageState.UNLABELLED

    def box(self, key: int) -> Box | None:
        """The box with this key, if it is there."""
        return next((box for box in self.boxes if box.key == key), None)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a file or a box: what, where, what to do; shown in lists, never raised."""

    what: str
    where: str
    action: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a long piece of work is: `done` of `total` (0 when unknown), and what it is doing."""

    done: int
    total: int
    text: str = ""


@dataclass(frozen=True)
class Detections:
    """Predicted boxes of one image, best score first, in pixels of that image.

    `boxes` float32 [N, 4] xyxy, `scores` float32 [N] in 0..1, `class_ids` int64 [N].
    """

    boxes: "NDArray[np.float32]"
    scores: "NDArray[np.float32]"
    class_ids: "NDArray[np.int64]"

    def __len__(self) -> int:
        return len(self.scores)

    @cached_property
    def per_class(self) -> dict[int, int]:
        """Number of detections per class id, for the classes that occur."""
        counts: dict[int, int] = {}
        for class_id in self.class_ids.tolist():
            counts[class_id] = counts.get(class_id, 0) + 1
        return counts
