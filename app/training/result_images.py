"""Evaluated images side by side with what is wrong on them; a double click opens one on the Edit page."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.jobs import Job
from app.session import PageRequest, Session
from app.theme import SPACE, current_colors
from app.training.result_thumbnails import LEGEND, Thumbnail, thumbnails
from yolox_core.evaluate.matches import ImageMatches

MOST = 60
PICTURE = QSize(208, 150)
TEXT_HEIGHT = 38
PATH_ROLE = Qt.ItemDataRole.UserRole
PICTURE_ROLE = Qt.ItemDataRole.UserRole + 1
MISTAKES_ROLE = Qt.ItemDataRole.UserRole + 2


class ImageGallery(QWidget):
    """Shows images in the order given, the first ones where they are many."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self.title = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.title.setProperty("look", "heading")
        squares = (f'<span style="color:{color}">■</span> {text}' for text, color in LEGEND.items())
        self.legend = QLabel("&nbsp;&nbsp; ".join(squares), wordWrap=True)
        self.legend.setProperty("look", "muted")
        self.list = QListWidget()
        self.list.setViewMode(QListView.ViewMode.IconMode)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        self.list.setMovement(QListView.Movement.Static)
        self.list.setItemDelegate(PictureDelegate(self.list))
        self.list.setAccessibleName("Images")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE, 0, 0)
        layout.setSpacing(SPACE // 2)
        for widget in (self.title, self.legend):
            layout.addWidget(widget)
        layout.addWidget(self.list, 1)
        self.list.itemActivated.connect(self._open)

    @property
    def paths(self) -> list[Path]:
        """The images on show."""
        return [self.list.item(row).data(PATH_ROLE) for row in range(self.list.count())]

    @property
    def drawn(self) -> int:
        """How many of their pictures are there."""
        return sum(self.list.item(row).data(PICTURE_ROLE) is not None for row in range(self.list.count()))

    def show_images(self, title: str, images: Sequence[ImageMatches]) -> None:
        """Show these images under a title."""
        self._stop()
        shown = images[:MOST]
        more = f" The first {MOST} of {len(images):,} are shown." if len(images) > MOST else ""
        self.title.setText(f"{title}{more}")
        self.legend.setVisible(bool(images))
        self.list.clear()
        for image in shown:
            item = QListWidgetItem(image.path.name)
            item.setData(PATH_ROLE, image.path)
            item.setData(MISTAKES_ROLE, mistakes_text(image))
            item.setToolTip(f"{image.path}\n{mistakes_text(image)}\nDouble-click: open it on the Edit page")
            self.list.addItem(item)
        if shown:
            ratio = self.devicePixelRatioF()
            self._job = Job(lambda: thumbnails(shown, PICTURE, ratio=ratio), self)
            self._job.record_ready.connect(self._on_drawn)
            self._session.start(self._job)

    def _stop(self) -> None:
        """Draw no more pictures of the images on show."""
        if self._job is not None:
            self._job.record_ready.disconnect(self._on_drawn)
            self._job.stop()
            self._job = None

    def _on_drawn(self, drawn: Thumbnail) -> None:
        item = self.list.item(drawn.place)
        if drawn.picture is None:
            item.setData(MISTAKES_ROLE, "cannot be read")
        else:
            item.setData(PICTURE_ROLE, QPixmap.fromImage(drawn.picture))

    def _open(self, item: QListWidgetItem) -> None:
        self._session.page_requested.emit(PageRequest("edit", item.data(PATH_ROLE)))


class PictureDelegate(QStyledItemDelegate):
    """Paints a picture with the name of its file and its mistakes below."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for every image."""
        return QSize(PICTURE.width() + 2 * SPACE, PICTURE.height() + TEXT_HEIGHT + 2 * SPACE)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one image."""
        colors = current_colors(option.widget)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, QColor(colors.selection))
        room = option.rect.adjusted(SPACE, SPACE, -SPACE, -SPACE)
        frame = QRect(room.topLeft(), PICTURE)
        picture = index.data(PICTURE_ROLE)
        if isinstance(picture, QPixmap):
            place = QRect(frame.topLeft(), picture.deviceIndependentSize().toSize())
            place.moveCenter(frame.center())
            painter.drawPixmap(place, picture)
        else:
            painter.fillRect(frame, QColor(colors.hover))
        line = TEXT_HEIGHT // 2
        for number, (text, color) in enumerate(
            ((index.data(), colors.text), (index.data(MISTAKES_ROLE), colors.muted))
        ):
            place = QRect(room.left(), frame.bottom() + 2 + number * line, room.width(), line)
            painter.setPen(QColor(color))
            fitting = option.fontMetrics.elidedText(text, Qt.TextElideMode.ElideMiddle, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, fitting)
        painter.restore()


def mistakes_text(image: ImageMatches) -> str:
    """What is wrong on an image, in words."""
    counts = ((image.missed, "missed"), (image.extra, "extra"), (image.confused, "other class"))
    return ", ".join(f"{count} {what}" for count, what in counts if count) or "all right"
