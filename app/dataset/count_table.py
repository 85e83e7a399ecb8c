"""A table of names with counts, each count a number and a bar: classes, splits, label states."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from app.dataset.count_model import ROW_ROLE, AnyIndex, CountModel, CountRow
from app.theme import SPACE, current_colors

ROW_HEIGHT = 26
BAR_HEIGHT = 8
SWATCH = 10
NUMBER_ROOM = "000,000"
COUNT_WIDTH_MAX = 180


class CountDelegate(QStyledItemDelegate):
    """Paints a swatch and a name, or a number and its bar."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: AnyIndex) -> QSize:
        """The same for every row, so that a table need not ask for each."""
        return QSize(60, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        """Paint one cell."""
        row = index.data(ROW_ROLE)
        model = index.model()
        assert isinstance(row, CountRow)
        assert isinstance(model, CountModel)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.column() == 0:
            self._paint_name(painter, option, row)
        else:
            place = index.column() - 1
            colors = current_colors(option.widget)
            color = row.color or QColor(getattr(colors, row.tone))
            self._paint_count(painter, option, row.counts[place], model.largest[place], color)
        painter.restore()

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, row: CountRow) -> None:
        room = QRectF(option.rect).adjusted(SPACE, 0, -SPACE, 0)
        if row.color is not None:
            swatch = QRectF(room.left(), room.center().y() - SWATCH / 2, SWATCH, SWATCH)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row.color)
            painter.drawRoundedRect(swatch, 2, 2)
            room.setLeft(swatch.right() + SPACE)
        colors = current_colors(option.widget)
        painter.setPen(QColor(colors.text if any(row.counts) else colors.muted))
        text = option.fontMetrics.elidedText(row.name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def _paint_count(
        self, painter: QPainter, option: QStyleOptionViewItem, count: int, largest: int, color: QColor
    ) -> None:
        room = QRectF(option.rect).adjusted(SPACE, 0, -SPACE * 2, 0)
        number = QRectF(room)
        number.setWidth(option.fontMetrics.horizontalAdvance(NUMBER_ROOM))
        colors = current_colors(option.widget)
        painter.setPen(QColor(colors.text if count else colors.muted))
        painter.drawText(number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, f"{count:,}")
        track = QRectF(number.right() + SPACE * 1.5, room.center().y() - BAR_HEIGHT / 2, 0, BAR_HEIGHT)
        track.setRight(room.right())
        if track.width() < BAR_HEIGHT or not largest:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.hover))
        painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)
        if count:
            track.setWidth(max(track.width() * min(count / largest, 1), BAR_HEIGHT))
            painter.setBrush(color)
            painter.drawRoundedRect(track, BAR_HEIGHT / 2, BAR_HEIGHT / 2)


class CountTable(QTreeView):
    """The rows of a CountModel; a click on a column's title sorts by it where `is_sortable`."""

    def __init__(
        self,
        titles: Sequence[str],
        *,
        is_sortable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.counts = CountModel(titles, self)
        self.setModel(self.counts)
        self.setItemDelegate(CountDelegate(self))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(titles[0])
        header = self.header()
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(is_sortable)

    def show_rows(self, rows: Sequence[CountRow], largest: Sequence[int]) -> None:
        """Show these rows, sorted as the user asked; a full bar stands for `largest` in each column of counts."""
        self.counts.show_rows(rows, largest)
        header = self.header()
        if self.isSortingEnabled():
            self.counts.sort(header.sortIndicatorSection(), header.sortIndicatorOrder())
        self.setMaximumHeight(self.rows_height())
        self.updateGeometry()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the names what the counts need not."""
        super().resizeEvent(event)
        columns = self.counts.columnCount()
        for column in range(1, columns):
            self.header().resizeSection(column, min(self.viewport().width() // columns, COUNT_WIDTH_MAX))

    def rows_height(self) -> int:
        """The height that shows every row, and no empty one but the first."""
        rows = max(self.counts.rowCount(), 1)
        return self.header().sizeHint().height() + rows * ROW_HEIGHT + 2 * self.frameWidth() + 2

    def sizeHint(self) -> QSize:
        """As high as its rows."""
        return QSize(super().sizeHint().width(), self.rows_height())

    def minimumSizeHint(self) -> QSize:
        """Room for three rows, or for all where there are fewer."""
        least = self.header().sizeHint().height() + 3 * ROW_HEIGHT
        return QSize(super().minimumSizeHint().width(), min(least, self.rows_height()))
