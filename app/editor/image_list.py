"""The list of images: a model over the folder's tuple, so that 50,000 entries cost no more than those in sight."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from app.editor.document import AnnotationDocument
from app.fetcher import Answer, Fetcher
from app.theme import Colors, current_colors
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.errors import UserError
from yolox_core.records import ImageState

MARK_ROLE = Qt.ItemDataRole.UserRole + 1
ROW_HEIGHT = 26
MARKS_AT_ONCE = 200
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


def matching(images: Sequence[ImageFile], text: str) -> tuple[ImageFile, ...]:
    """The images whose name holds every word of `text`, in any case."""
    words = text.lower().split()
    return tuple(image for image in images if all(word in image.name.lower() for word in words))


class ImageListModel(QAbstractListModel):
    """Rows are the images that pass the filter. States are asked for when a row is first painted."""

    marks_wanted = Signal()

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._shown: tuple[ImageFile, ...] = ()
        self._rows: dict[str, int] = {}
        self._marks: dict[str, Mark] = {}
        self._unknown: dict[str, ImageFile] = {}

    @property
    def images(self) -> tuple[ImageFile, ...]:
        """The images in the list, in order."""
        return self._shown

    def show_images(self, images: tuple[ImageFile, ...]) -> None:
        """List these images."""
        self.beginResetModel()
        self._shown = images
        self._rows = {image.name: row for row, image in enumerate(images)}
        self._unknown.clear()
        self.endResetModel()

    def forget_marks(self) -> None:
        """Ask for every state anew."""
        self._marks.clear()

    def row_of(self, image: ImageFile | None) -> int | None:
        """The row of an image; None when it is not listed."""
        return self._rows.get(image.name) if image is not None else None

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
        row = self._rows.get(image.name)
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
    """Paints a row: state mark, name with its end in sight, dirty dot."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        """The same for every row, so that a view need not ask 50,000 times."""
        return QSize(80, ROW_HEIGHT)

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


class ImageList(QWidget):
    """Filter line, list and count. Emits `image_chosen` when the user goes to another row."""

    image_chosen = Signal(object)  # ImageFile

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._folder: DataFolder | None = None
        self._is_showing = False
        self._marks = Fetcher(self._read_mark, self)
        self._asked: dict[str, ImageFile] = {}
        self.model = ImageListModel(document)
        self.filter_line = QLineEdit(placeholderText="Filter by name", clearButtonEnabled=True)
        self.view = self._make_view()
        self._count = QLabel()
        self._count.setProperty("look", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.filter_line, self.view, self._count):
            layout.addWidget(widget)
        self.filter_line.textChanged.connect(self._on_filter_changed)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.marks_wanted.connect(self._ask_for_marks, Qt.ConnectionType.QueuedConnection)
        self._marks.fetched.connect(self._on_mark_fetched)
        document.sheet_changed.connect(self._on_sheet_changed)

    @property
    def images(self) -> tuple[ImageFile, ...]:
        """The images that pass the filter."""
        return self.model.images

    def set_folder(self, folder: DataFolder | None) -> None:
        """List another folder."""
        self._folder = folder
        self.filter_line.blockSignals(True)
        self.filter_line.clear()
        self.filter_line.blockSignals(False)
        self.model.forget_marks()
        self._on_filter_changed("")

    def show_current(self, image: ImageFile | None) -> None:
        """Mark the row of the image on the desk, without choosing it again."""
        row = self.model.row_of(image)
        self._is_showing = True
        if row is None:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        else:
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row))
        self._is_showing = False

    def read_marks_again(self, _folder: object = None) -> None:
        """Ask for every state anew, after files were changed all over."""
        self.model.forget_marks()
        self.view.viewport().update()

    def stop(self) -> None:
        """End the thread that reads states."""
        self._marks.stop()

    def _make_view(self) -> QListView:
        view = QListView()
        view.setUniformItemSizes(True)
        view.setModel(self.model)
        view.setItemDelegate(ImageDelegate(view))
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setAccessibleName("Images")
        return view

    def _on_filter_changed(self, text: str) -> None:
        images = self._folder.images if self._folder else ()
        self.model.show_images(matching(images, text) if text.strip() else images)
        shown, total = len(self.model.images), len(images)
        noun = "image" if total == 1 else "images"
        self._count.setText(f"{shown:,} of {total:,} {noun}" if shown != total else f"{total:,} {noun}")
        self.show_current(self._document.image)

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._is_showing:
            self.image_chosen.emit(self.model.images[current.row()])

    def _ask_for_marks(self) -> None:
        newest = {image.name: image for image in self.model.take_unknown()}
        wanted = [*newest.values(), *(image for name, image in self._asked.items() if name not in newest)]
        self._asked = {image.name: image for image in wanted[:MARKS_AT_ONCE]}
        self._marks.ask(tuple(self._asked.values()))

    def _read_mark(self, image: Hashable) -> Mark:
        assert isinstance(image, ImageFile)
        if self._folder is None:
            return Mark()
        try:
            return Mark(read_annotation(self._folder, image).state)
        except UserError as problem:
            return Mark(problem=problem.what)

    def _on_mark_fetched(self, answer: Answer) -> None:
        image, mark = answer.question, answer.value
        assert isinstance(image, ImageFile)
        assert isinstance(mark, Mark)
        self._asked.pop(image.name, None)
        if self._document.held_annotation(image.name) is None:
            self.model.set_mark(image, mark)

    def _on_sheet_changed(self, image: ImageFile) -> None:
        self.model.set_mark(image, self._held_mark(image))

    def _held_mark(self, image: ImageFile) -> Mark:
        problem = self._document.problem if image == self._document.image else None
        annotation = self._document.held_annotation(image.name)
        is_broken = problem is not None and annotation is not None and not annotation.boxes
        if annotation is None or is_broken:
            return Mark(problem=problem.what if problem else "")
        return Mark(annotation.state, is_dirty=self._document.is_dirty(image.name))
