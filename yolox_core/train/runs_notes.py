"""What a person writes down about a run: a note, tags, a star. A small file in the run folder."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yolox_core.files import write_atomically

NOTES = "notes.json"


@dataclass(frozen=True, slots=True)
class RunNotes:
    """`note` is free text, `tags` are single words, `is_favourite` is the star."""

    note: str = ""
    tags: tuple[str, ...] = ()
    is_favourite: bool = False

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "RunNotes":
        """The notes with these values; what has a wrong type counts as not written."""
        note, tags = values.get("note"), values.get("tags")
        return cls(
            note=note if isinstance(note, str) else "",
            tags=tuple(tag for tag in tags if isinstance(tag, str)) if isinstance(tags, list | tuple) else (),
            is_favourite=values.get("is_favourite") is True,
        )


def read_notes(run: Path) -> RunNotes:
    """The notes of the run in this folder; empty where there are none that can be read."""
    try:
        values = json.loads((run / NOTES).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return RunNotes()
    return RunNotes.from_dict(values) if isinstance(values, dict) else RunNotes()


def write_notes(run: Path, notes: RunNotes) -> None:
    """Keep notes with the run. Raises FileError where its folder cannot be written."""
    write_atomically(run / NOTES, json.dumps(asdict(notes), indent=2).encode())


def tags_of(text: str) -> tuple[str, ...]:
    """The tags in a line, parted by commas or spaces, each once."""
    return tuple(dict.fromkeys(text.replace(",", " ").split()))
