"""What was dropped on the Play page: a video, a checkpoint, both, or something it cannot use."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

from yolox_core.errors import FileError

CHECKPOINT_SUFFIXES = (".pth", ".pt", ".ckpt")
VIDEO_SUFFIXES = (
    ".mp4",
    ".mov",
    ".mkv",
    ".avi",
    ".webm",
    ".m4v",
    ".mpg",
    ".mpeg",
    ".ts",
    ".mts",
    ".wmv",
    ".flv",
    ".3gp",
)


@dataclass(frozen=True, slots=True)
class Drop:
    """The first video and the first checkpoint among the files."""

    video: Path | None = None
    checkpoint: Path | None = None


def dropped_files(mime: QMimeData) -> list[Path]:
    """The local files that are being dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def sort_drop(paths: Sequence[Path]) -> Drop:
    """Which file is which, by its suffix. Raises FileError when a folder is all there is."""
    files = [path for path in paths if not path.is_dir()]
    if not files and paths:
        raise FileError(
            "This is a folder, not a video.",
            where=paths[0],
            action="Drop a video file; a folder of images opens on the Edit page.",
        )
    checkpoint = next((path for path in files if path.suffix.lower() in CHECKPOINT_SUFFIXES), None)
    videos = [path for path in files if path.suffix.lower() not in CHECKPOINT_SUFFIXES]
    known = (path for path in videos if path.suffix.lower() in VIDEO_SUFFIXES)
    return Drop(next(known, videos[0] if videos else None), checkpoint)
