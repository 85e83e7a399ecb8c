"""Small pictures of images, made in a thread for the rows in sight, the newest wish first."""

from collections.abc import Hashable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from app.editor.picture_queue import PictureQueue
from app.fetcher import Answer, Fetcher
from yolox_core.dataset.folder import ImageFile
from yolox_core.errors import UserError
from yolox_core.images import read_small

LONGEST = 160  # px: enough for a row at 200 %
CACHE_BYTES = 64_000_000
MOST_WAITING = 60


class Thumbnails(QObject):
    """Gives what it holds at once and makes the rest; `arrived` says that there is one more to be painted."""

    arrived = Signal()
    _wanted = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._queue: PictureQueue[str, ImageFile, QImage] = PictureQueue(
            limit_bytes=CACHE_BYTES, most_waiting=MOST_WAITING, on_first_wish=self._wanted.emit
        )
        self._fetcher = Fetcher(_make, self)
        self._fetcher.fetched.connect(self._on_fetched)
        self._wanted.connect(self._ask, Qt.ConnectionType.QueuedConnection)

    def of(self, image: ImageFile) -> QImage | None:
        """The thumbnail of an image: None while it is on its way, a null one where the file cannot be read."""
        return self._queue.get(image.name, image)

    def clear(self) -> None:
        """Forget all: another folder, whose images may have the same names."""
        self._fetcher.ask(())
        self._queue.clear()

    def stop(self) -> None:
        """End the thread."""
        self._fetcher.stop()

    def _ask(self) -> None:
        self._fetcher.ask(self._queue.take())

    def _on_fetched(self, answer: Answer) -> None:
        image, picture = answer.question, answer.value
        assert isinstance(image, ImageFile)
        assert isinstance(picture, QImage)
        self._queue.put(image.name, image, picture, picture.sizeInBytes())
        self.arrived.emit()


def _make(image: Hashable) -> QImage:
    assert isinstance(image, ImageFile)
    try:
        pixels = read_small(image.path, LONGEST)
    except UserError:
        return QImage()
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_BGR888).convertToFormat(
        QImage.Format.Format_RGB32
    )
