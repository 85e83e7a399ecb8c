"""YOLO text labels: one line a box, `class cx cy w h` as shares of the image; polygons are read as their boxes."""

import math
from collections.abc import Iterator, Sequence

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.errors import FileError
from yolox_core.images import read_size
from yolox_core.records import Annotation, Box

_LEAST, _MOST = -1.0, 2.0  # shares outside this are no shares, but pixels


def read_annotation(folder: DataFolder, image: ImageFile, *, size: tuple[int, int] | None = None) -> Annotation:
    """Boxes in pixels of one image; undecided where there is no label file.

    `size` is the width and height of the image where they are known.

    Raises FileError naming the line that is not understood, and where the size of the image cannot be read.
    """
    width, height = size or read_size(image.path)
    try:
        text = image.label_path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Annotation(width, height)
    except UnicodeDecodeError as error:
        raise FileError(
            "The label file is not text.", where=image.label_path, action="Remove or replace it."
        ) from error
    except OSError as error:
        raise FileError(
            f"The labels cannot be read ({error.strerror or error}).",
            where=image.label_path,
            action="Check the permissions.",
        ) from error
    boxes = tuple(_boxes(image, text, folder.class_names, width, height))
    return Annotation(width, height, boxes, is_decided=True)


def _boxes(image: ImageFile, text: str, class_names: Sequence[str], width: int, height: int) -> Iterator[Box]:
    key = 0
    for number, line in enumerate(text.splitlines(), 1):
        columns = line.split()
        if not columns:
            continue
        key += 1
        try:
            name = _class_name(columns[0], class_names)
            x1, y1, x2, y2 = _edges(columns[1:])
        except ValueError as error:
            raise FileError(
                f"Line {number} is no box: {error}.",
                where=f"{image.label_path}:{number}",
                action="Mend the line: class number, then centre x, centre y, width and height as shares of the image.",
            ) from error
        yield Box(name, x1 * width, y1 * height, x2 * width, y2 * height, key)


def _class_name(text: str, class_names: Sequence[str]) -> str:
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"class “{text}” is no whole number")
    if not class_names:
        return str(int(text))
    if int(text) >= len(class_names):
        raise ValueError(f"class {text} is not among the {len(class_names)} class names, which count from 0")
    return class_names[int(text)]


def _edges(columns: Sequence[str]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom as shares, from centre and size (perhaps with a score) or from polygon corners."""
    values = [_share(column) for column in columns]
    if len(values) >= 6 and len(values) % 2 == 0:
        return min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2])
    if len(values) not in (4, 5):
        raise ValueError(f"it has {len(values) + 1} columns instead of 5")
    cx, cy, width, height = values[:4]
    return cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"“{text}” is no number") from None
    if not math.isfinite(value) or not _LEAST <= value <= _MOST:
        raise ValueError(f"{text} is no share of the image between 0 and 1")
    return value
