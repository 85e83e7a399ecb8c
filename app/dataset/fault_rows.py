"""Faults as rows of a list: where they are, and which image shows them. No widgets here."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from yolox_core.dataset.folder import DataFolder
from yolox_core.records import Fault

_LINE = re.compile(r":\d+\Z")


@dataclass(frozen=True, slots=True)
class FaultRow:
    """One fault: its place below the folder, the file itself, and the image to open for it, if there is one."""

    place: str
    what: str
    action: str
    file: Path
    image: Path | None


def fault_rows(folder: DataFolder, faults: Sequence[Fault]) -> tuple[FaultRow, ...]:
    """The rows of these faults, in their order."""
    images = {str(path): image.path for image in folder.images for path in (image.path, image.label_path)}
    return tuple(_row(folder.root, fault, images) for fault in faults)


def matching(rows: Sequence[FaultRow], text: str) -> tuple[FaultRow, ...]:
    """The rows that hold every word of `text`, in any case."""
    words = text.lower().split()
    if not words:
        return tuple(rows)
    return tuple(row for row in rows if all(word in f"{row.place} {row.what}".lower() for word in words))


def as_text(rows: Sequence[FaultRow]) -> str:
    """One line a row, columns parted by tabs, as spreadsheets take it."""
    return "".join(f"{row.place}\t{row.what}\t{row.action}\n" for row in rows)


def _row(root: Path, fault: Fault, images: dict[str, Path]) -> FaultRow:
    file = fault.where if fault.where in images else _LINE.sub("", fault.where)
    path = Path(file)
    below = path.relative_to(root).as_posix() if path.is_relative_to(root) else file
    place = below if below != "." else root.name
    return FaultRow(place + fault.where[len(file) :], fault.what, fault.action, path, images.get(file))
