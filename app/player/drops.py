"""What was dropped on the Play page: a video or images, a checkpoint, or both."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QMimeData

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
    """The first video, folder or image, and the first checkpoint among the files."""

    video: Path | None = None
    checkpoint: Path | None = None


def dropped_files(mime: QMimeData) -> list[Path]:
    """The local files that are being dragged."""
    return [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]


def sort_drop(paths: Sequence[Path]) -> Drop:
    """Which file is which, by its suffix; a video goes before a folder, and that before anything else."""
    checkpoint = next((path for path in paths if _is_checkpoint(path)), None)
    others = [path for path in paths if not _is_checkpoint(path)]
    videos = [path for path in others if path.suffix.lower() in VIDEO_SUFFIXES and not path.is_dir()]
    folders = [path for path in others if path.is_dir()]
    return Drop(next(iter((*videos, *folders, *others)), None), checkpoint)


def _is_checkpoint(path: Path) -> bool:
    return path.suffix.lower() in CHECKPOINT_SUFFIXES and not path.is_dir()
