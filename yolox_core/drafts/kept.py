"""Drafts that outlive the window: one JSON file for each image in `.drafts`, which is no part of the data set."""

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from yolox_core.drafts.draft import Draft, Source
from yolox_core.errors import FileError
from yolox_core.files import make_folder, write_atomically
from yolox_core.records import Box

FOLDER = ".drafts"
SUFFIX = ".json"


@dataclass(frozen=True, slots=True)
class KeptDrafts:
    """The drafts kept for the images of the data set at `root`."""

    root: Path

    def path(self, name: str) -> Path:
        """The file of the image with this name."""
        return self.root / FOLDER / f"{name}{SUFFIX}"

    def names(self) -> frozenset[str]:
        """Names of the images with drafts."""
        folder = self.root / FOLDER
        return frozenset(
            path.relative_to(folder).as_posix().removesuffix(SUFFIX) for path in folder.rglob(f"*{SUFFIX}")
        )

    def read(self, name: str) -> tuple[Draft, ...]:
        """The drafts of an image; none where the file is gone or damaged."""
        try:
            return tuple(_draft(entry) for entry in json.loads(self.path(name).read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError):
            return ()

    def write(self, name: str, drafts: tuple[Draft, ...]) -> None:
        """Keep these drafts; none takes the file away. Raises FileError where it cannot be written."""
        path = self.path(name)
        if drafts:
            make_folder(path.parent)
            write_atomically(path, json.dumps([_entry(draft) for draft in drafts], indent=1).encode())
            return
        with suppress(FileNotFoundError):
            try:
                path.unlink()
            except PermissionError as error:
                raise FileError("The drafts cannot be removed.", where=path, action="Check who may write.") from error


def _entry(draft: Draft) -> dict[str, object]:
    box = draft.box
    return {
        "class": box.class_name,
        "box": [float(edge) for edge in (box.x1, box.y1, box.x2, box.y2)],
        "score": draft.score,
    }


def _draft(entry: dict[str, object]) -> Draft:
    edges, score = entry["box"], entry["score"]
    if not isinstance(edges, list) or not isinstance(score, int | float):
        raise TypeError(f"no draft: {entry}")
    x1, y1, x2, y2 = map(float, edges)
    return Draft(Box(str(entry["class"]), x1, y1, x2, y2), float(score), Source.VIDEO)
