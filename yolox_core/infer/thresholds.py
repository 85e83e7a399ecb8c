"""What makes a candidate a detection, as one record."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import suppress
from yolox_core.records import Detections

Region = tuple[float, float, float, float]  # left, top, right, bottom in pixels of a frame


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least score, most IoU with a better box, and whether boxes of all classes compete or only of the same one.

    `own` gives classes, by their ids, a least score of their own. With a `region` a box counts only if its centre lies
    in it. Both are asked after suppression: a box that they refuse still suppresses weaker ones where all compete.
    """

    conf_threshold: float = 0.35
    nms_threshold: float = 0.65
    class_agnostic: bool = False
    own: tuple[tuple[int, float], ...] = ()
    region: Region | None = None

    @property
    def lowest(self) -> float:
        """The least score with which a box of any class may count."""
        return min([self.conf_threshold, *(value for _, value in self.own)])

    def detections(self, candidates: Candidates) -> Detections:
        """The candidates that count as boxes, best first."""
        found = suppress(
            candidates,
            conf_threshold=self.lowest,
            nms_threshold=self.nms_threshold,
            class_agnostic=self.class_agnostic,
        )
        if not self.own and self.region is None:
            return found
        stays = found.scores >= self.least_scores(found.class_ids)
        if self.region is not None:
            stays &= centred_in(found.boxes, self.region)
        return Detections(found.boxes[stays], found.scores[stays], found.class_ids[stays])

    def least_scores(self, class_ids: NDArray[np.integer]) -> NDArray[np.float64]:
        """The least score [N] of a box of each of these classes [N]."""
        many = max([int(class_ids.max(initial=0)), *(class_id for class_id, _ in self.own)]) + 1
        by_class = np.full(many, self.conf_threshold)
        for class_id, value in self.own:
            by_class[class_id] = value
        least: NDArray[np.float64] = by_class[class_ids]
        return least

    def scaled(self, factor: float, *, least: float) -> "Thresholds":
        """The same with all least scores times a factor, none below `least`."""
        own = tuple((class_id, max(value * factor, least)) for class_id, value in self.own)
        return replace(self, conf_threshold=max(self.conf_threshold * factor, least), own=own)

    def renumbered(self, names: Sequence[str], others: Sequence[str]) -> "Thresholds":
        """The same for a network with `others` for classes instead of `names`: classes are matched by name."""
        own = ((others.index(names[class_id]), value) for class_id, value in self.own if names[class_id] in others)
        return replace(self, own=tuple(sorted(own)))


def centred_in(boxes: NDArray[np.number], region: Region) -> NDArray[np.bool_]:
    """Which boxes [N, 4] xyxy have their centre in a region, its edge included."""
    across, down = boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
    left, top, right, bottom = (2 * edge for edge in region)
    inside: NDArray[np.bool_] = (across >= left) & (across <= right) & (down >= top) & (down <= bottom)
    return inside
