"""The classes seen so far in a video: boxes in this frame, a tick to hide it, a least score of its own if wanted."""

from collections.abc import Callable, Iterable

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QHeaderView, QLabel, QMenu, QStackedLayout, QTreeWidget, QTreeWidgetItem, QWidget

from app.player.score_delegate import NoDelegate, ScoreDelegate

SWATCH = 12
NAME, SCORE, COUNT = range(3)
WRITE_INTERVAL_MS = 40
IS_OWN = Qt.ItemDataRole.UserRole
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ClassList(QWidget):
    """A row per class seen, in the order of the names; rows stay so that the list does not jump while playing."""

    hidden_changed = Signal(object)  # frozenset[str]: class names that are not to be drawn
    own_changed = Signal()  # least scores of single classes

    def __init__(self, color_of: Callable[[str], QColor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color_of = color_of
        self._rows: dict[str, QTreeWidgetItem] = {}
        self._counts: dict[str, int] = {}
        self._hidden: frozenset[str] = frozenset()
        self._own: dict[str, float] = {}
        self._common = 0.0
        self._write_timer = QTimer(self, singleShot=True, interval=WRITE_INTERVAL_MS)
        self._write_timer.timeout.connect(self._write_counts)
        self.tree = QTreeWidget()
        self.tree.setObjectName("classes")
        self.tree.setHeaderLabels(["Class", "Score ≥", "Boxes"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tree.setIconSize(QSize(SWATCH, SWATCH))
        self.tree.setAccessibleName("Classes in this video")
        self.tree.header().setStretchLastSection(False)
        self.tree.header().setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        for column, widest in ((SCORE, "Score ≥ 00"), (COUNT, "Boxes 00")):
            self.tree.header().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            self.tree.header().resizeSection(column, self.fontMetrics().horizontalAdvance(widest))
            self.tree.headerItem().setTextAlignment(column, RIGHT)
        self.tree.headerItem().setToolTip(SCORE, "Double-click to give a class a least score of its own")
        for column in (NAME, COUNT):
            self.tree.setItemDelegateForColumn(column, NoDelegate(self.tree))
        self.tree.setItemDelegateForColumn(SCORE, ScoreDelegate(self.tree))
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
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

    @property
    def chosen(self) -> str:
        """The class whose row is selected; empty without one."""
        rows = self.tree.selectedItems()
        return rows[0].text(NAME) if rows else ""

    @property
    def own(self) -> dict[str, float]:
        """Classes with a least score of their own; kept from one video and network to the next."""
        return dict(self._own)

    def set_own(self, class_name: str, score: float | None) -> None:
        """Give a class a least score of its own, or take it away."""
        before = self._own.get(class_name)
        if score is None:
            self._own.pop(class_name, None)
        else:
            self._own[class_name] = score
        if before != score:
            self._write_timer.start()
            self.own_changed.emit()

    def clear_own(self) -> None:
        """Let all classes follow the slider again."""
        for class_name in list(self._own):
            self.set_own(class_name, None)

    def set_common(self, score: float) -> None:
        """Show the least score of the classes without one of their own."""
        self._common = score
        if not self._write_timer.isActive():
            self._write_timer.start()

    def count_of(self, class_name: str) -> int | None:
        """Boxes of a class in this frame; None for a class not seen yet."""
        return self._counts.get(class_name, 0) if class_name in self._rows else None

    def set_hidden(self, class_name: str, *, is_hidden: bool) -> None:
        """Take the tick of a class away, or give it back."""
        state = Qt.CheckState.Unchecked if is_hidden else Qt.CheckState.Checked
        self._rows[class_name].setCheckState(NAME, state)

    def clear(self) -> None:
        """Forget the classes: another video or network."""
        self.tree.clear()
        self._rows.clear()
        self._counts = {}
        self._hidden = frozenset()
        self._layout.setCurrentWidget(self._empty)

    def set_counts(self, counts: dict[str, int]) -> None:
        """Show how many boxes each class has in this frame; classes that are not named have none.

        The numbers follow within WRITE_INTERVAL_MS: to paint the list costs as much as to paint the boxes.
        """
        self._counts = counts
        self.add_names(counts)
        if not self._write_timer.isActive():
            self._write_timer.start()

    def add_names(self, names: Iterable[str]) -> None:
        """Give classes a row that have none yet."""
        new = [name for name in names if name not in self._rows]
        if new:
            self._add_rows(new)
            self._write_timer.start()

    def _add_rows(self, names: list[str]) -> None:
        with QSignalBlocker(self.tree):
            rows = {name: self._new_row(name) for name in names}
            self._rows.update(rows)
            self.tree.addTopLevelItems(list(rows.values()))
            self.tree.sortItems(NAME, Qt.SortOrder.AscendingOrder)
        self._layout.setCurrentWidget(self.tree)

    def _write_counts(self) -> None:
        with QSignalBlocker(self.tree):
            for name, row in self._rows.items():
                before, text = row.text(COUNT), str(self._counts.get(name, 0))
                if before != text:
                    row.setText(COUNT, text)
                    if "0" in (before, text):
                        self._dim(row, is_dim=text == "0")
                self._write_score(row, name)

    def _write_score(self, row: QTreeWidgetItem, name: str) -> None:
        score = self._own.get(name, self._common)
        is_own = name in self._own
        if row.data(SCORE, Qt.ItemDataRole.EditRole) == score and row.data(SCORE, IS_OWN) == is_own:
            return
        row.setData(SCORE, Qt.ItemDataRole.EditRole, score)
        row.setData(SCORE, IS_OWN, is_own)
        font = self.tree.font()
        font.setBold(is_own)
        row.setFont(SCORE, font)
        group = self.palette().ColorGroup.Active if is_own else self.palette().ColorGroup.Disabled
        row.setForeground(SCORE, self.palette().brush(group, self.palette().ColorRole.Text))

    def _new_row(self, name: str) -> QTreeWidgetItem:
        row = QTreeWidgetItem([name, "", ""])
        row.setToolTip(NAME, name)
        row.setIcon(NAME, swatch(self._color_of(name), self.devicePixelRatioF()))
        for column in (SCORE, COUNT):
            row.setTextAlignment(column, RIGHT)
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable
        row.setFlags(flags | Qt.ItemFlag.ItemIsEditable)
        self._write_score(row, name)
        row.setCheckState(NAME, Qt.CheckState.Checked)
        return row

    def _dim(self, row: QTreeWidgetItem, *, is_dim: bool) -> None:
        group = self.palette().ColorGroup.Disabled if is_dim else self.palette().ColorGroup.Active
        brush = self.palette().brush(group, self.palette().ColorRole.Text)
        row.setForeground(NAME, brush)
        row.setForeground(COUNT, brush)

    def _show_menu(self, place: QPoint) -> None:
        row = self.tree.itemAt(place)
        if row is None:
            return
        name = row.text(NAME)
        menu = QMenu(self)
        menu.addAction("Own least score…", lambda: self.tree.editItem(row, SCORE))
        follow = menu.addAction("Follow the slider", lambda: self.set_own(name, None))
        follow.setEnabled(name in self._own)
        follow_all = menu.addAction("All follow the slider", self.clear_own)
        follow_all.setEnabled(bool(self._own))
        menu.popup(self.tree.viewport().mapToGlobal(place))

    def _on_item_changed(self, changed: QTreeWidgetItem, column: int) -> None:
        if column == SCORE:
            self.set_own(changed.text(NAME), round(float(changed.data(SCORE, Qt.ItemDataRole.EditRole)), 2))
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
