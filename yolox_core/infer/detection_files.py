"""What was found in a video as a file: JSON, CSV, COCO results, MOT Challenge text.

Frames count from 1 in every format, as in the window. JSON and CSV say by themselves which frames were looked at; COCO
and MOT have no place for that, so a second file in the fashion of each stands beside them.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.infer.found import FoundInFrame, FoundInVideo

COLUMNS = ("frame", "time_s", "class", "score", "x1", "y1", "x2", "y2", "track")


@dataclass(frozen=True, slots=True)
class DetectionFormat:
    """A kind of file: how its name ends, what people call it, its files by the end of their names.

    `beside` is how the name of a second file ends, empty where there is none.
    """

    ending: str
    title: str
    render: Callable[[FoundInVideo], dict[str, str]]
    beside: str = ""


def write_detections(path: Path, found: FoundInVideo) -> tuple[Path, ...]:
    """Write the format that the name asks for; the files made, the one of this name first.

    Raises UserError for a name of no format, FileError where it cannot be written.
    """
    paths, contents = files_of(path), format_of(path).render(found)
    for made, content in zip(paths, contents.values(), strict=True):
        write_atomically(made, content.encode())
    return paths


def files_of(path: Path) -> tuple[Path, ...]:
    """The files that this name stands for: itself, and what is to stand beside it. Raises UserError as `format_of`."""
    chosen = format_of(path)
    second = path.with_name(path.name[: -len(chosen.ending)] + chosen.beside)
    return (path, second) if chosen.beside else (path,)


def format_of(path: Path) -> DetectionFormat:
    """The format of a file name. Raises UserError where it is none."""
    name = path.name.lower()
    chosen = next((each for each in FORMATS if name.endswith(each.ending) and len(name) > len(each.ending)), None)
    if chosen is None:
        endings = ", ".join(each.ending for each in FORMATS)
        raise UserError("No kind of file for detections ends so.", where=path, action=f"Choose one of {endings}.")
    return chosen


def spans_text(found: FoundInVideo) -> str:
    """The frames looked at: `1-20, 35`."""
    numbers = [frame.number + 1 for frame in found.found]
    first = [n for n, before in zip(numbers, [0, *numbers], strict=False) if n != before + 1 or n == 1]
    last = [n for n, after in zip(numbers, [*numbers[1:], 0], strict=True) if after != n + 1]
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in zip(first, last, strict=True))


def _json(found: FoundInVideo) -> dict[str, str]:
    whole = {
        "video": found.video.name,
        "width": found.width,
        "height": found.height,
        "frames_per_second": found.fps,
        "frames_of_video": found.frames,
        "frames_looked_at": spans_text(found),
        "classes": found.class_names,
        "thresholds": _thresholds(found),
        "frames": [
            {"frame": frame.number + 1, **_where(frame), "detections": list(_entries(found, frame))}
            for frame in found.found
        ],
    }
    return {".json": json.dumps(whole, indent=1, ensure_ascii=False)}


def _thresholds(found: FoundInVideo) -> dict[str, Any]:
    written = asdict(found.thresholds)
    written["own"] = {found.class_names[class_id]: value for class_id, value in found.thresholds.own}
    return written


def _where(frame: FoundInFrame) -> dict[str, Any]:
    """The time of a frame of a video; the name and size of an image."""
    if not frame.name:
        return {"time_s": round(frame.time_s, 6)}
    return {"image": frame.name, "width": frame.size[0], "height": frame.size[1]}


def _entries(found: FoundInVideo, frame: FoundInFrame) -> Iterator[dict[str, Any]]:
    for row in _rows(frame):
        track = {"track": row.track} if row.track > 0 else {}
        yield {"class": found.class_names[row.class_id], "score": row.score, "box": row.box, **track}


def _csv(found: FoundInVideo) -> dict[str, str]:
    """One row for each box; a frame without any has one with its number and time alone."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    are_images = any(frame.name for frame in found.found)
    writer.writerow(tuple("image" if are_images and name == "time_s" else name for name in COLUMNS))
    for frame in found.found:
        when = (frame.number + 1, frame.name or round(frame.time_s, 6))
        if not len(frame.detections):
            writer.writerow((*when, *[""] * (len(COLUMNS) - len(when))))
        for row in _rows(frame):
            name = found.class_names[row.class_id]
            writer.writerow((*when, name, row.score, *row.box, row.track if row.track > 0 else ""))
    return {".csv": text.getvalue()}


def _coco(found: FoundInVideo) -> dict[str, str]:
    """Results, and the images and categories that they refer to; an image's id is the frame's number."""
    results = [
        {
            "image_id": frame.number + 1,
            "category_id": row.class_id + 1,
            "bbox": row.corner_and_size,
            "score": row.score,
            **({"track_id": row.track} if row.track > 0 else {}),
        }
        for frame in found.found
        for row in _rows(frame)
    ]
    images = [
        {
            "id": frame.number + 1,
            "file_name": frame.name or f"{found.video.stem}_{frame.number + 1:06d}.png",
            "width": frame.size[0],
            "height": frame.size[1],
        }
        for frame in found.found
    ]
    categories = [{"id": number, "name": name} for number, name in enumerate(found.class_names, start=1)]
    described = {
        "info": {"description": f"{found.video.name}, frames {spans_text(found)} of {found.frames}"},
        "images": images,
        "categories": categories,
        "annotations": [],
    }
    return {".coco.json": json.dumps(results), ".coco-images.json": json.dumps(described, ensure_ascii=False)}


def _mot(found: FoundInVideo) -> dict[str, str]:
    """Ten columns (frame, track, left, top, width, height, score, -1, -1, -1), pixels from 1; and `seqinfo.ini`."""
    lines: list[str] = []
    for frame in found.found:
        for row in _rows(frame):
            left, top, width, height = row.corner_and_size
            box = f"{left + 1:.2f},{top + 1:.2f},{width:.2f},{height:.2f}"
            lines.append(f"{frame.number + 1},{row.track},{box},{row.score},-1,-1,-1\n")
    described = (
        ("name", found.video.stem),
        ("frameRate", f"{found.fps:g}"),
        ("seqLength", found.frames),
        ("imWidth", found.width),
        ("imHeight", found.height),
        ("framesLookedAt", spans_text(found)),
    )
    sequence = "".join(f"{name}={value}\n" for name, value in described)
    return {".txt": "".join(lines), ".seqinfo.ini": f"[Sequence]\n{sequence}"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One box as plain numbers: edges in pixels, `track` NO_TRACK for none."""

    box: list[float]
    score: float
    class_id: int
    track: int

    @property
    def corner_and_size(self) -> list[float]:
        x1, y1, x2, y2 = self.box
        return [x1, y1, round(x2 - x1, 3), round(y2 - y1, 3)]


def _rows(frame: FoundInFrame) -> Iterator[_Row]:
    found = frame.detections
    columns = (found.boxes.tolist(), found.scores.tolist(), found.class_ids.tolist(), frame.tracks.tolist())
    for box, score, class_id, track in zip(*columns, strict=True):
        yield _Row([round(edge, 3) for edge in box], round(score, 5), class_id, track)


FORMATS: tuple[DetectionFormat, ...] = (
    DetectionFormat(".coco.json", "COCO results", _coco, ".coco-images.json"),
    DetectionFormat(".json", "JSON", _json),
    DetectionFormat(".csv", "CSV", _csv),
    DetectionFormat(".txt", "MOT Challenge", _mot, ".seqinfo.ini"),
)
