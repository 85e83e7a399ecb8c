"""Who judges the labels: a checkpoint, a run, networks that have not seen the images, or geometry alone."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from app.checkpoint_dialog import ask_checkpoint
from app.editor.fold_form import FoldForm
from app.jobs import Job
from app.review_findings import Judge
from app.runs import run_text, runs_of, weights_of
from app.session import Session
from app.theme import SPACE
from yolox_core.dataset.folder import DataFolder
from yolox_core.train.runs import RunSummary
from yolox_core.train.runs_cache import RunsReader

RUNS_SHOWN, WIDTH = 12, 520
FILE, FOLDS, GEOMETRY = "file", "folds", "geometry"
NOTES = {
    FILE: "The network reads every image once and says which labels it doubts. What it saw is kept: looking again "
    "takes seconds.",
    FOLDS: "",
    GEOMETRY: "Without a network: boxes without size or outside the image, doubled boxes, images that lack a class "
    "which nearly all others have.",
}


class SearchDialog(QDialog):
    """Asks; `judge` is what was chosen. Runs of the data set are listed as soon as they are read."""

    def __init__(self, session: Session, folder: DataFolder, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Look for label faults")
        self._session = session
        self.judges = QComboBox()
        self.judges.setAccessibleName("Judged by")
        self.note = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.note.setProperty("look", "muted")
        self.folds = FoldForm(session, folder)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.search = self.buttons.addButton("Search", QDialogButtonBox.ButtonRole.AcceptRole)
        self.search.setProperty("look", "primary")
        self._lay_out()
        self._fill(session.checkpoint)
        self.judges.activated.connect(self._on_activated)
        self.folds.changed.connect(self._show)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(lambda _result: self.folds.stop())
        job = Job(lambda: _runs(folder.root))
        job.record_ready.connect(self._on_runs)
        session.start(job)
        self._show()

    @property
    def judge(self) -> Judge:
        """Who judges."""
        kind, path = self._chosen
        if kind == FOLDS:
            return Judge(plan=self.folds.plan, anew=not self.folds.anew.isHidden() and self.folds.anew.isChecked())
        return Judge(weights=path if kind == FILE else None)

    @property
    def _chosen(self) -> tuple[str, Path | None]:
        kind, path = self.judges.currentData()
        return str(kind), path

    def _lay_out(self) -> None:
        title = QLabel("Judged by")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE)
        for widget in (title, self.judges, self.note, self.folds):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addSpacing(SPACE)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(WIDTH)

    def _fill(self, checkpoint: Path | None) -> None:
        if checkpoint is not None:
            self.judges.addItem(f"Checkpoint in use: {Judge(checkpoint).name}", (FILE, checkpoint))
        self.judges.addItem("Another checkpoint…", (FILE, None))
        self.judges.addItem("Networks that have not seen the images (cross-training)", (FOLDS, None))
        self.judges.addItem("Geometry alone", (GEOMETRY, None))
        self.judges.setCurrentIndex(0 if checkpoint is not None else self.judges.count() - 2)

    def _on_runs(self, runs: tuple[RunSummary, ...]) -> None:
        """List runs before the other choices; where nothing is in use and nothing was chosen, the latest is taken."""
        is_free = self._session.checkpoint is None and self._chosen[0] == FOLDS and not self.judges.view().isVisible()
        place = self.judges.count() - 3
        listed = 0
        for run in runs[:RUNS_SHOWN]:
            weights = weights_of(run)
            if weights is None or weights == self._session.checkpoint:
                continue
            which = "latest weights of the run in progress" if run.state == "running" else weights.name
            self.judges.insertItem(place + listed, f"{run_text(run)} · {which}", (FILE, weights))
            listed += 1
        if is_free and listed:
            self.judges.setCurrentIndex(place)
        self._show()

    def _on_activated(self) -> None:
        if self._chosen == (FILE, None):
            path = ask_checkpoint(self, self._session.checkpoint)
            place = 0
            if path is not None:
                self.judges.insertItem(0, str(path), (FILE, path))
            self.judges.setCurrentIndex(place)
        self._show()

    def _show(self) -> None:
        kind, path = self._chosen
        self.folds.setVisible(kind == FOLDS)
        self.note.setText(NOTES[kind])
        self.note.setVisible(bool(NOTES[kind]))
        can_search = self.folds.plan is not None if kind == FOLDS else kind == GEOMETRY or path is not None
        self.search.setEnabled(can_search)
        self.adjustSize()


def _runs(root: Path) -> Iterator[tuple[RunSummary, ...]]:
    yield RunsReader(runs_of(root)).read()
