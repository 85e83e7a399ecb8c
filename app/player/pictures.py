"""A frame as a file."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from yolox_core.errors import FileError
from yolox_core.files import write_atomically


def write_png(target: Path, image: QImage) -> None:
    """Write an image as PNG, whole or not at all. Raises FileError where it cannot be written."""
    if target.is_dir() or not target.parent.is_dir():
        raise FileError("The picture cannot be written there.", where=target, action="Choose another folder or name.")
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    write_atomically(target, bytes(buffer.data().data()))


def suggested_png(video: Path, index: int) -> Path:
    """A name beside the video: its own and the frame's number, counted from 1 as on the page."""
    return video.with_name(f"{video.stem}_{index + 1:06d}.png")
