"""What the Play page shows before a video is open: a place to drop one, and the ways to choose one."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.actions import show_tip
from app.icons import icon
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel

RECENT_MAX = 5
ICON_SIZE = 56


class EmptyPage(QWidget):
    """A drop target with the given buttons and the videos opened lately."""

    recent_chosen = Signal(object)  # Path

    def __init__(self, buttons: Sequence[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_target = False
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        title = QLabel("Drop a video or a folder of images here", alignment=Qt.AlignmentFlag.AlignCenter)
        title.setProperty("look", "title")
        hint = QLabel(
            "and a checkpoint (.pth) to see what its network finds in every frame.",
            alignment=Qt.AlignmentFlag.AlignCenter,
            wordWrap=True,
        )
        self._network = ElidedLabel()
        self._network.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._network.setProperty("look", "muted")
        hint.setProperty("look", "muted")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(SPACE // 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 4, SPACE * 4, SPACE * 4, SPACE * 4)
        layout.setSpacing(SPACE)
        layout.addStretch(1)
        layout.addWidget(self._picture)
        layout.addWidget(title)
        layout.addWidget(hint)
        layout.addSpacing(SPACE)
        layout.addLayout(_button_row(buttons))
        layout.addWidget(self._network)
        layout.addSpacing(SPACE)
        layout.addLayout(self._recent)
        layout.addStretch(1)
        self._draw_icon()

    def set_recent(self, videos: Sequence[Path]) -> None:
        """List the videos opened lately that are still there, newest first."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for path in [path for path in videos if path.exists()][:RECENT_MAX]:
            button = QPushButton(path.name)
            button.setProperty("look", "flat")
            button.setIcon(icon("video"))
            button.setToolTip(str(path))
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _checked=False, path=path: self.recent_chosen.emit(path))
            self._recent.addWidget(button, alignment=Qt.AlignmentFlag.AlignCenter)

    def show_network(self, text: str, *, path: Path | None) -> None:
        """Name the network that is in use or on its way, if there is one."""
        self._network.set_text(text, tool_tip=str(path or ""))

    def set_is_target(self, *, is_target: bool) -> None:
        """Show that something held over the page may be dropped."""
        self._is_target = is_target
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dashed frame of the drop target."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        highlight = self.palette().color(QPalette.ColorRole.Highlight)
        color = highlight if self._is_target else self.palette().color(QPalette.ColorRole.Mid)
        painter.setPen(QPen(color, 2, Qt.PenStyle.DashLine))
        if self._is_target:
            highlight.setAlpha(30)
            painter.setBrush(highlight)
        edge = SPACE * 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(edge, edge, -edge, -edge), 12, 12)

    def _draw_icon(self) -> None:
        self._picture.setPixmap(icon("video").pixmap(QSize(ICON_SIZE, ICON_SIZE), self.devicePixelRatioF()))


def _button_row(actions: Sequence[QAction]) -> QHBoxLayout:
    """The actions as buttons side by side, the first one as the thing to do."""
    row = QHBoxLayout()
    row.setSpacing(SPACE)
    row.addStretch(1)
    for action in actions:
        button = QPushButton(action.text())
        show_tip(button, action)
        button.setProperty("look", "primary" if action is actions[0] else "")
        button.clicked.connect(action.trigger)
        row.addWidget(button)
    row.addStretch(1)
    return row
