"""What makes a candidate a detection, as one record."""

from dataclasses import dataclass

from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import suppress
from yolox_core.records import Detections


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least score, most IoU with a better box, and whether boxes of all classes compete or only of the same one."""

    conf_threshold: float = 0.35
    nms_threshold: float = 0.65
    class_agnostic: bool = False

    def detections(self, candidates: Candidates) -> Detections:
        """The candidates that count as boxes, best first."""
        return suppress(
            candidates,
            conf_threshold=self.conf_threshold,
            nms_threshold=self.nms_threshold,
            class_agnostic=self.class_agnostic,
        )
