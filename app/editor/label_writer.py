"""Label files written off the window's thread: a busy disk takes a tenth of a second and more to keep them for good."""

from concurrent.futures import Future, ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal

from app.editor.labels import Labels, write_labels
from yolox_core.records import Annotation

THREAD_NAME = "label writer"


class LabelWriter(QObject):
    """Writes in one thread, in the order in which it is asked; one write of an image at a time."""

    ended = Signal(str)  # name of an image whose write may be taken now

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix=THREAD_NAME)
        self._under_way: dict[str, Future[Labels]] = {}

    @property
    def under_way(self) -> tuple[str, ...]:
        """Names of the images whose writes were not taken yet, the oldest first."""
        return tuple(self._under_way)

    def is_ended(self, name: str) -> bool:
        """Whether there is a write of an image that can be taken without waiting."""
        return name in self._under_way and self._under_way[name].done()

    def write(self, labels: Labels, annotation: Annotation, *, is_forced: bool) -> None:
        """Begin to write as `write_labels` does."""
        name = labels.image.name
        future = self._pool.submit(write_labels, labels, annotation, is_forced=is_forced)
        self._under_way[name] = future
        future.add_done_callback(lambda _future: self.ended.emit(name))

    def take(self, name: str) -> Labels:
        """The labels as they are on disk after the write, which is waited for. Raises what `write_labels` raises."""
        return self._under_way.pop(name).result()

    def stop(self) -> None:
        """Wait for the thread's end."""
        self._pool.shutdown()
