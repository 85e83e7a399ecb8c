"""Frames of a video with what the network sees in them: known ones without it, the others in batches, ahead of use."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.ahead import ahead
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.predictions import VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Detections

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector

Frame = tuple[int, NDArray[np.uint8]]

GPU_BATCH = 8  # on a CPU a batch only delays the first frame
FRAMES_AHEAD = 3


@dataclass(frozen=True, eq=False)
class Look:
    """A frame uint8 [H, W, 3] BGR, its number, and its boxes that pass the thresholds."""

    number: int
    image: NDArray[np.uint8]
    detections: Detections


@dataclass(frozen=True)
class Looks:
    """Looks at frames with one network and one choice of thresholds."""

    detector: "Detector"
    thresholds: Thresholds
    known: VideoPredictions | None = None

    @contextmanager
    def ahead(self, frames: Iterable[Frame]) -> Iterator[Iterator[Look]]:
        """The looks in order, while `frames` are made in one thread and looked at in another."""
        batch = GPU_BATCH if self.detector.device.type == "cuda" else 1
        with (
            ahead(frames, most=FRAMES_AHEAD + batch) as decoded,
            ahead(self._looks(decoded, batch), most=FRAMES_AHEAD) as looks,
        ):
            yield looks

    def _looks(self, frames: Iterator[Frame], batch: int) -> Iterator[Look]:
        while group := list(islice(frames, batch)):
            recalled = {number: self.recall(number) for number, _ in group}
            missing = [image for number, image in group if recalled[number] is None]
            seen = iter(self.detector.predict(missing))
            for number, image in group:
                candidates = recalled[number]
                yield Look(number, image, self.thresholds.detections(next(seen) if candidates is None else candidates))

    def recall(self, number: int) -> Candidates | None:
        """The kept candidates of a frame, where they are all that can pass the thresholds; else None."""
        return None if self.known is None else self.known.recall(number, self.thresholds)
