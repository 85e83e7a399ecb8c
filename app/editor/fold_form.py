"""The settings of a cross-training, how long it will take, and what is kept of an earlier one."""

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.jobs import Job
from app.runs import time_text
from app.session import Session
from app.theme import SPACE
from app.torch_loading import load_torch_libraries
from app.widgets.form import Form
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.fields import FieldSpec, described
from yolox_core.records import Progress
from yolox_core.review.cross_plan import CrossPlan, CrossState, fold_config, fold_training, plan_for
from yolox_core.train.config import SIZES
from yolox_core.train.estimate import Pace, estimate_of, pace_key

EXPLANATION = (
    "The images are parted into folds, near-identical ones together. For each fold a network is trained on the other "
    "folds and judges only images that it has not learned. Stopped, it goes on where it was."
)
KEPT = {
    CrossState.BEGUN: "An earlier training with these settings was stopped: the search goes on with it.",
    CrossState.DONE: "Networks trained with these settings are kept: the search uses them.",
    CrossState.OTHER: "The images or settings are others than those of the networks kept: they are trained again.",
}
UNKNOWN = "Time: not estimated."


@dataclass(frozen=True)
class Folds:
    """What can be set."""

    folds: int = described(2, FieldSpec("Parts of the data set; as many networks are trained.", "folds", 2, 10))
    size: str = described("nano", FieldSpec("Network size: larger is more accurate and slower.", choices=SIZES))
    image_size: int = described(416, FieldSpec("Width of the network input.", "px", 32, 2048, 32))
    epochs: int = described(12, FieldSpec("Passes over the images, for each network.", "epochs", 1, 1000))


class FoldForm(QWidget):
    """Edits a plan for a folder; `changed` follows every edit."""

    changed = Signal()

    def __init__(self, session: Session, folder: DataFolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._folder = session, folder
        self._job: Job | None = None
        self._paces: dict[object, Pace] = {}
        self.form = Form(Folds(), shows_help=False)
        self.anew = QCheckBox("Train again")
        self.anew.setToolTip("The labels have changed since: learn from them as they are now")
        self.kept = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.time = QLabel(UNKNOWN, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.estimate = QPushButton("Estimate", autoDefault=False)
        self.estimate.setToolTip("Try a few steps on real images, some seconds, to tell the time")
        self._lay_out()
        self.form.changed.connect(self._show)
        self.form.changed.connect(self.changed)
        self.estimate.clicked.connect(self._toggle)
        self._show()

    @property
    def plan(self) -> CrossPlan | None:
        """The plan; None where a field is at fault."""
        if self.form.faults:
            return None
        wanted: Folds = self.form.record()
        config = fold_config(size=wanted.size, image_size=wanted.image_size, epochs=wanted.epochs)
        return plan_for(self._folder.root, config, wanted.folds)

    def stop(self) -> None:
        """End the dry run."""
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _lay_out(self) -> None:
        explanation = QLabel(EXPLANATION, wordWrap=True)
        for label in (explanation, self.kept, self.time):
            label.setProperty("look", "muted")
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.time, 1)
        row.addWidget(self.estimate)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(explanation)
        layout.addWidget(self.form)
        layout.addLayout(row)
        layout.addWidget(self.kept)
        layout.addWidget(self.anew)

    def _show(self) -> None:
        plan = self.plan
        state = plan.state(self._folder) if plan is not None else CrossState.NEW
        self.kept.setText(KEPT.get(state, ""))
        self.kept.setVisible(state in KEPT)
        self.anew.setVisible(state in (CrossState.BEGUN, CrossState.DONE))
        self.estimate.setEnabled(plan is not None)
        self.estimate.setText("Estimate" if self._job is None else "Cancel")
        if self._job is None:
            self.time.setText(self._time_text(plan))

    def _time_text(self, plan: CrossPlan | None) -> str:
        pace = self._paces.get(_key(plan)) if plan is not None else None
        if plan is None or pace is None:
            return UNKNOWN
        each = estimate_of(pace, fold_training(plan)).run_s
        looking = pace.eval_image_s * len(self._folder.images)
        return f"About {time_text(plan.folds * each + looking)}: {plan.folds} trainings of {time_text(each)}."

    def _toggle(self) -> None:
        plan = self.plan
        if self._job is not None or plan is None:
            self.stop()
        else:
            job = self._job = Job(lambda: _pace(plan, self._folder))
            job.record_ready.connect(lambda record: self._on_record(job, plan, record))
            job.failed.connect(lambda problem: self._on_failed(job, problem))
            self._session.start(job)
        self._show()

    def _on_record(self, job: Job, plan: CrossPlan, record: Progress | Pace) -> None:
        if job is not self._job:
            return
        if isinstance(record, Progress):
            self.time.setText(f"{record.text} …")
            return
        self._paces[_key(plan)] = record
        self._job = None
        self._show()

    def _on_failed(self, job: Job, problem: UserError) -> None:
        if job is self._job:
            self._job = None
            self._show()
            self.time.setText(str(problem))


def _key(plan: CrossPlan) -> tuple[object, int]:
    return pace_key(plan.config), plan.folds


def _pace(plan: CrossPlan, folder: DataFolder) -> Iterator[object]:
    yield Progress(0, 0, "Loading the network library")
    load_torch_libraries()
    from yolox_core.train.measure import measure_pace

    yield from measure_pace(fold_training(plan), plan.part(folder))
