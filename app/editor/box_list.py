"""The boxes of the image on the desk as a table, in file order; it selects both ways and edits the two flags."""

from dataclasses import replace

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRectF,
    Qt,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from app.editor.captions import size_text
from app.editor.document import AnnotationDocument
from app.editor.edits import with_each
from app.theme import class_color, current_colors
from yolox_core.records import Annotation, Box

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()
HAS_CHECK = QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
CLASS, SIZE, DIFFICULT, TRUNCATED = range(4)
HEADERS = ("Class", "Size", "D", "T")
HELP = ("Class name", "Width × height in pixels", "Difficult: hard to recognise", "Truncated: not whole in the image")


def swatch(color: QColor) -> QIcon:
    """A square of one colour, as a mark beside a name; the same in a selected row, which would tint a plain pixmap."""
    pixmap = QPixmap(12, 12)
    pixmap.fill(color)
    icon = QIcon(pixmap)
    icon.addPixmap(pixmap, QIcon.Mode.Selected)
    return icon


class FlagDelegate(QStyledItemDelegate):
    """Paints a flag as a framed box that shows in every theme; the style's own is invisible on dark."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint row and flag."""
        self.initStyleOption(option, index)
        state, option.features = option.checkState, option.features & ~HAS_CHECK
        style = option.widget.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        option.features |= HAS_CHECK
        place = style.subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, option.widget)
        box = QRectF(0, 0, 14, 14)
        box.moveCenter(QRectF(place).center())
        colors = current_colors(option.widget)
        is_set = state == Qt.CheckState.Checked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colors.accent if is_set else colors.disabled), 1.2))
        painter.setBrush(QColor(colors.accent) if is_set else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        if is_set:
            painter.setPen(QPen(QColor(colors.on_accent), 1.8))
            middle = box.center()
            painter.drawPolyline([middle + QPointF(-3.5, 0), middle + QPointF(-1, 3), middle + QPointF(3.5, -3)])
        painter.restore()


def with_flag(box: Box, column: int, *, is_set: bool) -> Box:
    """The box with the flag of a table column set or cleared."""
    return replace(box, difficult=is_set) if column == DIFFICULT else replace(box, truncated=is_set)


class BoxListModel(QAbstractTableModel):
    """Rows are boxes. While the keys stay the same, a change repaints only the rows that it spans."""

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._boxes: tuple[Box, ...] = ()
        self._rows: dict[int, int] = {}

    def show_boxes(self, annotation: Annotation) -> None:
        """Show the boxes of an annotation."""
        old, new = self._boxes, annotation.boxes
        if [box.key for box in old] != [box.key for box in new]:
            self.beginResetModel()
            self._boxes = new
            self._rows = {box.key: row for row, box in enumerate(new)}
            self.endResetModel()
            return
        self._boxes = new
        changed = [row for row, (before, after) in enumerate(zip(old, new, strict=True)) if before is not after]
        if changed:
            self.dataChanged.emit(self.index(changed[0], CLASS), self.index(changed[-1], TRUNCATED))

    def key_at(self, row: int) -> int:
        """The key of the box in a row."""
        return self._boxes[row].key

    def row_of(self, key: int) -> int | None:
        """The row of a box."""
        return self._rows.get(key)

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of boxes."""
        return 0 if parent.isValid() else len(self._boxes)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:
        """Class, size and two flags."""
        return 0 if parent.isValid() else len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Names of the columns; numbers of the rows."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return HELP[section]
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        return HEADERS[section] if orientation == Qt.Orientation.Horizontal else section + 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, swatch or check mark of a cell."""
        if not index.isValid():
            return None
        box, column = self._boxes[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return {CLASS: box.class_name, SIZE: size_text(box)}.get(column)
        if role == Qt.ItemDataRole.DecorationRole and column == CLASS:
            return swatch(class_color(box.class_name))
        if role == Qt.ItemDataRole.CheckStateRole and column in (DIFFICULT, TRUNCATED):
            is_set = box.difficult if column == DIFFICULT else box.truncated
            return Qt.CheckState.Checked if is_set else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.ToolTipRole and not self._document.can_select(box):
            return f"{box.class_name} is hidden or locked"
        if role == Qt.ItemDataRole.ToolTipRole:
            return HELP[column] if column != CLASS else box.class_name
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """The two flags can be checked while the labels can be changed; boxes out of reach cannot be selected."""
        if not self._document.can_select(self._boxes[index.row()]):
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() in (DIFFICULT, TRUNCATED) and self._document.is_editable:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(self, index: AnyIndex, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Set or clear a flag as one step of undo."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        is_set = Qt.CheckState(value) == Qt.CheckState.Checked
        key = self._boxes[index.row()].key
        annotation = with_each(
            self._document.annotation, (key,), lambda box: with_flag(box, index.column(), is_set=is_set)
        )
        self._document.change("Change flag", annotation)
        return True


class BoxList(QTableView):
    """The table of boxes beside the canvas."""

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._model = BoxListModel(document)
        self._is_showing = False
        self.setModel(self._model)
        for column in (DIFFICULT, TRUNCATED):
            self.setItemDelegateForColumn(column, FlagDelegate(self))
        self._set_up_looks()
        document.image_changed.connect(self._on_image_changed)
        document.annotation_changed.connect(self._show_boxes)
        document.selection_changed.connect(self._show_selection)
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)

    def _set_up_looks(self) -> None:
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setAlternatingRowColors(False)
        self.setWordWrap(False)
        self.setAccessibleName("Boxes")
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(24)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setMinimumSectionSize(28)
        header.setSectionResizeMode(CLASS, QHeaderView.ResizeMode.Stretch)
        for column, width in ((SIZE, 92), (DIFFICULT, 30), (TRUNCATED, 30)):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, width)

    def _on_image_changed(self, _image: object) -> None:
        self._show_boxes(self._document.annotation)
        self.scrollToTop()

    def _show_boxes(self, annotation: Annotation) -> None:
        self._is_showing = True
        self._model.show_boxes(annotation)
        self._is_showing = False
        self._show_selection(self._document.selected)

    def _show_selection(self, keys: tuple[int, ...]) -> None:
        rows = [row for key in keys if (row := self._model.row_of(key)) is not None]
        if self._is_showing or set(rows) == self._selected_rows():
            return
        self._is_showing = True
        selection = QItemSelection()
        for row in rows:
            selection.select(self._model.index(row, 0), self._model.index(row, TRUNCATED))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if rows:
            last = self._model.index(rows[-1], 0)
            self.selectionModel().setCurrentIndex(last, QItemSelectionModel.SelectionFlag.NoUpdate)
            self.scrollTo(last)
        self._is_showing = False

    def _selected_rows(self) -> set[int]:
        return {index.row() for index in self.selectionModel().selectedRows()}

    def _on_selection_changed(self, _selected: object, _deselected: object) -> None:
        if self._is_showing:
            return
        self._is_showing = True
        self._document.select(tuple(self._model.key_at(row) for row in sorted(self._selected_rows())))
        self._is_showing = False
