"""A copy of a data set with errors planted into its labels, and the list of what was planted."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.names import natural_key
from yolox_core.errors import FileError
from yolox_core.files import make_folder, write_atomically
from yolox_core.records import Annotation, Box
from yolox_core.review.planting import KINDS, Error, Labels, Planted, Rates, plant
from yolox_core.review.records import FindingKind
from yolox_core.sample.voc import voc_bytes

LIST_NAME = "planted.json"


@dataclass(frozen=True, slots=True)
class PlantedError:
    """One planted error: kind in words, the box as it stands in the copy, and as it was; None where there is none."""

    kind: FindingKind
    image: str
    now: Box | None
    before: Box | None


def write_corrupted(folder: DataFolder, output: Path, rates: Rates, *, seed: int) -> tuple[PlantedError, ...]:
    """Write the copy in VOC layout (images as links) below an empty folder, and the list; the errors planted.

    Raises FileError where `output` holds something or a label file cannot be read.
    """
    if output.exists() and any(output.iterdir()):
        raise FileError("The folder is not empty.", where=output, action="Name a new one.")
    images = [(image, read_annotation(folder, image)) for image in folder.images]
    images = [(image, annotation) for image, annotation in images if annotation.is_decided]
    names = sorted({box.class_name for _, annotation in images for box in annotation.boxes}, key=natural_key)
    before = [labels_of(annotation, names) for _, annotation in images]
    planted = plant(before, rates, np.random.default_rng(seed))
    for name in ("JPEGImages", "Annotations"):
        make_folder(output / name)
    errors: list[PlantedError] = []
    for (image, annotation), was, now in zip(images, before, planted, strict=True):
        boxes = boxes_of(now.labels, names)
        _write(output, image, annotation, boxes)
        errors += _errors(stem_of(image), boxes_of(was, names), boxes, now)
    _write_list(output, errors, rates, seed)
    return tuple(errors)


def read_planted(output: Path) -> tuple[PlantedError, ...]:
    """What was planted into the copy at `output`. Raises FileError where the list cannot be read."""
    try:
        rows = json.loads((output / LIST_NAME).read_bytes())["errors"]
        return tuple(_error(row) for row in rows)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError("The list of planted errors cannot be read.", where=output / LIST_NAME) from error


def _error(row: dict[str, Any]) -> PlantedError:
    now, before = (Box(**row[name]) if row[name] else None for name in ("now", "before"))
    return PlantedError(FindingKind(row["kind"]), row["image"], now, before)


def labels_of(annotation: Annotation, names: Sequence[str]) -> Labels:
    """The boxes of an annotation whose class is among `names`, as arrays."""
    ids = {name: number for number, name in enumerate(names)}
    known = [box for box in annotation.boxes if box.class_name in ids]
    edges = np.array([(box.x1, box.y1, box.x2, box.y2) for box in known], np.float64).reshape(-1, 4)
    return Labels(
        annotation.width, annotation.height, edges, np.array([ids[box.class_name] for box in known], np.int64)
    )


def boxes_of(labels: Labels, names: Sequence[str]) -> tuple[Box, ...]:
    """Labels as boxes with keys 1..n; edges in whole pixels, as VOC files hold them."""
    rows = zip(labels.class_ids.tolist(), np.rint(labels.boxes).tolist(), strict=True)
    return tuple(Box(names[class_id], x1, y1, x2, y2, key) for key, (class_id, (x1, y1, x2, y2)) in enumerate(rows, 1))


def stem_of(image: ImageFile) -> str:
    """The name of an image in a copy, where all lie in one folder."""
    return image.name.replace("/", "_")


def _write(output: Path, image: ImageFile, annotation: Annotation, boxes: tuple[Box, ...]) -> None:
    stem = stem_of(image)
    file_name = stem + image.path.suffix
    (output / "JPEGImages" / file_name).symlink_to(image.path.resolve())
    content = voc_bytes(boxes, filename=file_name, width=annotation.width, height=annotation.height)
    (output / "Annotations" / f"{stem}.xml").write_bytes(content)


def _errors(name: str, was: tuple[Box, ...], now: tuple[Box, ...], planted: Planted) -> list[PlantedError]:
    found = [PlantedError(FindingKind.MISSING, name, None, was[place]) for place in planted.dropped]
    for box, error, origin in zip(now, planted.errors.tolist(), planted.origins.tolist(), strict=True):
        if error:
            found.append(PlantedError(KINDS[Error(error)], name, box, was[origin] if origin >= 0 else None))
    return found


def _write_list(output: Path, errors: Sequence[PlantedError], rates: Rates, seed: int) -> None:
    content = {
        "seed": seed,
        "rates": asdict(rates),
        "errors": [{**asdict(error), "kind": error.kind.value} for error in errors],
    }
    write_atomically(output / LIST_NAME, json.dumps(content, indent=1).encode())
