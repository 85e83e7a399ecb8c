"""A box like the other choices of a form that opens a menu instead of a list."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QMenu, QWidget


class MenuBox(QComboBox):
    """Shows one text; what can be chosen, and what that does, is the menu's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.menu = QMenu(self)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)

    def show_text(self, text: str) -> None:
        """Show another text, its middle left out where it is long."""
        self.clear()
        self.addItem(self.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 170))
        self.setToolTip(text)

    def showPopup(self) -> None:
        """Open the menu below the box."""
        self.menu.popup(self.mapToGlobal(QPoint(0, self.height())))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()
