"""Label mistakes put into the training split on purpose, and the list that gives them away."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from yolox_core.records import Box

MISSING_SHARE = 0.06
POOR_SHARE = 0.06
COLUMNS = (
    "image", "kind", "class_name",
    "true_x1", "true_y1", "true_x2", "true_y2",
    "written_x1", "written_y1", "written_x2", "written_y2",
)  # fmt: skip


@dataclass(frozen=True)
class PlantedError:
    """One deliberate mistake: the true box, and what was written instead (None: the box is missing)."""

    image: str
    true: Box
    written: Box | None

    @property
    def kind(self) -> str:
        """`missing` or `poor`."""
        return "missing" if self.written is None else "poor"


def plant_errors(
    rng: np.random.Generator, boxes: Sequence[Box], *, image: str, width: int, height: int
) -> list[PlantedError]:
    """Mistakes for some of an image's boxes."""
    errors: list[PlantedError] = []
    for box in boxes:
        draw = rng.random()
        if draw < MISSING_SHARE:
            errors.append(PlantedError(image, box, None))
        elif draw < MISSING_SHARE + POOR_SHARE:
            errors.append(PlantedError(image, box, _badly_drawn(rng, box, width=width, height=height)))
    return errors


def written_boxes(boxes: Sequence[Box], errors: Sequence[PlantedError]) -> list[Box]:
    """The boxes that the label file gets: the true ones, but for the mistakes."""
    by_key = {error.true.key: error.written for error in errors}
    kept = (by_key.get(box.key, box) for box in boxes)
    return [box for box in kept if box is not None]


def overlap(a: Box, b: Box) -> float:
    """IoU of two proper boxes, 0..1."""
    across = max(0.0, min(a.x2, b.x2) - max(a.x1, b.x1))
    down = max(0.0, min(a.y2, b.y2) - max(a.y1, b.y1))
    both = across * down
    return both / (a.width * a.height + b.width * b.height - both)


def _badly_drawn(rng: np.random.Generator, box: Box, *, width: int, height: int) -> Box:
    """The box shifted and resized so far that its IoU with the true one is 0.2 to 0.6."""
    for _ in range(200):
        shift = rng.uniform(-0.45, 0.45, 2) * (box.width, box.height)
        half = np.exp(rng.uniform(-0.5, 0.6, 2)) * (box.width, box.height) / 2
        middle = np.array([box.x1 + box.x2, box.y1 + box.y2]) / 2 + shift
        x1, y1 = np.round(np.maximum(middle - half, 0)).tolist()
        x2, y2 = np.round(np.minimum(middle + half, (width, height))).tolist()
        written = box.with_edges(x1, y1, x2, y2)
        if min(written.width, written.height) >= 3 and 0.2 <= overlap(box, written) <= 0.6:
            return written
    return replace(box, x2=box.x1 + max(1.0, round(box.width / 2)))


def errors_csv(errors: Sequence[PlantedError]) -> bytes:
    """The list as CSV: edges in pixels from the image's left and top; none are written where the box is missing."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for error in errors:
        true = error.true
        edges = ["", "", "", ""] if error.written is None else _edges(error.written)
        writer.writerow([error.image, error.kind, true.class_name, *_edges(true), *edges])
    return text.getvalue().encode()


def _edges(box: Box) -> list[str]:
    return [f"{edge:g}" for edge in (box.x1, box.y1, box.x2, box.y2)]
