"""The twelve COCO figures by pycocotools, quiet, and AP50 of each class.

Difficult boxes are treated as COCO treats crowds: a detection that lies mostly inside one counts neither way.
Only the 100 best detections of an image and class count, as COCO has it.
"""

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.evaluate.truth import Compared

MOST_DETECTIONS = 100
UNKNOWN = -1.0  # pycocotools' figure where there is nothing to be found

_stdout_lock = Lock()  # stdout belongs to the process: two evaluations must not hand it back crosswise


@dataclass(frozen=True)
class CocoFigures:
    """`stats`: AP .50:.95, AP50, AP75, AP small, medium, large, AR at 1, 10, 100, AR small, medium, large; -1 unknown.

    `ap50_per_class` has the classes with a box to be found.
    """

    stats: tuple[float, ...]
    ap50_per_class: dict[int, float]


def coco_figures(images: Sequence[Compared], class_ids: Sequence[int]) -> CocoFigures:
    """The figures over these classes and images."""
    labels = [label for number, image in enumerate(images) for label in _labels(image, number)]
    if not labels or not class_ids:
        return CocoFigures((UNKNOWN,) * 12, {})
    found = [row for number, image in enumerate(images) for row in _found(image, number, class_ids)]
    evaluation = _evaluated(labels, found, images=len(images), class_ids=class_ids)
    precision = evaluation.eval["precision"][0, :, :, 0, 2]  # IoU .50, recall levels x classes, all areas, 100 boxes
    per_class = {
        class_id: float(column[column > UNKNOWN].mean())
        for class_id, column in zip(class_ids, precision.T, strict=True)
        if (column > UNKNOWN).any()
    }
    return CocoFigures(tuple(float(value) for value in evaluation.stats), per_class)


def _labels(image: Compared, number: int) -> list[dict[str, Any]]:
    truth = image.truth
    return [
        _entry(number, class_id, edges) | {"iscrowd": int(is_difficult)}
        for edges, class_id, is_difficult in zip(
            truth.boxes.tolist(), truth.class_ids.tolist(), truth.is_difficult.tolist(), strict=True
        )
    ]


def _found(image: Compared, number: int, class_ids: Sequence[int]) -> list[dict[str, Any]]:
    found = image.detections
    rows: list[dict[str, Any]] = []
    for class_id in class_ids:
        best: NDArray[np.int64] = np.flatnonzero(found.class_ids == class_id)[:MOST_DETECTIONS]
        for edges, score in zip(found.boxes[best].tolist(), found.scores[best].tolist(), strict=True):
            rows.append(_entry(number, class_id, edges) | {"iscrowd": 0, "score": score})
    return rows


def _entry(image: int, class_id: int, edges: list[float]) -> dict[str, Any]:
    x1, y1, x2, y2 = edges
    width, height = x2 - x1, y2 - y1
    return {"image_id": image, "category_id": class_id, "bbox": [x1, y1, width, height], "area": width * height}


def _evaluated(
    labels: list[dict[str, Any]], found: list[dict[str, Any]], *, images: int, class_ids: Sequence[int]
) -> Any:
    """A COCOeval that has done its work."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with _stdout_lock, contextlib.redirect_stdout(io.StringIO()):
        tables = []
        for rows in (labels, found):
            table = COCO()
            table.dataset = {
                "images": [{"id": number} for number in range(images)],
                "categories": [{"id": class_id} for class_id in class_ids],
                "annotations": [row | {"id": number + 1} for number, row in enumerate(rows)],
            }
            table.createIndex()
            tables.append(table)
        evaluation = COCOeval(tables[0], tables[1], "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation
