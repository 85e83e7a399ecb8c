"""An evaluation with its details as a JSON file, so that it need not be made again."""

import json
from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.evaluate.details import ClassFigures, Confusion, Details, Threshold
from yolox_core.evaluate.matches import ImageMatches, Mark
from yolox_core.evaluate.run import Evaluation
from yolox_core.evaluate.voc_ap import RecallCurve
from yolox_core.files import write_atomically
from yolox_core.records import Fault

VERSION = 1
CURVE_POINTS = 200
_PLAIN = ("ap", "ap50", "voc_ap50", "ap50_per_class", "images", "boxes", "detections", "seconds", "ap_per_class")


@dataclass(frozen=True)
class KeptEvaluation:
    """An evaluation and what it is of: words for the checkpoint's content, the images' split and the device.

    The split is empty where it was chosen by itself.
    """

    evaluation: Evaluation
    checkpoint: str
    split: str
    device: str


def write_result(path: Path, kept: KeptEvaluation) -> None:
    """Keep an evaluation that has details, its curves thinned. Raises FileError where it cannot be written."""
    values = {
        "version": VERSION,
        "checkpoint": kept.checkpoint,
        "split": kept.split,
        "device": kept.device,
        **_values(kept.evaluation),
    }
    write_atomically(path, json.dumps(values, separators=(",", ":")).encode())


def read_result(path: Path) -> KeptEvaluation:
    """The evaluation in a file. Raises FileError where there is none, or one that this version cannot read."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        if values["version"] != VERSION:
            raise ValueError("another version")
        return KeptEvaluation(_evaluation(values), values["checkpoint"], values["split"], values["device"])
    except OSError as error:
        raise FileError("This has not been evaluated.", where=path, action="Evaluate it.") from error
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise FileError("The evaluation cannot be read.", where=path, action="Evaluate again.") from error


def thinned_curve(curve: RecallCurve, points: int = CURVE_POINTS) -> RecallCurve:
    """The curve at some 2 x `points` places, even in score and even in rank, with the ends."""
    count = len(curve.scores)
    if count <= 2 * points:
        return curve
    by_score = np.searchsorted(-curve.scores, -np.linspace(0, 1, points + 1), side="right") - 1
    by_rank = np.linspace(0, count - 1, points).astype(int)
    kept = np.unique(np.concatenate((by_score[by_score >= 0], by_rank)))
    return replace(curve, recall=curve.recall[kept], precision=curve.precision[kept], scores=curve.scores[kept])


def _values(evaluation: Evaluation) -> dict[str, Any]:
    details = evaluation.details
    assert details is not None
    return {
        **{name: getattr(evaluation, name) for name in _PLAIN},
        "ap_per_size": evaluation.ap_per_size,
        "stats": evaluation.stats,
        "faults": [asdict(fault) for fault in evaluation.faults],
        "best": astuple(details.best),
        "curve": _curve_values(details.curve),
        "classes": [
            {
                **{name: getattr(one, name) for name in _CLASS_PLAIN},
                "best": astuple(one.best),
                "curve": _curve_values(one.curve),
            }
            for one in details.classes
        ],
        "names": details.confusion.names,
        "score": details.confusion.score,
        "counts": details.confusion.counts.tolist(),
        "cells": [[*cell, places] for cell, places in details.confusion.images.items()],
        "images_matched": [
            [str(image.path), _mark_rows(image.labels), _mark_rows(image.found)] for image in details.images
        ],
    }


def _evaluation(values: dict[str, Any]) -> Evaluation:
    counts = np.array(values["counts"], np.int64)
    cells = {(row, column): tuple(places) for row, column, places in values["cells"]}
    return Evaluation(
        **{name: values[name] for name in _PLAIN},
        stats=tuple(values["stats"]),
        ap_per_size={name: tuple(sizes) for name, sizes in values["ap_per_size"].items()},
        faults=tuple(Fault(**fault) for fault in values["faults"]),
        details=Details(
            classes=tuple(_class(one) for one in values["classes"]),
            best=Threshold(*values["best"]),
            curve=_curve(values["curve"]),
            confusion=Confusion(counts, tuple(values["names"]), values["score"], cells),
            images=tuple(
                ImageMatches(Path(path), _marks(labels), _marks(found))
                for path, labels, found in values["images_matched"]
            ),
        ),
    )


_CLASS_PLAIN = ("name", "boxes", "ap", "ap50", "voc_ap50", "voc_ap50_11_point", "ap_by_size")


def _class(values: dict[str, Any]) -> ClassFigures:
    plain = {name: values[name] for name in _CLASS_PLAIN}
    plain["ap_by_size"] = tuple(plain["ap_by_size"])
    return ClassFigures(**plain, best=Threshold(*values["best"]), curve=_curve(values["curve"]))


def _curve_values(curve: RecallCurve) -> dict[str, Any]:
    thin = thinned_curve(curve)
    columns = {"recall": thin.recall, "precision": thin.precision, "scores": thin.scores}
    return {**{name: np.round(column, 5).tolist() for name, column in columns.items()}, "boxes": curve.boxes}


def _curve(values: dict[str, Any]) -> RecallCurve:
    recall, precision, scores = (_floats(values[name]) for name in ("recall", "precision", "scores"))
    return RecallCurve(recall, precision, scores, values["boxes"])


def _floats(values: Sequence[float]) -> NDArray[np.float64]:
    return np.array(values, np.float64)


def _mark_rows(marks: Sequence[Mark]) -> list[list[float]]:
    return [
        [one.class_id, *(round(edge, 1) for edge in (one.x1, one.y1, one.x2, one.y2)), round(one.score, 4), one.partner]
        for one in marks
    ]


def _marks(rows: Sequence[Sequence[Any]]) -> tuple[Mark, ...]:
    return tuple(Mark(*row) for row in rows)
