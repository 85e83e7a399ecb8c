"""Evaluated images side by side with what is wrong on them; a double click opens one on the Edit page."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QLabel, QListView, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from app.jobs import Job
from app.session import PageRequest, Session
from app.theme import SPACE, current_colors
from app.training.result_thumbnails import LEGEND, Thumbnail, thumbnails
from yolox_core.evaluate.matches import ImageMatches

MOST = 60
PICTURE = QSize(200, 150)
TEXT_HEIGHT = 40


class ImageGallery(QWidget):
    """Shows images in the order given, the first ones where they are many."""

    opened = Signal(object)  # Path of an image

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.title = QLabel(wordWrap=True)
        self.title.setProperty("look", "heading")
        self.legend = QLabel(
            "&nbsp;&nbsp; ".join(f'<span style="color:{color}">■</span> {text}' for text, color in LEGEND.items())
        )
        self.legend.setProperty("look", "muted")
        self.legend.setWordWrap(True)
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setUniformItemSizes(True)
        self.list.setIconSize(PICTURE)
        self.list.setGridSize(QSize(PICTURE.width() + SPACE * 2, PICTURE.height() + TEXT_HEIGHT))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setAccessibleName("Images")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        for widget in (self.title, self.legend):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        self.list.itemActivated.connect(self._open)
        self.opened.connect(self._show_in_editor)

    @property
    def paths(self) -> list[Path]:
        """The images on show."""
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in range(self.list.count())]

    def show_images(self, title: str, images: Sequence[ImageMatches]) -> None:
        """Show these images under a title."""
        self.stop()
        shown = images[:MOST]
        more = f" The first {MOST} of {len(images):,} are shown." if len(images) > MOST else ""
        self.title.setText(f"{title}{more}")
        self.legend.setVisible(bool(images))
        self.list.clear()
        blank = QPixmap(PICTURE)
        blank.fill(QColor(current_colors(self).hover))
        for image in shown:
            item = QListWidgetItem(blank, f"{image.path.name}\n{mistakes_text(image)}")
            item.setData(Qt.ItemDataRole.UserRole, image.path)
            item.setToolTip(f"{image.path}\n{mistakes_text(image)}\nDouble-click: open it on the Edit page")
            self.list.addItem(item)
        ratio = self.devicePixelRatioF()
        self._job = Job(lambda: thumbnails(shown, PICTURE, ratio=ratio), self)
        self._job.record_ready.connect(self._on_drawn)
        self._session.start(self._job)

    def stop(self) -> None:
        """Draw no more pictures."""
        if self._job is not None:
            self._job.record_ready.disconnect(self._on_drawn)
            self._job.stop()
            self._job = None

    def _on_drawn(self, drawn: Thumbnail) -> None:
        item = self.list.item(drawn.place)
        if drawn.picture is None:
            item.setText(f"{item.text().splitlines()[0]}\ncannot be read")
            return
        item.setIcon(QPixmap.fromImage(drawn.picture))

    def _open(self, item: QListWidgetItem) -> None:
        self.opened.emit(item.data(Qt.ItemDataRole.UserRole))

    def _show_in_editor(self, path: Path) -> None:
        self._session.page_requested.emit(PageRequest("edit", path))


def mistakes_text(image: ImageMatches) -> str:
    """What is wrong on an image, in words."""
    counts = ((image.missed, "missed"), (image.extra, "extra"), (image.confused, "of another class"))
    return ", ".join(f"{count} {what}" for count, what in counts if count) or "all right"
