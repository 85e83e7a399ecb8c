"""Faults as rows of a list: where they are, and which image shows them. No widgets here."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yolox_core.dataset.folder import DataFolder
from yolox_core.records import Fault

_LINE = re.compile(r":\d+\Z")


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault: its place below the folder, the file itself, and the image to open for it, if there is one.

    `searchable` is what a filter looks at, in lower case: made once, as a list may hold 100,000 faults.
    """

    place: str
    what: str
    action: str
    file: str
    image: Path | None
    searchable: str


def fault_rows(folder: DataFolder, faults: Sequence[Fault]) -> tuple[FaultRow, ...]:
    """The rows of these faults, in their order."""
    images = {str(path): image.path for image in folder.images for path in (image.path, image.label_path)}
    root = str(folder.root)
    return tuple(_row(root, fault, images) for fault in faults)


def matching(rows: Sequence[FaultRow], text: str) -> tuple[FaultRow, ...]:
    """The rows that hold every word of `text`, in any case."""
    words = text.lower().split()
    if not words:
        return tuple(rows)
    return tuple(row for row in rows if all(word in row.searchable for word in words))


def as_text(rows: Sequence[FaultRow]) -> str:
    """One line a row, columns parted by tabs, as spreadsheets take it."""
    return "".join(f"{row.place}\t{row.what}\t{row.action}\n" for row in rows)


def _row(root: str, fault: Fault, images: dict[str, Path]) -> FaultRow:
    file = fault.where if fault.where in images else _LINE.sub("", fault.where)
    place = _below(root, file) + fault.where[len(file) :]
    return FaultRow(place, fault.what, fault.action, file, images.get(file), f"{place} {fault.what}".lower())


def _below(root: str, file: str) -> str:
    """The path from the folder on; its own name for the folder itself. Texts, as `Path` takes seconds for many."""
    if file == root:
        return Path(root).name
    return file.removeprefix(root.rstrip(os.sep) + os.sep).replace(os.sep, "/")
