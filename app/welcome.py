"""What the window shows while no folder is open: the ways to one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app.actions import show_tip
from app.icons import icon
from app.theme import SPACE

WIDTH = 520
RECENT_SHOWN = 5


class Welcome(QWidget):
    """Two ways to begin and the folders opened lately; a folder can also be dropped on the window."""

    recent_chosen = Signal(object)  # Path

    def __init__(self, open_action: QAction, sample_action: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = QLabel("YOLOX Workbench")
        title.setProperty("look", "title")
        promise = QLabel("Label, train, watch, label again: one window around a YOLOX detector.", wordWrap=True)
        promise.setProperty("look", "muted")
        choices = QHBoxLayout()
        choices.setSpacing(SPACE * 2)
        choices.addWidget(_card(open_action, "Pascal VOC or YOLO labels, or images alone. Or drop a folder here."))
        choices.addWidget(_card(sample_action, "Drones, birds and clutter drawn on this machine: a minute, 15 MB."))
        self._recent_title = QLabel("Recent folders")
        self._recent_title.setProperty("look", "heading")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(SPACE)
        column.addStretch(2)
        column.addWidget(title)
        column.addWidget(promise)
        column.addSpacing(SPACE * 2)
        column.addLayout(choices)
        column.addSpacing(SPACE * 2)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addStretch(3)
        middle = QWidget()
        middle.setFixedWidth(WIDTH)
        middle.setLayout(column)
        layout = QHBoxLayout(self)
        layout.addWidget(middle, 0, Qt.AlignmentFlag.AlignHCenter)
        self.set_recent(())

    def set_recent(self, folders: Sequence[Path]) -> None:
        """List the folders opened lately that are still there, newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        there = [folder for folder in folders if folder.is_dir()][:RECENT_SHOWN]
        self._recent_title.setVisible(bool(there))
        for folder in there:
            self._recent.addWidget(self._recent_row(folder))

    def _recent_row(self, folder: Path) -> QWidget:
        button = QToolButton()
        button.setIcon(icon("folder"))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setMaximumWidth(WIDTH)
        room = WIDTH - SPACE * 7
        text = f"{folder.name}   {folder.parent}"
        button.setText(button.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, room).replace("&", "&&"))
        button.setToolTip(str(folder))
        button.setCursor(Qt.CursorShape.PointingHandCursor)
        button.clicked.connect(lambda _checked=False: self.recent_chosen.emit(folder))
        return button


def _card(action: QAction, hint: str) -> QFrame:
    card = QFrame()
    card.setProperty("look", "card")
    button = QPushButton(action.icon(), action.text())
    button.setIconSize(QSize(20, 20))
    show_tip(button, action)
    button.setMinimumHeight(SPACE * 5)
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    text = QLabel(hint, wordWrap=True)
    text.setProperty("look", "muted")
    layout = QVBoxLayout(card)
    layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
    layout.setSpacing(SPACE)
    layout.addWidget(button)
    layout.addWidget(text, 1, Qt.AlignmentFlag.AlignTop)
    return card
