"""How far the labelling of the folder is: images listed, and how many are verified, labelled, or still to do."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from app.folder_index import FolderIndex, IndexReader
from app.theme import current_colors
from yolox_core.records import ImageState, Progress

BAR_HEIGHT = 6


class FolderProgress(QWidget):
    """A bar and two lines of text; they follow the index."""

    def __init__(self, index: FolderIndex, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = IndexReader(index, self)
        self.bar, self.listed, self.states = StateBar(), QLabel(), QLabel(wordWrap=True)
        for label in (self.listed, self.states):
            label.setProperty("look", "muted")
            label.setMinimumWidth(20)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        for widget in (self.listed, self.bar, self.states):
            layout.addWidget(widget)
        self._reader.answered.connect(self._show_states)
        index.changed.connect(self._ask)
        index.progressed.connect(self._on_progressed)
        self._is_reading = False

    def show_listed(self, shown: int, total: int) -> None:
        """Say how many images pass the filter."""
        noun = "image" if total == 1 else "images"
        self.listed.setText(f"{shown:,} of {total:,} {noun}" if shown != total else f"{total:,} {noun}")
        if not total:
            self.bar.show_counts({})
            self.states.clear()

    def stop(self) -> None:
        """End the thread."""
        self._reader.stop()

    def _ask(self) -> None:
        self._reader.ask(lambda index: index.images_per_state())

    def _show_states(self, counts: dict[ImageState, int]) -> None:
        self.bar.show_counts(counts)
        if not self._is_reading:
            self.states.setText(" · ".join(f"{count:,} {state.value}" for state, count in counts.items() if count))

    def _on_progressed(self, progress: Progress | None) -> None:
        self._is_reading = progress is not None
        if progress is not None:
            self.states.setText(f"{progress.text}: {progress.done:,} of {progress.total:,}")
        else:
            self._ask()


class StateBar(QWidget):
    """One bar: verified, labelled or empty by decision, not labelled."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._counts: dict[ImageState, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_counts(self, counts: dict[ImageState, int]) -> None:
        """Show images per state."""
        self._counts = counts
        self.setToolTip("\n".join(f"{count:,} {state.value}" for state, count in counts.items()))
        self.update()

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(40, BAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the shares from left to right."""
        painter, colors = QPainter(self), current_colors(self)
        painter.fillRect(self.rect(), QColor(colors.hover))
        total, left = sum(self._counts.values()), 0.0
        done = self._counts.get(ImageState.LABELLED, 0) + self._counts.get(ImageState.EMPTY, 0)
        shares = ((self._counts.get(ImageState.VERIFIED, 0), colors.good), (done, colors.muted))
        for count, color in shares if total else ():
            width = self.width() * count / total
            painter.fillRect(QRectF(left, 0, width, self.height()), QColor(color))
            left += width
