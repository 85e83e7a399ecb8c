"""The twelve COCO figures, and AP and AP50 of each class: by hotcoco where it is installed, else by pycocotools.

Both give the same figures (tested to 1e-6); hotcoco is some 40 to 80 times as fast. Difficult boxes are treated as COCO
treats crowds: a detection that lies mostly inside one counts neither way. Only the 100 best detections of an image and
class count, as COCO has it.
T: IoU thresholds .50 to .95; R: 101 levels of recall; K: classes; areas: all, small, medium, large.
"""

import contextlib
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.evaluate.truth import Compared

MOST_DETECTIONS = (1, 10, 100)
UNKNOWN = -1.0  # where there is nothing to be found

Floats = NDArray[np.float64]

_stdout_lock = Lock()  # stdout belongs to the process: two evaluations must not hand it back crosswise


@dataclass(frozen=True)
class CocoFigures:
    """`stats`: AP .50:.95, AP50, AP75, AP small, medium, large, AR at 1, 10, 100, AR small, medium, large; -1 unknown.

    `ap_per_class` and `ap50_per_class` have the classes with a box to be found, `ap_per_size` their AP of small, medium
    and large boxes, -1 where there are none.
    """

    stats: tuple[float, ...]
    ap_per_class: dict[int, float]
    ap50_per_class: dict[int, float]
    ap_per_size: dict[int, tuple[float, float, float]]


@dataclass(frozen=True, eq=False)
class Table:
    """Labels or detections of all images in rows: image [N], class id [N], `boxes` float64 [N, 4] x, y, w, h.

    `marks` [N] are scores of detections, and 1 for difficult labels.
    """

    images: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    boxes: Floats
    marks: Floats


@dataclass(frozen=True, eq=False)
class Accumulated:
    """What both evaluators end in: `precision` [T, R, K, areas, 3] and `recall` [T, K, areas, 3], -1 unknown."""

    precision: Floats
    recall: Floats


Evaluator = Callable[[Table, Table, int, Sequence[int]], Accumulated]


def coco_figures(
    images: Sequence[Compared], class_ids: Sequence[int], evaluator: Evaluator | None = None
) -> CocoFigures:
    """The figures over these classes and images."""
    labels = table_of([image.truth for image in images], [image.truth.is_difficult for image in images])
    found = table_of([image.detections for image in images], [image.detections.scores for image in images])
    if not len(labels.images) or not class_ids:
        return CocoFigures((UNKNOWN,) * 12, {}, {}, {})
    known = np.isin(found.class_ids, class_ids)
    found = Table(found.images[known], found.class_ids[known], found.boxes[known], found.marks[known])
    done = (evaluator or _default_evaluator())(labels, found, len(images), class_ids)
    every_size = done.precision[:, :, :, 0, 2]
    ap_per_class, ap50_per_class = _per_class(every_size, class_ids), _per_class(every_size[:1], class_ids)
    return CocoFigures(_stats(done), ap_per_class, ap50_per_class, _per_size(done.precision, class_ids))


def by_hotcoco(labels: Table, found: Table, images: int, class_ids: Sequence[int]) -> Accumulated:
    """Evaluate with hotcoco. Raises ImportError without it."""
    from hotcoco import COCO, COCOeval

    truth = COCO.from_arrays(
        images=[{"id": number} for number in range(images)],
        categories=[{"id": class_id, "name": str(class_id)} for class_id in class_ids],
        image_ids=labels.images,
        category_ids=labels.class_ids,
        boxes=labels.boxes,
        iscrowd=labels.marks.astype(bool),
    )
    columns = (found.images, *found.boxes.T, found.marks, found.class_ids)
    evaluation: Any = COCOeval(truth, truth.load_res(np.column_stack(columns).astype(np.float64)), "bbox")
    evaluation.evaluate()
    evaluation.accumulate()
    return Accumulated(np.asarray(evaluation.eval["precision"]), np.asarray(evaluation.eval["recall"]))


def by_pycocotools(labels: Table, found: Table, images: int, class_ids: Sequence[int]) -> Accumulated:
    """Evaluate with pycocotools, quietly."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    with _stdout_lock, contextlib.redirect_stdout(io.StringIO()):
        tables = []
        for table, mark in ((labels, "iscrowd"), (found, "score")):
            made = COCO()
            made.dataset = {
                "images": [{"id": number} for number in range(images)],
                "categories": [{"id": class_id} for class_id in class_ids],
                "annotations": _annotations(table, mark),
            }
            made.createIndex()
            tables.append(made)
        evaluation: Any = COCOeval(tables[0], tables[1], "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    return Accumulated(evaluation.eval["precision"], evaluation.eval["recall"])


def _default_evaluator() -> Evaluator:
    try:
        import hotcoco  # noqa: F401
    except ImportError:
        return by_pycocotools
    return by_hotcoco


def table_of(parts: Sequence[Any], marks: Sequence[NDArray[Any]]) -> Table:
    """The rows of all images; the parts have `boxes` xyxy and `class_ids`."""
    counts = [len(part.class_ids) for part in parts]
    edges = np.concatenate([np.zeros((0, 4)), *(part.boxes for part in parts)]).astype(np.float64)
    return Table(
        images=np.repeat(np.arange(len(parts)), counts),
        class_ids=np.concatenate([np.zeros(0, np.int64), *(part.class_ids for part in parts)]),
        boxes=np.column_stack((edges[:, :2], edges[:, 2:] - edges[:, :2])),
        marks=np.concatenate([np.zeros(0), *marks]).astype(np.float64),
    )


def _annotations(table: Table, mark: str) -> list[dict[str, Any]]:
    rows = zip(table.images.tolist(), table.class_ids.tolist(), table.boxes.tolist(), table.marks.tolist(), strict=True)
    return [
        {
            "id": number,
            "image_id": image,
            "category_id": class_id,
            "bbox": box,
            "area": box[2] * box[3],
            "iscrowd": 0,
            mark: value,
        }
        for number, (image, class_id, box, value) in enumerate(rows, start=1)
    ]


def _stats(done: Accumulated) -> tuple[float, ...]:
    """The twelve figures in pycocotools' order."""
    precision, recall = done.precision[..., 2], done.recall
    return (
        *(_mean(part[..., 0]) for part in (precision, precision[0], precision[5])),
        *(_mean(precision[..., area]) for area in (1, 2, 3)),
        *(_mean(recall[..., 0, place]) for place in range(len(MOST_DETECTIONS))),
        *(_mean(recall[..., area, 2]) for area in (1, 2, 3)),
    )


def _per_class(precision: Floats, class_ids: Sequence[int]) -> dict[int, float]:
    """AP of the classes that have one, from precision [T, R, K]."""
    figures = {class_id: _mean(precision[:, :, place]) for place, class_id in enumerate(class_ids)}
    return {class_id: figure for class_id, figure in figures.items() if figure > UNKNOWN}


def _per_size(precision: Floats, class_ids: Sequence[int]) -> dict[int, tuple[float, float, float]]:
    """AP of small, medium and large boxes of the classes that have some, from precision [T, R, K, areas, 3]."""
    small, medium, large = (
        {class_id: _mean(precision[:, :, place, area, 2]) for place, class_id in enumerate(class_ids)}
        for area in (1, 2, 3)
    )
    figures = {class_id: (small[class_id], medium[class_id], large[class_id]) for class_id in class_ids}
    return {class_id: sizes for class_id, sizes in figures.items() if max(sizes) > UNKNOWN}


def _mean(values: Floats) -> float:
    known = values[values > UNKNOWN]
    return float(known.mean()) if known.size else UNKNOWN
