"""What is asked of a preview of training samples, and what it shows. No torch here.

G boxes of one sample, P positives of one sample.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yolox_core.train.config import TrainConfig

START = "start"


@dataclass(frozen=True, slots=True)
class PreviewRequest:
    """A batch of a run with these settings; `epoch` and `step` count from 1, `images` are shown.

    `is_resized` brings samples to the input size of their step. `network` assigns anchor points: START are the start
    weights of the settings, else the path of a checkpoint; empty for none.
    """

    config: TrainConfig
    epoch: int = 1
    step: int = 1
    images: int = 8
    is_resized: bool = True
    network: str = ""


@dataclass(frozen=True, eq=False)
class Positives:
    """The anchor points that learn the boxes of one sample, as SimOTA assigns them.

    `centres` float32 [P, 2] and `strides` int64 [P] in pixels of the sample, `boxes` int64 [P] the places of the boxes
    they learn, `ious` float32 [P] of that box and what the network predicts there.
    """

    centres: NDArray[np.float32]
    strides: NDArray[np.int64]
    boxes: NDArray[np.int64]
    ious: NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class PreviewSample:
    """One image of a batch uint8 [H, W, 3] BGR, its boxes float32 [G, 4] xyxy pixels with class ids int64 [G]."""

    image: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    class_ids: NDArray[np.int64]
    positives: Positives | None = None

    def positives_of(self, box: int) -> NDArray[np.int64]:
        """Places in `positives` of those that learn a box."""
        return np.flatnonzero(self.positives.boxes == box) if self.positives else np.zeros(0, np.int64)


@dataclass(frozen=True, eq=False)
class Preview:
    """Samples of a place in a run; `request` names one that the run has.

    `plain_epochs` last ones of `epochs` go without mosaic and mixup; `shape` is the height and width of the samples;
    `remarks` say in sentences what the network is, and what differs from the run.
    """

    request: PreviewRequest
    samples: tuple[PreviewSample, ...]
    class_names: tuple[str, ...]
    shape: tuple[int, int]
    epochs: int
    plain_epochs: int
    steps_per_epoch: int
    remarks: tuple[str, ...] = ()

    @property
    def is_plain(self) -> bool:
        """Whether the samples are of an epoch without mosaic and mixup."""
        return self.request.epoch > self.epochs - self.plain_epochs

    @property
    def has_positives(self) -> bool:
        """Whether a network has assigned anchor points."""
        return any(sample.positives is not None for sample in self.samples)
