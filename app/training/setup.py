"""What a run is told before it starts, on the left side of the page; at its foot the button that starts one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.session import Session
from app.theme import SPACE
from app.training.data_check import DataCheck
from app.training.estimate_box import EstimateBox
from app.training.settings_form import SettingsForm
from yolox_core.dataset.folder import DataFolder
from yolox_core.train.config import TrainConfig

NARROWEST = SPACE * 42


class Setup(QWidget):
    """`start_requested` carries a TrainConfig whose fields lie in their ranges."""

    start_requested = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: DataFolder | None = None
        self._is_busy = False
        self.settings = SettingsForm(session)
        self.form = self.settings.form
        self.check = DataCheck(session)
        self.found = QPushButton()
        self.found.setProperty("look", "link")
        self.found.setToolTip("Show what the data check found")
        self.pane = QScrollArea(widgetResizable=True)
        self.estimate = EstimateBox(session)
        self.reason = QLabel(wordWrap=True)
        self.reason.setProperty("look", "muted")
        self.start = QPushButton("Start training")
        self.start.setProperty("look", "primary")
        self._lay_out()
        self.settings.changed.connect(self._on_changed)
        self.estimate.batch_fitted.connect(lambda size: self.form.inputs["batch_size"].write(size))
        self.start.clicked.connect(self._on_start)
        self.check.changed.connect(self._on_checked)
        self.found.clicked.connect(lambda: self.pane.ensureWidgetVisible(self.check))
        self.set_folder(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Ask what this machine has when the page is first seen."""
        super().showEvent(event)
        self.settings.machine.ask()

    def set_folder(self, folder: DataFolder | None) -> None:
        """Prepare a run on a data set."""
        self._folder = folder
        self.settings.set_folder(folder)
        self._on_changed()

    def set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - a slot
        """Whether a run is under way: there is one at a time."""
        self._is_busy = is_busy
        self._on_changed()

    def config(self) -> TrainConfig:
        """The settings on show."""
        return self.settings.config()

    def set_config(self, config: TrainConfig) -> None:
        """Show these settings."""
        self.settings.set_config(config)

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE, SPACE * 2)
        column.setSpacing(SPACE * 2)
        column.addWidget(self.settings)
        column.addWidget(self.check)
        column.addStretch(1)
        self.pane.setFrameShape(QFrame.Shape.NoFrame)
        self.pane.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pane.setWidget(inner)
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, SPACE * 2)
        foot.setSpacing(SPACE)
        foot.addWidget(self.found)
        foot.addWidget(self.estimate)
        foot.addWidget(self.reason)
        foot.addWidget(self.start)
        self.setMinimumWidth(NARROWEST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.pane, 1)
        layout.addWidget(_line())
        layout.addLayout(foot)

    def _on_changed(self) -> None:
        reason = self._show_reason()
        self.estimate.show_run(None if reason else self.config(), self._folder)
        if not self._is_busy:
            self.check.show_run(self.config(), self._folder)

    def _on_checked(self) -> None:
        self.found.setText(self.check.summary)
        self._show_reason()

    def _show_reason(self) -> str:
        reason = self._reason()
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.start.setEnabled(not reason)
        return reason

    def _reason(self) -> str:
        """Why no run can start now; empty when one can."""
        if self._is_busy:
            return "A run is under way."
        if self._folder is None:
            return "Open a data set first."
        if self.settings.faults:
            return "Mend the marked settings."
        return self.check.obstacle

    def _on_start(self) -> None:
        self.estimate.estimator.cancel()
        self.check.stop()
        self.start_requested.emit(self.config())


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("look", "line")
    line.setFixedHeight(1)
    return line
