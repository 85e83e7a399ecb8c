"""A button that opens a list to pick several rows of, with a filter where the list is long."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from app.theme import SPACE

FILTER_FROM = 12  # rows
LIST_SIZE = (320, 340)


class PickButton(QPushButton):
    """Picks among rows of (key, text); `opened` comes before the list is seen, so that it can be filled then."""

    opened = Signal()
    picked = Signal(object)  # tuple[str, ...]: the keys, in the order of the rows
    reset = Signal()

    def __init__(self, text: str, *, reset_text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.filter = QLineEdit(placeholderText="Filter by name", clearButtonEnabled=True)
        self.list = QListWidget()
        self.list.setObjectName("picks")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.usual = QPushButton(reset_text)
        self.usual.setProperty("look", "flat")
        self.popup = QFrame(self, Qt.WindowType.Popup)
        self.popup.setProperty("look", "card")
        layout = QVBoxLayout(self.popup)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        for widget in (self.filter, self.list, self.usual):
            layout.addWidget(widget)
        self.usual.setVisible(bool(reset_text))  # within the popup: alone it would be a window that takes the keyboard
        self.filter.textChanged.connect(self._on_filter)
        self.list.itemChanged.connect(self._on_item_changed)
        self.list.itemActivated.connect(_turn)
        self.usual.clicked.connect(self.reset)
        self.clicked.connect(self.open)

    def set_rows(self, rows: Sequence[tuple[str, str]], picked: Collection[str]) -> None:
        """List these rows with those picked checked; tells nobody."""
        blocker = QSignalBlocker(self.list)
        self.list.clear()
        for key, text in rows:
            item = QListWidgetItem(text)
            item.setData(Qt.ItemDataRole.UserRole, key)
            item.setToolTip(text)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if key in picked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        blocker.unblock()
        self.filter.setVisible(len(rows) > FILTER_FROM)
        self._on_filter(self.filter.text())

    def open(self) -> None:
        """Show the list below the button, within the screen."""
        self.filter.clear()
        self.opened.emit()
        height = self.list.sizeHintForRow(0) * self.list.count() + 2 * self.list.frameWidth()
        self.list.setFixedSize(LIST_SIZE[0], min(max(height, 3 * SPACE), LIST_SIZE[1]))
        self.popup.adjustSize()
        area = self.screen().availableGeometry()
        corner = self.mapToGlobal(QPoint(0, self.height() + SPACE // 4))
        self.popup.move(
            min(corner.x(), area.right() - self.popup.width()), min(corner.y(), area.bottom() - self.popup.height())
        )
        self.popup.show()
        (self.list if self.filter.isHidden() else self.filter).setFocus()

    def _on_filter(self, words: str) -> None:
        for item in self._items():
            item.setHidden(words.casefold() not in item.text().casefold())

    def _on_item_changed(self) -> None:
        picked = (item for item in self._items() if item.checkState() is Qt.CheckState.Checked)
        self.picked.emit(tuple(item.data(Qt.ItemDataRole.UserRole) for item in picked))

    def _items(self) -> list[QListWidgetItem]:
        return [self.list.item(row) for row in range(self.list.count())]


def _turn(item: QListWidgetItem) -> None:
    is_on = item.checkState() is Qt.CheckState.Checked
    item.setCheckState(Qt.CheckState.Unchecked if is_on else Qt.CheckState.Checked)
