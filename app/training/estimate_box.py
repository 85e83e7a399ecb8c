"""What a run will take: time and memory after a short dry run on demand, and the batch size that suits the machine."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.runs import time_text
from app.session import Session
from app.theme import SPACE
from app.training.estimator import Estimator
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.estimate import Estimate

if TYPE_CHECKING:
    from yolox_core.train.measure import BatchChoice

UNKNOWN = "Time and memory: not estimated for these settings."


class EstimateBox(QWidget):
    """Shows the estimate for the settings of the moment. `batch_fitted` carries a batch size to take over."""

    batch_fitted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._config: TrainConfig | None = None
        self._folder: DataFolder | None = None
        self._remark = ""
        self.estimator = Estimator(session, self)
        self.text = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.text.setProperty("look", "muted")
        self.measure = _button("Estimate", "Try a few steps on real images, some seconds, to tell time and memory")
        self.fit = _button("Fit batch size", "Try batch sizes: on a GPU the largest that fits, on the CPU the fastest")
        self.cancel = _button("Cancel", "End the dry run after this step")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMinimumWidth(SPACE * 4)
        self._lay_out()
        self.measure.clicked.connect(lambda: self._start(self.estimator.measure))
        self.fit.clicked.connect(lambda: self._start(self.estimator.fit_batch))
        self.cancel.clicked.connect(self.estimator.cancel)
        self.estimator.changed.connect(self._show)
        self.estimator.progressed.connect(self._on_progressed)
        self.estimator.failed.connect(self._on_failed)
        self.estimator.batch_found.connect(self._on_batch_found)
        self._show()

    def show_run(self, config: TrainConfig | None, folder: DataFolder | None) -> None:
        """Speak of a run with these settings; None where none can start."""
        self._config, self._folder, self._remark = config, folder, ""
        self._show()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE)
        buttons.addWidget(self.measure)
        buttons.addWidget(self.fit)
        buttons.addWidget(self.progress, 1)
        buttons.addWidget(self.cancel)
        buttons.addStretch()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.text)
        layout.addLayout(buttons)

    def _start(self, work: Callable[[TrainConfig, DataFolder], None]) -> None:
        if self._config is not None and self._folder is not None:
            self._remark = ""
            work(self._config, self._folder)

    def _show(self) -> None:
        is_running, can_run = self.estimator.is_running, self._config is not None and self._folder is not None
        for button in (self.measure, self.fit):
            button.setVisible(not is_running)
            button.setEnabled(can_run)
        for widget in (self.progress, self.cancel):
            widget.setVisible(is_running)
        self.progress.setRange(0, 0)
        if is_running:
            return
        known = None
        if self._config is not None and self._folder is not None:
            known = self.estimator.estimate(self._config, self._folder)
        self.text.setText(self._remark or (estimate_text(known) if known else UNKNOWN))

    def _on_progressed(self, progress: Progress) -> None:
        self.text.setText(f"{progress.text} …")
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)

    def _on_batch_found(self, choice: "BatchChoice") -> None:
        self.batch_fitted.emit(choice.batch_size)
        self._remark = f"Batch size {choice.batch_size}: {choice.reason}."

    def _on_failed(self, problem: UserError) -> None:
        self._remark = str(problem)


def estimate_text(estimate: Estimate) -> str:
    """An estimate for a person."""
    return (
        f"About {time_text(estimate.run_s)}: {time_text(estimate.epoch_s)} an epoch with its evaluation, "
        f"{estimate.images_per_s:.0f} images/s, {estimate.peak_bytes / 1e9:.1f} GB of memory."
    )


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    return button
