"""Run by the interpreter of cleanlab's own environment: ObjectLab's scores of labels and predictions, as JSON."""

# mypy: ignore-errors

import json
import sys
from pathlib import Path

import numpy as np
from cleanlab.object_detection.rank import (
    compute_badloc_box_scores,
    compute_overlooked_box_scores,
    compute_swap_box_scores,
)


def main() -> None:
    images = json.loads(Path(sys.argv[1]).read_text())
    labels = [
        {"bboxes": np.array(row["boxes"], float).reshape(-1, 4), "labels": np.array(row["labels"], int)}
        for row in images
    ]
    predictions = [
        np.array([np.array(rows, float).reshape(-1, 5) for rows in row["predictions"]] + [None], dtype=object)[:-1]
        for row in images
    ]
    given = {"labels": labels, "predictions": predictions}
    parts = (
        compute_overlooked_box_scores(**given),
        compute_badloc_box_scores(**given),
        compute_swap_box_scores(**given),
    )
    print(json.dumps([_row(image, *scores) for image, *scores in zip(predictions, *parts, strict=True)]))


def _row(prediction, overlooked, badloc, swap):
    """Overlooked scores come for all predictions of an image, class after class; NaN where it proposes nothing."""
    places = [(class_id, box[:4].tolist()) for class_id, boxes in enumerate(prediction) for box in boxes]
    found = [
        (class_id, edges, float(score))
        for (class_id, edges), score in zip(places, np.ravel(overlooked), strict=True)
        if not np.isnan(score) and score < 1
    ]
    return {"overlooked": found, "badloc": _known(badloc), "swap": _known(swap)}


def _known(scores):
    return [None if np.isnan(score) else float(score) for score in np.ravel(scores)]


main()
