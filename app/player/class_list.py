"""The classes seen so far in a video: how many boxes each has in this frame, and a tick to hide it."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView, QLabel, QStackedLayout, QTreeWidget, QTreeWidgetItem, QWidget

SWATCH = 12
NAME, COUNT = 0, 1


class ClassList(QWidget):
    """A row per class seen, in the order of the names; rows stay so that the list does not jump while playing."""

    hidden_changed = Signal(object)  # frozenset[str]: class names that are not to be drawn

    def __init__(self, color_of: Callable[[str], QColor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color_of = color_of
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._hidden: frozenset[str] = frozenset()
        self.tree = QTreeWidget()
        self.tree.setObjectName("classes")
        self.tree.setHeaderLabels(["Class", "Boxes"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tree.setIconSize(QSize(SWATCH, SWATCH))
        self.tree.setAccessibleName("Classes in this video")
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.tree.header().setSectionResizeMode(COUNT, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.headerItem().setTextAlignment(COUNT, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.tree.sortItems(NAME, Qt.SortOrder.AscendingOrder)
        self.tree.itemChanged.connect(self._on_item_changed)
        self._empty = QLabel("Classes are listed here as soon as the network finds boxes.", wordWrap=True)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setMargin(12)
        self._empty.setProperty("look", "muted")
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._empty)
        self._layout.addWidget(self.tree)

    @property
    def hidden(self) -> frozenset[str]:
        """Class names whose tick is off."""
        return self._hidden

    def count_of(self, class_name: str) -> int | None:
        """Boxes of a class in this frame; None for a class not seen yet."""
        row = self._rows.get(class_name)
        return None if row is None else int(row.text(COUNT))

    def set_hidden(self, class_name: str, *, is_hidden: bool) -> None:
        """Take the tick of a class away, or give it back."""
        state = Qt.CheckState.Unchecked if is_hidden else Qt.CheckState.Checked
        self._rows[class_name].setCheckState(NAME, state)

    def clear(self) -> None:
        """Forget the classes: another video or network."""
        self.tree.clear()
        self._rows.clear()
        self._hidden = frozenset()
        self._layout.setCurrentWidget(self._empty)

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show how many boxes each class has in this frame; classes that are not named have none."""
        self.tree.blockSignals(True)
        for name in counts:
            if name not in self._rows:
                self._rows[name] = self._new_row(name)
        for name, row in self._rows.items():
            text = str(counts.get(name, 0))
            if row.text(COUNT) != text:
                row.setText(COUNT, text)
                self._dim(row, is_dim=text == "0")
        self.tree.blockSignals(False)
        if self._rows:
            self._layout.setCurrentWidget(self.tree)

    def _new_row(self, name: str) -> QTreeWidgetItem:
        row = QTreeWidgetItem([name, ""])
        row.setToolTip(NAME, name)
        row.setIcon(NAME, swatch(self._color_of(name), self.devicePixelRatioF()))
        row.setTextAlignment(COUNT, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
        row.setCheckState(NAME, Qt.CheckState.Checked)
        self.tree.addTopLevelItem(row)
        self.tree.sortItems(NAME, Qt.SortOrder.AscendingOrder)
        return row

    def _dim(self, row: QTreeWidgetItem, *, is_dim: bool) -> None:
        group = self.palette().ColorGroup.Disabled if is_dim else self.palette().ColorGroup.Active
        brush = self.palette().brush(group, self.palette().ColorRole.Text)
        row.setForeground(NAME, brush)
        row.setForeground(COUNT, brush)

    def _on_item_changed(self, _row: QTreeWidgetItem, column: int) -> None:
        if column != NAME:
            return
        hidden = frozenset(name for name, row in self._rows.items() if row.checkState(NAME) != Qt.CheckState.Checked)
        if hidden != self._hidden:
            self._hidden = hidden
            self.hidden_changed.emit(hidden)


def swatch(color: QColor, ratio: float) -> QIcon:
    """A rounded square in a class's colour."""
    pixmap = QPixmap(round(SWATCH * ratio), round(SWATCH * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawRoundedRect(0, 0, SWATCH, SWATCH, 3, 3)
    painter.end()
    return QIcon(pixmap)
