"""One cell of a grid of crops: what is cut out, the boxes drawn over it, and how it is painted."""

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractItemModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
)
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.editor.crop_pictures import CropPictures
from app.theme import current_colors
from yolox_core.dataset.folder import ImageFile
from yolox_core.records import Box

CELL_ROLE = Qt.ItemDataRole.UserRole + 2
CAPTION_HEIGHT, GAP = 18, 4
SHADE, WIDTH = QColor(0, 0, 0, 150), 2.0


@dataclass(frozen=True, slots=True)
class CellBox:
    """A box drawn over a crop."""

    box: Box
    color: QColor
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """The part of `image` around `centre`, with boxes over it."""

    image: ImageFile
    centre: Box
    boxes: tuple[CellBox, ...]


class CropDelegate(QStyledItemDelegate):
    """Paints a cell: the crop with its boxes, the caption below, a frame around chosen ones."""

    def __init__(self, pictures: CropPictures, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.side = 128

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """The same for every cell."""
        return QSize(self.side + 2 * GAP, self.side + CAPTION_HEIGHT + 2 * GAP)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one cell."""
        colors = current_colors(option.widget)
        cell = QRectF(option.rect).adjusted(GAP, GAP, -GAP, -GAP)
        frame = cell.adjusted(0, 0, 0, -CAPTION_HEIGHT)
        is_chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(frame, QColor(colors.hover))
        self._paint_crop(painter, frame, index.data(CELL_ROLE), QColor(colors.danger))
        if is_chosen:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(colors.accent), 3))
            painter.drawRect(cell)
        painter.setPen(QColor(colors.text if is_chosen else colors.muted))
        caption = QRectF(cell.left() + GAP, frame.bottom(), cell.width() - 2 * GAP, CAPTION_HEIGHT)
        name = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, int(caption.width()))
        painter.drawText(caption, Qt.AlignmentFlag.AlignCenter, name)
        painter.restore()

    def _paint_crop(self, painter: QPainter, frame: QRectF, cell: Cell, bad: QColor) -> None:
        crop = self._pictures.of(cell.image, cell.centre)
        if crop is None:
            return
        if crop.picture.isNull():
            painter.setPen(QPen(bad, 1.4))
            painter.drawLine(frame.topLeft(), frame.bottomRight())
            painter.drawLine(frame.topRight(), frame.bottomLeft())
            return
        size = QSizeF(crop.picture.size()).scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        shown = QRectF(QPointF(), size)
        shown.moveCenter(frame.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(shown, crop.picture)
        inner = QRectF(
            shown.left() + crop.inner.left() * shown.width(),
            shown.top() + crop.inner.top() * shown.height(),
            crop.inner.width() * shown.width(),
            crop.inner.height() * shown.height(),
        )
        painter.setClipRect(shown)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for one in cell.boxes:
            line = Qt.PenStyle.DashLine if one.is_dashed else Qt.PenStyle.SolidLine
            rect = _placed(one.box, cell.centre, inner)
            for pen in (QPen(SHADE, WIDTH + 1.4), QPen(one.color, WIDTH, line)):
                painter.setPen(pen)
                painter.drawRect(rect)
        painter.setClipping(False)


class CropList(QListView):
    """A grid of cells of which many can be chosen."""

    def __init__(self, model: QAbstractItemModel, pictures: CropPictures, *, side: int) -> None:
        super().__init__()
        self._delegate = CropDelegate(pictures, self)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMovement(QListView.Movement.Static)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionRectVisible(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setModel(model)
        self.setItemDelegate(self._delegate)
        self.set_side(side)
        pictures.arrived.connect(self.viewport().update)

    def set_side(self, side: int) -> None:
        """Show larger or smaller cells."""
        self._delegate.side = side
        self.doItemsLayout()

    @property
    def chosen_rows(self) -> list[int]:
        """The rows of the cells that are chosen, in order."""
        return sorted(index.row() for index in self.selectionModel().selectedIndexes())

    @property
    def chosen_count(self) -> int:
        """How many cells are chosen; quick where there are very many."""
        return sum(part.height() for part in self.selectionModel().selection().toList())

    def choose(self, rows: Iterable[int]) -> None:
        """Choose these cells and no others; the place in the grid stays."""
        place = self.verticalScrollBar().value()
        selection = QItemSelection()
        for first, last in _runs(rows):
            selection.select(self.model().index(first, 0), self.model().index(last, 0))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.verticalScrollBar().setValue(place)


def _runs(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Rows that follow each other as (first, last): Qt takes one range much faster than its rows one by one."""
    runs: list[tuple[int, int]] = []
    for row in sorted(rows):
        if runs and row == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], row
        else:
            runs.append((row, row))
    return runs


def _placed(box: Box, centre: Box, inner: QRectF) -> QRectF:
    """Where a box lies, given that `centre` lies at `inner`."""
    x = inner.width() / max(centre.width, 1e-6)
    y = inner.height() / max(centre.height, 1e-6)
    left, top = inner.left() + (box.x1 - centre.x1) * x, inner.top() + (box.y1 - centre.y1) * y
    return QRectF(left, top, box.width * x, box.height * y)
