"""Edits that are not saved yet, one small file per image, so that a killed program loses none of them.

An entry holds all that the editor held: the label file as it was first read, what is on disk, and the edit. The state
is restored exactly, so a save after it splices into the same bytes as a save before it would have.
"""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from yolox_core.dataset.convention import CONVENTIONS, Convention
from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.records import Annotation, Box
from yolox_core.user_folders import data_folder

_SUFFIX = ".json"


@dataclass(frozen=True)
class JournalEntry:
    """The unsaved edit of one image, made at `changed_at` (seconds since 1970).

    `original` is the label file that `saved` and `annotation` take the keys of their boxes from, None for no file;
    `digest` is that of the file on disk when it was last read or written here, empty for no file.
    """

    image_name: str
    changed_at: float
    original: bytes | None
    digest: bytes
    saved: Annotation
    annotation: Annotation
    convention: Convention


def journal_folder(root: Path) -> Path:
    """Where the edits of the data set at `root` are kept: one folder for each window that has it open."""
    name = hashlib.blake2b(str(root.resolve()).encode(), digest_size=8).hexdigest()
    return data_folder() / "journal" / f"{root.name}-{name}"


def write_entry(folder: Path, entry: JournalEntry) -> None:
    """Put an entry in the place of an older one of its image. Raises FileError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"The journal of unsaved edits cannot be made ({error.strerror or error}).",
            where=folder,
            action="Save often, and free space or mend the permissions there.",
        ) from error
    content = {
        "image": entry.image_name,
        "changed_at": entry.changed_at,
        "original": None if entry.original is None else base64.b64encode(entry.original).decode(),
        "digest": entry.digest.hex(),
        "saved": _plain_annotation(entry.saved),
        "annotation": _plain_annotation(entry.annotation),
        "convention": entry.convention.name,
    }
    write_atomically(_path(folder, entry.image_name), json.dumps(content).encode())


def remove_entry(folder: Path, image_name: str) -> None:
    """Forget the edit of one image. Raises FileError where its file stays."""
    try:
        _path(folder, image_name).unlink(missing_ok=True)
    except OSError as error:
        raise FileError(
            f"The journal of unsaved edits cannot be changed ({error.strerror or error}).", where=folder
        ) from error


def read_entries(folder: Path) -> tuple[JournalEntry, ...]:
    """The entries of one window, the oldest edit first; a damaged file is passed over and stays."""
    return tuple(sorted(_readable(folder), key=lambda entry: entry.changed_at))


def _readable(folder: Path) -> Iterator[JournalEntry]:
    for path in folder.glob(f"*{_SUFFIX}"):
        try:
            yield _entry(json.loads(path.read_bytes()))
        except (OSError, ValueError, KeyError, TypeError, StopIteration):
            continue


def _entry(content: dict[str, Any]) -> JournalEntry:
    original = content["original"]
    return JournalEntry(
        str(content["image"]),
        float(content["changed_at"]),
        None if original is None else base64.b64decode(original, validate=True),
        bytes.fromhex(content["digest"]),
        _annotation(content["saved"]),
        _annotation(content["annotation"]),
        next(one for one in CONVENTIONS if one.name == content["convention"]),
    )


def _plain_annotation(annotation: Annotation) -> dict[str, object]:
    plain = {field.name: getattr(annotation, field.name) for field in fields(Annotation)}
    return {**plain, "boxes": [[getattr(box, name) for name in _BOX_FIELDS] for box in annotation.boxes]}


def _annotation(plain: dict[str, Any]) -> Annotation:
    boxes = tuple(Box(**dict(zip(_BOX_FIELDS, values, strict=False))) for values in plain["boxes"])
    return Annotation(**{**plain, "boxes": boxes})


def _path(folder: Path, image_name: str) -> Path:
    return folder / (hashlib.blake2b(image_name.encode(), digest_size=16).hexdigest() + _SUFFIX)


_BOX_FIELDS = tuple(field.name for field in fields(Box))
