"""What evaluation compares, image by image: labelled boxes and detections. No torch here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolox_core.records import Annotation, Detections


@dataclass(frozen=True, eq=False)
class Truth:
    """Labelled boxes of one image: `boxes` float64 [G, 4] xyxy px, `class_ids` int64 [G], `is_difficult` bool [G]."""

    boxes: NDArray[np.float64]
    class_ids: NDArray[np.int64]
    is_difficult: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Compared:
    """One image's labels beside what was detected on it; `path` is the image, where it is a file."""

    truth: Truth
    detections: Detections
    path: Path = field(default_factory=Path)


def truth_of(annotation: Annotation, class_ids: Mapping[str, int]) -> Truth:
    """The proper boxes of an annotation with the class ids of their names; boxes without area count as absent."""
    boxes = [box for box in annotation.boxes if box.is_proper]
    return Truth(
        boxes=np.array([(b.x1, b.y1, b.x2, b.y2) for b in boxes], np.float64).reshape(-1, 4),
        class_ids=np.array([class_ids[b.class_name] for b in boxes], np.int64),
        is_difficult=np.array([b.difficult for b in boxes], np.bool_),
    )
