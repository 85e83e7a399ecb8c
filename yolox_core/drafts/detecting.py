"""Drafts from a network. The detector is passed in, so that this module needs no torch."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from yolox_core.drafts.draft import Draft, Source, clipped
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import suppress
from yolox_core.records import Box

LEAST_SCORE = 0.05
MOST_DRAFTS = 300
NMS_THRESHOLD = 0.5  # as drafts that overlap a box of their class more than this are hidden


class Predictor(Protocol):
    """What `yolox_core.infer.detector.Detector` offers here."""

    class_names: tuple[str, ...]

    def predict(self, images: list[NDArray[np.uint8]]) -> list[Candidates]:
        """The candidates of each image."""
        ...


def detected(detector: Predictor, image: NDArray[np.uint8]) -> tuple[Draft, ...]:
    """Drafts for an image (uint8 [H, W, 3] BGR): those of any use at some threshold, best first."""
    (candidates,) = detector.predict([image])
    found = suppress(candidates, conf_threshold=LEAST_SCORE, nms_threshold=NMS_THRESHOLD)
    height, width = image.shape[:2]
    rows = zip(found.boxes.tolist(), found.scores.tolist(), found.class_ids.tolist(), strict=True)
    drafts = (
        Draft(clipped(Box(detector.class_names[class_id], *edges), width, height), score, Source.MODEL)
        for edges, score, class_id in rows
    )
    return tuple(draft for draft in drafts if draft.box.is_proper)[:MOST_DRAFTS]
