"""Splits that a data set lists in text files, one image a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PureWindowsPath

from yolox_core.errors import FileError
from yolox_core.images import IMAGE_SUFFIXES
from yolox_core.records import Fault

_MEMBERSHIP = frozenset(("1", "-1", "0", "+1"))


@dataclass(frozen=True)
class Splits:
    """Names of images per split, and what the lists name that is not there."""

    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def read_splits(root: Path, files: Sequence[Path], names_of: Mapping[str, Sequence[str]]) -> Splits:
    """The splits in these files, named after them; `names_of` gives the names of the images with a stem.

    Where several images below `root` have it, those beside the list are meant.

    Lists of a single class (`drone_train.txt`, with a column of 1 and -1) are no splits and are passed over.
    """
    splits: dict[str, dict[str, None]] = {}
    faults: list[Fault] = []
    for file in files:
        try:
            lines = _lines(file)
        except FileError as error:
            faults.append(Fault(error.what, error.where, error.action))
            continue
        if _is_class_list(lines):
            continue
        members = splits.setdefault(file.stem, {})
        beside = _beside(root, file)
        for number, line in lines:
            found = _named(line, names_of, beside)
            members.update(dict.fromkeys(found))
            if not found:
                faults.append(_missing(file, number, line))
    return Splits({split: tuple(members) for split, members in splits.items()}, tuple(faults))


def _lines(file: Path) -> list[tuple[int, str]]:
    try:
        text = file.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise FileError(
            f"The split cannot be read ({error.strerror or error}).", where=file, action="Check the permissions."
        ) from error
    return [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def _is_class_list(lines: list[tuple[int, str]]) -> bool:
    columns = [line.rsplit(maxsplit=1) for _, line in lines]
    return bool(columns) and all(len(column) == 2 and column[1] in _MEMBERSHIP for column in columns)


def _beside(root: Path, file: Path) -> str:
    """What the names of images begin with that lie in the same data set as a list, where names are paths."""
    base = next((folder.parent for folder in file.parents if folder.name == "ImageSets"), file.parent)
    inside = base.relative_to(root).as_posix() if base.is_relative_to(root) else "."
    return "" if inside == "." else f"{inside}/"


def _named(line: str, names_of: Mapping[str, Sequence[str]], beside: str) -> Sequence[str]:
    """Names of the images that a line means: a stem, a file name or a path; () when there is none."""
    if line in names_of:
        names = names_of[line]
        return names if len(names) == 1 else [name for name in names if name.startswith(beside)]
    path = PureWindowsPath(line)  # takes both kinds of slash
    stem = path.stem if path.suffix.lower() in IMAGE_SUFFIXES else path.name
    found = names_of.get(stem, ())
    if len(found) > 1:
        wanted = path.with_suffix("") if stem != path.name else path
        exact = [name for name in found if wanted.as_posix().endswith(name)]
        return exact or found
    return found


def _missing(file: Path, number: int, line: str) -> Fault:
    return Fault(
        f"Image “{line}” of split “{file.stem}” is not there.",
        f"{file}:{number}",
        "Put the image back, or take the line out of the split.",
    )
