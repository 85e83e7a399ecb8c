"""The row above the frame: which video and which network, and the buttons for others."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from app.player.feed import VideoFacts
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel


class Header(QWidget):
    """Names what is open; the arrow beside 'Open video' lists the videos opened lately."""

    recent_chosen = Signal(object)  # Path

    def __init__(
        self,
        open_video: QAction,
        open_checkpoint: QAction,
        outputs: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.video = ElidedLabel()
        self.network = ElidedLabel("No checkpoint: frames only")
        self._recent = QMenu(self)
        video_button = _button(open_video)
        video_button.setMenu(self._recent)
        video_button.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(video_button)
        layout.addWidget(self.video, 1)
        layout.addWidget(_button(open_checkpoint))
        layout.addWidget(self.network, 1)
        for action in outputs:
            layout.addWidget(_button(action))

    def show_video(self, facts: VideoFacts) -> None:
        """Name the open video."""
        path = facts.source.path
        pace = f"{facts.frames:,} image{'s' * (facts.frames > 1)}" if facts.names else f"{facts.fps:.4g} frames/s"
        text = f"{path.name}  ·  {facts.width} × {facts.height}, {pace}"
        self.video.set_text(text, tool_tip=str(path))

    def show_network(self, text: str, *, path: Path | None = None) -> None:
        """Name the network in use."""
        self.network.set_text(text, tool_tip=str(path) if path else "")

    def set_recent(self, videos: Sequence[Path]) -> None:
        """List the videos opened lately, newest first."""
        self._recent.clear()
        for path in videos:
            entry = self._recent.addAction(path.name)
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _checked=False, path=path: self.recent_chosen.emit(path))
        self._recent.setToolTipsVisible(True)
        self._recent.setEnabled(bool(videos))


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setAccessibleName(action.text())
    return button
