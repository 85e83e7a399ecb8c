"""Rows of the list of images: a model that costs no more than the rows in sight, and how a row is painted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.editor.thumbnails import Thumbnails
from app.theme import Colors, current_colors
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.records import ImageState

MARK_ROLE = Qt.ItemDataRole.UserRole + 1
IMAGE_ROLE = Qt.ItemDataRole.UserRole + 2
ROW_HEIGHT, THUMBNAIL_ROW_HEIGHT = 26, 52
THUMBNAIL_WIDTH, GAP = 64, 3
AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


@dataclass(frozen=True, slots=True)
class Mark:
    """What a row shows beside the name. `state` is None while it is not known or the file has a problem."""

    state: ImageState | None = None
    problem: str = ""
    is_dirty: bool = False

    @property
    def text(self) -> str:
        """The mark in words."""
        words = self.problem or (self.state.value if self.state else "")
        return f"{words}, not saved" if self.is_dirty else words


class ImagesAt(Sequence[ImageFile]):
    """The images of a folder at these places, without a copy of a million of them."""

    def __init__(self, folder: DataFolder, places: Sequence[int]) -> None:
        self.places = places
        self._images = folder.images
        self._rows = np.full(len(folder.images), -1, dtype=np.int32)
        self._rows[np.asarray(places, dtype=np.int64)] = np.arange(len(places))

    def row_at(self, place: int) -> int | None:
        """Where the image at this place of the folder stands here."""
        row = int(self._rows[place])
        return None if row < 0 else row

    def __len__(self) -> int:
        return len(self.places)

    @overload
    def __getitem__(self, row: int) -> ImageFile: ...
    @overload
    def __getitem__(self, row: slice) -> tuple[ImageFile, ...]: ...
    def __getitem__(self, row: int | slice) -> ImageFile | tuple[ImageFile, ...]:
        places = self.places[row]
        return self._images[places] if isinstance(places, int) else tuple(self._images[place] for place in places)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ImagesAt) and (self._images, self.places) == (other._images, other.places)

    __hash__ = None  # type: ignore[assignment]


class ImageListModel(QAbstractListModel):
    """Rows are the images that pass the filter. States are asked for when a row is first painted."""

    marks_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: DataFolder | None = None
        self._shown: Sequence[ImageFile] = ()
        self._marks: dict[str, Mark] = {}
        self._unknown: dict[str, ImageFile] = {}

    @property
    def images(self) -> Sequence[ImageFile]:
        """The images in the list, in order."""
        return self._shown

    def show_images(self, folder: DataFolder | None, places: Sequence[int] | None = None) -> None:
        """List the images of a folder at these places, in their order; without places all of them."""
        self.beginResetModel()
        self._folder = folder
        if folder is None:
            self._shown = ()
        else:
            self._shown = folder.images if places is None else ImagesAt(folder, places)
        self._unknown.clear()
        self.endResetModel()

    def lists(self, folder: DataFolder | None, places: Sequence[int]) -> bool:
        """Whether these images of a folder are in the list already, in this order."""
        here = self._shown.places if isinstance(self._shown, ImagesAt) else range(len(self._shown))
        return self._folder is folder and np.array_equal(np.asarray(here), np.asarray(places))

    def forget_marks(self) -> None:
        """Ask for every state anew."""
        self._marks.clear()

    def row_of(self, image: ImageFile | None) -> int | None:
        """The row of an image; None when it is not listed."""
        place = self._folder.place_of(image.name) if image is not None and self._folder is not None else None
        return self._shown.row_at(place) if place is not None and isinstance(self._shown, ImagesAt) else place

    def take_unknown(self) -> tuple[ImageFile, ...]:
        """Images painted since the last call whose state is not known."""
        unknown = tuple(self._unknown.values())
        self._unknown.clear()
        return unknown

    def set_mark(self, image: ImageFile, mark: Mark) -> None:
        """Show the state of one image."""
        if self._marks.get(image.name) == mark:
            return
        self._marks[image.name] = mark
        row = self.row_of(image)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of images in the list."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Name, mark or tooltip of a row."""
        if not index.isValid():
            return None
        image = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return image.name
        if role == MARK_ROLE:
            return self._mark(image)
        if role == IMAGE_ROLE:
            return image
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{image.path}\n{self._mark(image).text}".strip()
        return None

    def _mark(self, image: ImageFile) -> Mark:
        mark = self._marks.get(image.name)
        if mark is None:
            if not self._unknown:
                self.marks_wanted.emit()
            self._unknown[image.name] = image
            return Mark()
        return mark


