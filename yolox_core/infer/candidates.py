"""What the network says of one image before thresholds: kept, so that a slider needs no second run. No torch here."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Candidates:
    """Possible boxes of one image, best score first, in pixels of that image.

    `boxes` float32 [K, 4] xyxy, `scores` float32 [K] in 0..1, `class_ids` int64 [K].
    """

    boxes: NDArray[np.float32]
    scores: NDArray[np.float32]
    class_ids: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.scores)

    @staticmethod
    def none() -> "Candidates":
        """No candidate at all."""
        return Candidates(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), np.zeros(0, np.int64))


def best_candidates(rows: NDArray[np.float32], *, scale: float, floor: float, top_k: int | None) -> Candidates:
    """The candidates of one image among `rows` [A, 6]: x1, y1, x2, y2 in input pixels, score, class id.

    Boxes are divided by the letterbox `scale`; a row stays if its score is at least `floor` and its edges are finite
    (an untrained network can overflow); at most `top_k` stay.
    """
    rows = rows[(rows[:, 4] >= floor) & np.isfinite(rows).all(axis=1)]
    rows = rows[np.argsort(-rows[:, 4], kind="stable")[:top_k]]
    return Candidates(
        boxes=rows[:, :4] / np.float32(scale),
        scores=np.ascontiguousarray(rows[:, 4]),
        class_ids=rows[:, 5].astype(np.int64),
    )
