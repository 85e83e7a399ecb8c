"""Markers of a video in the user's data folder: found again when the video is moved, as long as its name is kept."""

import csv
import hashlib
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from app.player.timeline import time_text
from yolox_core.errors import FileError
from yolox_core.files import make_folder, write_atomically
from yolox_core.user_folders import data_folder


@dataclass(frozen=True, slots=True)
class Marker:
    """A frame, counted from 0, that somebody wants to find again, and why."""

    frame: int
    note: str = ""


def markers_path(video: Path) -> Path:
    """Where the markers of a video are kept. Raises FileError where the video is gone."""
    try:
        size = 0 if video.is_dir() else video.stat().st_size
    except OSError as error:
        raise FileError(f"The file cannot be read ({error.strerror}).", where=video, action="Open it again.") from error
    words = json.dumps([video.name, size]).encode()
    return data_folder() / "markers" / f"{video.stem[:60]}-{hashlib.sha256(words).hexdigest()[:12]}.json"


def read_markers(video: Path) -> tuple[Marker, ...]:
    """The markers kept of a video, by frame. Raises FileError where there are some that cannot be read."""
    path = markers_path(video)
    if not path.exists():
        return ()
    try:
        stored = json.loads(path.read_bytes())
        markers = [Marker(int(each["frame"]), str(each["note"])) for each in stored["markers"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileError("The markers cannot be read.", where=path, action="Mend or delete this file.") from error
    return tuple(sorted(markers, key=lambda marker: marker.frame))


def write_markers(video: Path, markers: Iterable[Marker]) -> None:
    """Keep the markers of a video. Raises FileError where the data folder cannot be written."""
    path = markers_path(video)
    content = {"video": video.name, "markers": [asdict(marker) for marker in markers]}
    make_folder(path.parent)
    write_atomically(path, json.dumps(content, indent=1, ensure_ascii=False).encode())


def markers_csv(markers: Iterable[Marker], times_s: Iterable[float]) -> bytes:
    """A row for each marker: frame counted from 1, its time and the note."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("frame", "time", "note"))
    for marker, time_s in zip(markers, times_s, strict=True):
        writer.writerow((marker.frame + 1, time_text(time_s, decimals=3), marker.note))
    return text.getvalue().encode()
