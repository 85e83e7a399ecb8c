"""What each evaluation found on a few validation images, as one small JSON file per epoch in the run folder. No torch.

Files stand by themselves: they hold labels and class names as they were, and name images within the data set.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.evaluate.truth import Compared
from yolox_core.files import write_atomically
from yolox_core.records import Detections
from yolox_core.train.run_folder import RunFolder

MOST_BOXES = 100
LOWEST_SCORE = 0.05
_NAME = re.compile(r"epoch_(\d+)\.json")


@dataclass(frozen=True, eq=False)
class PictureResult:
    """Labels and detections of one image; `image` is its path within the data set, or whole if it lies elsewhere.

    `labels` float32 [G, 4] xyxy in pixels of the image with `label_ids` int64 [G].
    """

    image: str
    labels: NDArray[np.float32]
    label_ids: NDArray[np.int64]
    detections: Detections


@dataclass(frozen=True, eq=False)
class EpochPictures:
    """The images of one evaluation."""

    epoch: int
    class_names: tuple[str, ...]
    results: tuple[PictureResult, ...]


def write_pictures(
    run: RunFolder, epoch: int, compared: Sequence[Compared], class_names: Sequence[str], root: Path
) -> None:
    """Keep the best detections of these images. Raises FileError where the run folder cannot be written."""
    pictures = [_entry(image, root) for image in sorted(compared, key=lambda image: image.path)]
    content = {"epoch": epoch, "class_names": list(class_names), "pictures": pictures}
    run.pictures.mkdir(exist_ok=True)
    write_atomically(run.picture(epoch), json.dumps(content).encode())


def pictured_epochs(run: RunFolder) -> tuple[int, ...]:
    """The epochs whose pictures are there, in order."""
    names = [path.name for path in run.pictures.iterdir()] if run.pictures.is_dir() else []
    return tuple(sorted(int(found[1]) for name in names if (found := _NAME.fullmatch(name))))


def read_pictures(run: RunFolder, epoch: int) -> EpochPictures:
    """The pictures of an epoch. Raises FileError where they cannot be read."""
    path = run.picture(epoch)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = tuple(str(name) for name in content["class_names"])
        return EpochPictures(epoch, names, tuple(_result(entry, len(names)) for entry in content["pictures"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError(f"The pictures of epoch {epoch} cannot be read ({error}).", where=path) from error


def _entry(image: Compared, root: Path) -> dict[str, Any]:
    path, found = image.path, image.detections
    count = min(MOST_BOXES, int((found.scores >= LOWEST_SCORE).sum()))
    return {
        "image": path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path),
        "labels": image.truth.boxes.round(1).tolist(),
        "label_ids": image.truth.class_ids.tolist(),
        "boxes": found.boxes[:count].astype(np.float64).round(1).tolist(),
        "scores": found.scores[:count].astype(np.float64).round(3).tolist(),
        "class_ids": found.class_ids[:count].tolist(),
    }


def _result(entry: dict[str, Any], classes: int) -> PictureResult:
    labels, boxes = (np.array(entry[key], np.float32).reshape(-1, 4) for key in ("labels", "boxes"))
    label_ids, class_ids = (np.array(entry[key], np.int64).reshape(-1) for key in ("label_ids", "class_ids"))
    scores = np.array(entry["scores"], np.float32).reshape(-1)
    if not len(labels) == len(label_ids) or not len(boxes) == len(scores) == len(class_ids):
        raise ValueError("boxes and classes differ in number")
    if any(len(ids) and not 0 <= ids.min() <= ids.max() < classes for ids in (label_ids, class_ids)):
        raise ValueError("a class without a name")
    return PictureResult(str(entry["image"]), labels, label_ids, Detections(boxes, scores, class_ids))
