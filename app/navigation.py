"""The rail at the left of the window: one button for each page."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from app.theme import SPACE

BUTTON_SIZE = QSize(64, 58)


class Navigation(QFrame):
    """Buttons of checkable actions, icon above text; those of `lower` stand at the foot."""

    def __init__(self, upper: Sequence[QAction], lower: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("navigation")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE // 2, SPACE, SPACE // 2, SPACE)
        layout.setSpacing(SPACE // 2)
        for action in upper:
            layout.addWidget(_button(action, Qt.ToolButtonStyle.ToolButtonTextUnderIcon))
        layout.addStretch(1)
        for action in lower:
            layout.addWidget(_button(action, Qt.ToolButtonStyle.ToolButtonIconOnly), 0, Qt.AlignmentFlag.AlignHCenter)


def _button(action: QAction, look: Qt.ToolButtonStyle) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(look)
    button.setIconSize(QSize(24, 24))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    if look == Qt.ToolButtonStyle.ToolButtonTextUnderIcon:
        button.setFixedSize(BUTTON_SIZE)
    return button
