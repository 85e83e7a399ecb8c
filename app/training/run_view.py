"""A run on screen: state, progress and figures, curves, notices, and what can be done with the result."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.runs import time_text
from app.session import Session
from app.theme import SPACE
from app.training.class_scores import ClassScores
from app.training.compare import Compare
from app.training.curve_stage import CurveStage
from app.training.load import LoadMeter
from app.training.status import BUSY, RunStatus, State
from app.widgets.figure import Figure

BOTTOM_HEIGHT = 104
HINTS = {
    State.READY: "Choose the settings on the left and press Start training.",
    State.FAILED: "The run failed; the message above says why.",
}


class RunView(QWidget):
    """Shows a RunStatus."""

    shown = Signal()
    play_requested = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.compare = Compare(session, self)
        self._status = RunStatus()
        self._noticed = 0
        self.state = QLabel()
        self.state.setObjectName("run_state")
        self.activity = QLabel()
        self.activity.setProperty("look", "muted")
        self.activity.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._load = LoadMeter()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(6)
        self.figures = [Figure(title) for title in ("Epoch", "AP50", "AP .50:.95", "Images / s", "Time left")]
        self.pause = QPushButton(icon("pause"), "Pause")
        self.finish = QPushButton("Stop after this epoch")
        self.finish.setCheckable(True)
        self.stop = QPushButton(icon("stop"), "Stop")
        self.resume = QPushButton(icon("play"), "Go on with this run")
        self.resume.hide()
        self.play = QPushButton("Use in player")
        self.play.setProperty("look", "primary")
        self.play.setToolTip("Show on the Play page what the best weights of this run find")
        self.scores = ClassScores()
        self.notices = QListWidget()
        self.notices.setWordWrap(True)
        self.notices.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        for widget in (self.scores, self.notices):
            widget.setFixedHeight(BOTTOM_HEIGHT)
            widget.hide()
        self.stage = CurveStage(session, self.compare)
        self._lay_out()
        self.play.clicked.connect(self.play_requested)
        self.refresh()

    @property
    def curves(self) -> QWidget | None:
        """The plots, once they are made."""
        return self.stage.curves

    @property
    def status(self) -> RunStatus:
        """The run on show."""
        return self._status

    def show_status(self, status: RunStatus) -> None:
        """Show this run from now on."""
        self._status = status
        self._noticed = 0
        self.notices.clear()
        self.refresh()

    def refresh(self) -> None:
        """Draw what has come since the last time."""
        status = self._status
        self.compare.show_run(status.path)
        self._show_state(status)
        self._show_figures(status)
        self._show_notices(status)
        self.stage.show_status(status)
        self.shown.emit()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addStrut(SPACE * 3)
        head.addWidget(self.state)
        head.addWidget(self.activity, 1)
        for button in (self.pause, self.finish, self.stop, self.resume, self.play):
            head.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for figure in self.figures:
            row.addWidget(figure, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE * 3 // 2)
        layout.addLayout(head)
        layout.addWidget(self.progress)
        layout.addLayout(row)
        layout.addWidget(self.stage, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE)
        bottom.addWidget(self.scores, 3)
        bottom.addWidget(self.notices, 2)
        layout.addLayout(bottom)

    def _show_state(self, status: RunStatus) -> None:
        self.state.setText(status.state.value.capitalize())
        if self.state.property("state") != status.state.value:
            self.state.setProperty("state", status.state.value)
            self.state.style().unpolish(self.state)
            self.state.style().polish(self.state)
        is_working = status.state is State.RUNNING and not status.is_watched
        load = self._load.text(status) if is_working and not status.activity else ""
        self.activity.setText(status.activity or load or outcome_text(status) or HINTS.get(status.state, ""))
        self.activity.setToolTip(self.activity.text())
        is_busy = status.state in BUSY
        is_steered = is_busy and not status.is_watched
        for button in (self.pause, self.finish):
            button.setVisible(is_steered)
            button.setEnabled(status.state is not State.STOPPING)
        is_paused = status.state in (State.PAUSED, State.PAUSING)
        word = "Resume" if is_paused else "Pause"
        if self.pause.text() != word:  # a new icon is drawn again, even the same
            self.pause.setText(word)
            self.pause.setIcon(icon("play" if is_paused else "pause"))
        self.stop.setVisible(is_steered or (is_busy and status.may_stop))
        self.stop.setEnabled(status.state is not State.STOPPING)
        self.play.setVisible(not is_busy and bool(status.best_path or status.last_path))

    def _show_figures(self, status: RunStatus) -> None:
        is_preparing = status.state is State.PREPARING
        self.progress.setRange(0, 0 if is_preparing else max(status.total_steps, 1))
        self.progress.setValue(status.step)
        epochs = f"{status.epoch} of {status.started.epochs}" if status.started else "–"
        latest, best = status.latest, status.best
        left = time_text(status.remaining_s) if status.state in BUSY and status.remaining_s else "–"
        pace = f"{status.images_per_s:.1f}" if status.images_per_s else "–"
        texts = (
            (epochs, f"step {status.step:,} of {status.total_steps:,}" if status.started else ""),
            (f"{latest.ap50:.3f}" if latest else "–", f"best weights {best.ap50:.3f}" if best else ""),
            (f"{latest.ap:.3f}" if latest else "–", f"best weights {best.ap:.3f}" if best else ""),
            (pace, status.started.device if status.started else ""),
            (left, f"took {time_text(status.finished.time_s)}" if status.finished else ""),
        )
        for figure, (value, note) in zip(self.figures, texts, strict=True):
            figure.show_value(value, note)
        self.scores.setVisible(best is not None)
        if best is not None:
            self.scores.show_scores(best.ap50_per_class, epoch=best.epoch)

    def _show_notices(self, status: RunStatus) -> None:
        for notice in status.notices[self._noticed :]:
            self.notices.addItem(QListWidgetItem(icon("warning" if notice.level == "warning" else "note"), notice.text))
        self._noticed = len(status.notices)
        self.notices.setVisible(self._noticed > 0)


def outcome_text(status: RunStatus) -> str:
    """What a run that ended well or was stopped has brought, in a sentence; empty for others."""
    if status.finished is None or status.state not in (State.DONE, State.STOPPED):
        return ""
    if (best := status.best) is not None:
        return f"Best AP {best.ap:.3f}, AP50 {best.ap50:.3f} after epoch {best.epoch}; its weights are kept."
    return "The last weights are kept; AP was not measured." if status.last_path else "No weights were kept."