class ImageDelegate(QStyledItemDelegate):
    """Paints a row: thumbnail if there are `thumbnails`, state mark, name with its end in sight, dirty dot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.thumbnails: Thumbnails | None = None

    @property
    def row_height(self) -> int:
        """Height of every row."""
        return ROW_HEIGHT if self.thumbnails is None else THUMBNAIL_ROW_HEIGHT

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one row."""
        self.initStyleOption(option, index)
        name, option.text = option.text, ""
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        mark = index.data(MARK_ROLE)
        colors = current_colors(option.widget)
        rect = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.thumbnails is not None:
            frame = QRectF(rect.left() + GAP, rect.top() + GAP, THUMBNAIL_WIDTH, rect.height() - 2 * GAP)
            draw_thumbnail(painter, self.thumbnails.of(index.data(IMAGE_ROLE)), frame, colors)
            rect.setLeft(frame.right())
        draw_mark(painter, mark, QPointF(rect.left() + 15, rect.center().y()), colors)
        room = rect.adjusted(30, 0, -20 if mark.is_dirty else -8, 0)
        painter.setPen(QColor(colors.text))
        text = option.fontMetrics.elidedText(name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)
        if mark.is_dirty:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colors.warning))
            painter.drawEllipse(QPointF(rect.right() - 11, rect.center().y()), 3.5, 3.5)
        painter.restore()


def draw_thumbnail(painter: QPainter, picture: QImage | None, frame: QRectF, colors: Colors) -> None:
    """Draw a picture within a frame: bare ground while it is on its way, crossed out where it cannot be read."""
    painter.fillRect(frame, QColor(colors.hover))
    if picture is None:
        return
    if picture.isNull():
        painter.setPen(QPen(QColor(colors.danger), 1.4))
        painter.drawLine(frame.topLeft(), frame.bottomRight())
        painter.drawLine(frame.topRight(), frame.bottomLeft())
        return
    size = QSizeF(picture.size()).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    shown = QRectF(QPointF(), size)
    shown.moveCenter(frame.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(shown, picture)


def draw_mark(painter: QPainter, mark: Mark, at: QPointF, colors: Colors) -> None:
    """Draw the mark of a state around a point: ring, barred ring, disc, tick; a triangle for a file with a problem."""
    soft = QColor(colors.muted)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if mark.problem:
        painter.setPen(QPen(QColor(colors.danger), 1.6))
        x, y = at.x(), at.y()
        painter.drawPolygon([QPointF(x, y - 5), QPointF(x + 6, y + 5), QPointF(x - 6, y + 5)])
    elif mark.state is ImageState.VERIFIED:
        painter.setPen(QPen(QColor(colors.good), 2.2))
        painter.drawPolyline([at + QPointF(-5, 0), at + QPointF(-1.5, 4), at + QPointF(5.5, -4.5)])
    elif mark.state is ImageState.LABELLED:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(soft)
        painter.drawEllipse(at, 4, 4)
    elif mark.state is not None:
        painter.setPen(QPen(soft, 1.4))
        painter.drawEllipse(at, 4, 4)
        if mark.state is ImageState.EMPTY:
            painter.drawLine(at + QPointF(-4, 4), at + QPointF(4, -4))
