"""The slim bar above the canvas while there are drafts or something is making some."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.draft_overlay import draft_text
from app.editor.drafts import DraftDesk, Shown
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel
from yolox_core.records import Progress

BUTTONS = {
    "accept_draft": "Accept",
    "reject_draft": "Reject",
    "accept_drafts": "Accept all",
    "reject_drafts": "Reject all",
}
LEAST, MOST = 5, 95  # per cent


class DraftBar(QFrame):
    """Count, current draft, threshold and answers in one row; below it the work that is going on, with Cancel."""

    cancel_requested = Signal()

    def __init__(self, desk: DraftDesk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.setProperty("look", "note")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.text = ElidedLabel("")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(LEAST, MOST)
        self.slider.setPageStep(5)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setFixedWidth(120)
        self.slider.setAccessibleName("Least score of the drafts shown")
        self.slider.setToolTip("Show the network's drafts that score at least this; nothing is computed anew")
        self._percent = QLabel()
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %"))
        self.progress = QProgressBar(textVisible=False)
        self.progress.setFixedWidth(120)
        self._task = ElidedLabel("")
        self.cancel = QPushButton("Cancel")
        self.cancel.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.buttons: dict[str, QToolButton] = {}
        self._answers = QWidget()
        self._busy = QWidget()
        self._lay_out()
        self.slider.valueChanged.connect(self._on_slid)
        self.cancel.clicked.connect(self.cancel_requested)
        desk.shown_changed.connect(self._show_drafts)
        self._show_drafts(desk.shown)

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Put the answers to drafts on their buttons."""
        layout = self._answers.layout()
        assert layout is not None
        for name, text in BUTTONS.items():
            actions[name].setIconText(text)
            button = self.buttons[name] = QToolButton()
            button.setDefaultAction(actions[name])
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            layout.addWidget(button)

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far the work is; None when it has ended."""
        if progress is not None:
            self.progress.setRange(0, progress.total if progress.total > 1 else 0)
            self.progress.setValue(progress.done)
            count = f" ({progress.done + 1} of {progress.total})" if progress.total > 1 else ""
            self._task.setText(f"{progress.text}…{count}")
        self._busy.setVisible(progress is not None)
        self._refresh()

    def _lay_out(self) -> None:
        upper, lower, column = QHBoxLayout(self._answers), QHBoxLayout(self._busy), QVBoxLayout(self)
        label = QLabel("At least")
        label.setProperty("look", "muted")
        upper.addWidget(self.text, 1)
        for part in (label, self.slider, self._percent):
            upper.addWidget(part)
        lower.addWidget(self._task, 1)
        lower.addWidget(self.progress)
        lower.addWidget(self.cancel)
        for row in (upper, lower):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(SPACE)
        column.setContentsMargins(SPACE * 3 // 2, SPACE // 2, SPACE, SPACE // 2)
        column.setSpacing(SPACE // 2)
        column.addWidget(self._answers)
        column.addWidget(self._busy)
        self._busy.hide()

    def _on_slid(self, percent: int) -> None:
        self._desk.set_threshold(percent / 100)
        self._show_threshold()

    def _show_threshold(self) -> None:
        percent = round(self._desk.threshold * 100)
        self._percent.setText(f"{percent} %")
        with QSignalBlocker(self.slider):
            self.slider.setValue(percent)

    def _show_drafts(self, shown: Shown) -> None:
        self.text.setText(_words(shown))
        self._show_threshold()
        self._answers.setVisible(bool(shown.drafts or shown.hidden))
        self._refresh()

    def _refresh(self) -> None:
        self.setVisible(not (self._answers.isHidden() and self._busy.isHidden()))


def _words(shown: Shown) -> str:
    hidden = f" · {shown.hidden} below" if shown.hidden else ""
    if shown.current is None:
        return f"No draft scores enough{hidden}"
    place = shown.drafts.index(shown.current) + 1
    return f"Draft {place} of {len(shown.drafts)}{hidden} · {draft_text(shown.current)}"
