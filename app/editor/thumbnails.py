"""Small pictures of images, made in a thread for the rows in sight, the newest wish first."""

from collections import OrderedDict
from collections.abc import Hashable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

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
        self._held: OrderedDict[str, QImage] = OrderedDict()
        self._bytes = 0
        self._waiting: dict[str, ImageFile] = {}
        self._new: dict[str, ImageFile] = {}
        self._fetcher = Fetcher(_make, self)
        self._fetcher.fetched.connect(self._on_fetched)
        self._wanted.connect(self._ask, Qt.ConnectionType.QueuedConnection)

    def of(self, image: ImageFile) -> QImage | None:
        """The thumbnail of an image: None while it is on its way, a null one where the file cannot be read."""
        held = self._held.get(image.name)
        if held is not None:
            self._held.move_to_end(image.name)
        elif image.name not in self._waiting:
            if not self._new:
                self._wanted.emit()
            self._new[image.name] = image
        return held

    def clear(self) -> None:
        """Forget all: another folder, whose images may have the same names."""
        self._fetcher.ask(())
        self._held.clear()
        self._waiting, self._new, self._bytes = {}, {}, 0

    def stop(self) -> None:
        """End the thread."""
        self._fetcher.stop()

    def _ask(self) -> None:
        """Ask for all rows painted in one go before those that were painted earlier; the oldest are dropped."""
        wanted = [*self._new.values(), *self._waiting.values()][:MOST_WAITING]
        self._waiting, self._new = {image.name: image for image in wanted}, {}
        self._fetcher.ask(tuple(self._waiting.values()))

    def _on_fetched(self, answer: Answer) -> None:
        image, picture = answer.question, answer.value
        assert isinstance(image, ImageFile)
        assert isinstance(picture, QImage)
        if self._waiting.pop(image.name, None) != image:
            return
        self._held[image.name] = picture
        self._bytes += picture.sizeInBytes()
        while self._bytes > CACHE_BYTES:
            self._bytes -= self._held.popitem(last=False)[1].sizeInBytes()
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
