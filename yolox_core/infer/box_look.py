"""How boxes look on a frame, on screen and in files."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

USUAL_SIDE = 8.0  # a box whose shorter side is so many times as long as 6 lines are wide has lines of that width


@dataclass(frozen=True, slots=True)
class BoxLook:
    """What is written beside a box, how large the letters are (1 is usual), and whether lines grow with the box."""

    has_names: bool = True
    has_scores: bool = True
    grows: bool = True
    text_scale: float = 1.0

    def label(self, name: str, track: int, score: float) -> str:
        """What is written beside a box: `drone #3 0.87`; a track number where it is above zero."""
        parts = (
            name if self.has_names else "",
            f"#{track}" if track > 0 else "",
            f"{score:.2f}" if self.has_scores else "",
        )
        return " ".join(part for part in parts if part)

    def line_widths(self, boxes: NDArray[np.number], usual: float) -> NDArray[np.int64]:
        """The width [N] in px of the lines of boxes [N, 4] xyxy: `usual`, from half of it to twice it by their size."""
        if not self.grows:
            return np.full(len(boxes), max(round(usual), 1), np.int64)
        shorter = np.minimum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]).astype(np.float64)
        growth = np.sqrt(np.maximum(shorter, 0) / (USUAL_SIDE * 6 * usual))
        widths: NDArray[np.int64] = np.rint(usual * np.clip(growth, 0.5, 2)).astype(np.int64)
        return np.maximum(widths, 1)
