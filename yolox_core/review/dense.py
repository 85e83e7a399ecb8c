"""All that a network sees in an image, before any suppression, small enough to be kept on disk. No torch here.

Letters: `K` boxes kept of one image, `T` likeliest classes kept of each.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from yolox_core.files import write_atomically_with

FLOOR = 0.003
MOST_BOXES = 1000
MOST_CLASSES = 10
STEPS = 16  # of a box edge in a pixel of the network input


@dataclass(frozen=True, eq=False)
class Dense:
    """Boxes uint16 [K, 4] xyxy in 1/16 px of the network input, best score first, and what they may be.

    `objectness` float16 [K]; `class_ids` uint16 [K, T] likeliest first, `class_probs` float16 [K, T]; pixels of the
    input divided by `scale` are pixels of the image. Score means objectness x largest class probability.
    """

    boxes: NDArray[np.uint16]
    objectness: NDArray[np.float16]
    class_ids: NDArray[np.uint16]
    class_probs: NDArray[np.float16]
    scale: float

    def __len__(self) -> int:
        return len(self.objectness)

    @property
    def pixel_boxes(self) -> NDArray[np.float64]:
        """Boxes [K, 4] xyxy in pixels of the image."""
        return self.boxes / (STEPS * self.scale)


def write_dense(path: Path, dense: Dense) -> None:
    """Keep what was seen. Raises FileError where the folder cannot be written."""
    columns = {name: getattr(dense, name) for name in ("boxes", "objectness", "class_ids", "class_probs", "scale")}
    write_atomically_with(path, lambda file: np.savez(file, **columns))


def read_dense(path: Path) -> Dense | None:
    """What was kept; None where there is no file or it is damaged."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as kept:
            return Dense(
                kept["boxes"], kept["objectness"], kept["class_ids"], kept["class_probs"], float(kept["scale"])
            )
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
