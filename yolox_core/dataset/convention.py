"""How the label files of a folder count pixels: found from boxes at the border, or set by the user for the folder.

Pascal VOC counts from 1 and includes the last pixel; other tools count from 0, with or without the last pixel. A whole
image of 640 pixels is 1 to 640, 0 to 639 or 0 to 640. Only boxes at the border tell which it is.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.user_folders import config_folder

SAMPLE = 64
_EDGE = re.compile(rb"<(xmin|ymin|xmax|ymax)>\s*([0-9.eE+-]+)\s*<")
_SIZE = re.compile(rb"<(width|height)>\s*([0-9.]+)\s*<")


@dataclass(frozen=True, slots=True)
class Convention:
    """Numbers in a file are the left edge of a box plus `low` and its right edge plus `high`, in pixels.

    `span` says in short how a box over the whole width is written.
    """

    name: str
    title: str
    span: str
    low: int
    high: int


VOC = Convention("voc", "Pixels from 1, the last included (Pascal VOC): 1 … width", "1 … w", 1, 0)
FROM_ZERO = Convention("zero", "Pixels from 0, the last included: 0 … width - 1", "0 … w-1", 0, -1)
EDGES = Convention("edges", "Edges between pixels, from 0: 0 … width", "0 … w", 0, 0)
CONVENTIONS = (VOC, FROM_ZERO, EDGES)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Edges at the border among the label files that were looked at: how many lie at 0, 1, size - 1 and size."""

    files: int = 0
    at_zero: int = 0
    at_one: int = 0
    at_last: int = 0
    at_size: int = 0

    @property
    def convention(self) -> Convention:
        """What the borders speak for; Pascal VOC where they do not speak."""
        if self.at_zero <= self.at_one:
            return VOC
        return FROM_ZERO if self.at_last > self.at_size else EDGES

    def __add__(self, other: "Evidence") -> "Evidence":
        return Evidence(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    def __str__(self) -> str:
        """One sentence for the user."""
        return (
            f"Box edges at the image border in {self.files} label files: {self.at_zero} at 0, {self.at_one} at 1, "
            f"{self.at_last} at width - 1 (or height - 1), {self.at_size} at width (or height)."
        )


class _Labelled(Protocol):
    @property
    def label_path(self) -> Path: ...


def find_evidence(images: Sequence[_Labelled]) -> Evidence:
    """Evidence from the label files of at most 64 images spread over all; files that cannot be read say nothing."""
    step = max(len(images) // SAMPLE, 1)
    evidence = Evidence()
    for image in images[::step][:SAMPLE]:
        try:
            content = image.label_path.read_bytes()
        except OSError:
            continue
        evidence += evidence_in(content)
    return evidence


def evidence_in(content: bytes) -> Evidence:
    """What one label file says of its convention."""
    sizes = {name: float(text) for name, text in _SIZE.findall(content) if text.strip(b".")}
    at = dict.fromkeys(("zero", "one", "last", "size"), 0)
    for name, text in _EDGE.findall(content):
        value = _number(text)
        size = sizes.get(b"width" if name.startswith(b"x") else b"height", 0.0)
        if name.endswith(b"min"):
            at["zero"] += value == 0
            at["one"] += value == 1
        elif size:
            at["last"] += value == size - 1
            at["size"] += value == size
    return Evidence(1, at["zero"], at["one"], at["last"], at["size"])


def chosen_convention(root: Path) -> Convention | None:
    """The convention that the user has set for the data set at `root`; None where it is to be found."""
    name = _choices().get(str(root.resolve()))
    return next((convention for convention in CONVENTIONS if convention.name == name), None)


def choose_convention(root: Path, convention: Convention | None) -> None:
    """Set the convention of a data set, or with None let it be found. Raises FileError where that cannot be kept."""
    choices = {key: name for key, name in _choices().items() if key != str(root.resolve())}
    if convention is not None:
        choices[str(root.resolve())] = convention.name
    try:
        _choices_path().parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"The choice cannot be kept ({error.strerror or error}).", where=_choices_path()) from error
    write_atomically(_choices_path(), json.dumps(choices, indent=2).encode())


def _choices_path() -> Path:
    return config_folder() / "pixel_conventions.json"


def _choices() -> dict[str, str]:
    try:
        choices = json.loads(_choices_path().read_bytes())
    except (OSError, ValueError):
        return {}
    return choices if isinstance(choices, dict) else {}


def _number(text: bytes) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")
