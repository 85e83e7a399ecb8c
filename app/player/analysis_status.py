"""How far the pass over the whole video is, and the button that starts and stops it."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from app.player.analysis import Analysis
from app.player.timeline import time_text
from app.theme import SPACE

BAR_WIDTH = 120


class AnalysisStatus(QWidget):
    """Follows an Analysis; `action` is ticked while the pass is under way.

    One with a `name` is there only while there is something to look at, as the second checkpoint's.
    """

    def __init__(self, analysis: Analysis, action: QAction, name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._analysis = analysis
        self._action = action
        self._name = name
        self.text = QLabel()
        self.text.setProperty("look", "muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setMaximumHeight(6)
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(action.text())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        for widget in (self.text, self.bar, button):
            layout.addWidget(widget)
        analysis.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        analysis, known = self._analysis, self._analysis.predictions
        self._action.setChecked(analysis.is_running)
        self._action.setEnabled(known is not None and not analysis.is_complete)
        is_partly_known = known is not None and 0 < known.done < known.key.frames
        self.bar.setVisible(analysis.is_running or is_partly_known)
        text = _text(analysis)
        self.text.setText(f"{self._name}: {text}" if self._name and text else text)
        if self._name:
            self.setVisible(known is not None)
        if known is not None:
            self.bar.setRange(0, known.key.frames)
            self.bar.setValue(known.done)


def _text(analysis: Analysis) -> str:
    known = analysis.predictions
    if known is None or not (known.done or analysis.is_running):
        return ""
    if analysis.is_complete:
        return f"All {known.key.frames:,} frames looked at"
    left = analysis.remaining_s
    rest = f", {time_text(left)} left" if left is not None else ""
    return f"{known.done:,} of {known.key.frames:,} frames{rest}"
