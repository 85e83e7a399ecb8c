"""The tab of what a run has brought: figures, curves, confusion, the worst images, and what to do with the network."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.icons import icon
from app.session import Session
from app.theme import SPACE
from app.training.result_confusion_view import ConfusionView
from app.training.result_export import ExportDialog
from app.training.result_faults import FaultsView
from app.training.result_images import ImageGallery
from app.training.result_reader import ResultReader
from app.widgets.elided_label import ElidedLabel
from app.widgets.figure import Figure
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.evaluate.details import Details
from yolox_core.evaluate.speed import Speed
from yolox_core.train.runs_result import RunResult, has_kept_weights, weights_of

NOTHING = "Choose a run: what its network finds, and where it errs, is shown here."
BUSY = "The run is under way. Its result is measured when it has ended."
UNKNOWN = "This run has not been measured in detail yet."
NO_WEIGHTS = "This run has kept no weights: there is nothing to measure."
PROGRESS_WIDTH = SPACE * 45
FIGURES = ("AP .50:.95", "AP50", "AP75", "VOC 11 points", "Best score", "ms / image")


class ResultTab(QWidget):
    """Shows the result of a run; it is measured on demand, or by itself when a run of this window ends."""

    play_requested = Signal()
    kept = Signal(object)  # Path of the run whose folder has a new result

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reader = ResultReader(session, self)
        self._session = session
        self._shown: RunResult | None = None
        self._is_busy = False
        self.messages = MessageBar()
        self.summary = ElidedLabel()
        self.summary.setProperty("look", "muted")
        self.figures = [Figure(title) for title in FIGURES]
        self.measure = QPushButton("Measure in detail")
        self.again = QPushButton(icon("refresh"), "Measure again")
        self.export = QPushButton(icon("export"), "Export…")
        self.export.setToolTip("Write the network as ONNX or TorchScript for other programs")
        self.play = QPushButton("Use in player")
        self.play.setProperty("look", "primary")
        self.state = QLabel(NOTHING, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.state.setProperty("look", "muted")
        self.progress = QProgressBar(textVisible=False)
        self.cancel = QPushButton("Cancel")
        self.views = QTabWidget(documentMode=True)
        self.confusion = ConfusionView(session)
        self.worst = ImageGallery(session)
        self.faults = FaultsView(session)
        self.scores: QWidget | None = None
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self._show_state()

    def show_run(self, run: Path | None, *, is_busy: bool = False, measures: bool = False) -> None:
        """Show the result of this run; `measures` one that is not known yet, unless the run is under way."""
        self._is_busy = is_busy
        self.messages.clear()
        self.reader.show_run(None if is_busy else run, measures=measures)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.summary, 1)
        for button in (self.again, self.export, self.play):
            head.addWidget(button)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        for figure in self.figures:
            row.addWidget(figure, 1)
        result = QWidget()
        column = QVBoxLayout(result)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.views, 1)
        self._scores_page = QWidget()
        QVBoxLayout(self._scores_page).setContentsMargins(0, 0, 0, 0)
        self.views.addTab(self._scores_page, "Scores")
        self.views.addTab(self.confusion, "Confusion")
        self.views.addTab(self.worst, "Worst images")
        self.views.addTab(self.faults, "Label faults")
        self._stack.addWidget(self._state_page())
        self._stack.addWidget(result)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 3 // 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.messages)
        layout.addLayout(head)
        layout.addWidget(self._stack, 1)

    def _state_page(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.addStretch(1)
        column.addWidget(self.state)
        column.addWidget(self.progress, 0, Qt.AlignmentFlag.AlignHCenter)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.measure)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self.progress.setFixedSize(PROGRESS_WIDTH, 6)
        return page

    def _connect(self) -> None:
        self.reader.changed.connect(self._show_state)
        self.reader.failed.connect(self.messages.show_problem)
        self.reader.kept.connect(self.kept)
        for button in (self.measure, self.again):
            button.clicked.connect(self.reader.measure)
        self.cancel.clicked.connect(self.reader.cancel)
        self.play.clicked.connect(self.play_requested)
        self.export.clicked.connect(self._ask_export)

    def _ask_export(self) -> None:
        if self.reader.run is None:
            return
        folder = self._session.folder
        pictures = [image.path for image in folder.images[:2]] if folder is not None else []
        try:
            weights = weights_of(self.reader.run)
        except UserError as problem:
            self.messages.show_problem(problem)
        else:
            ExportDialog(self._session, weights, pictures, self).open()

    def _show_state(self) -> None:
        """Bring the tab up to date with its reader."""
        result, progress = self.reader.result, self.reader.progress
        is_working = progress is not None
        has_weights = self.reader.run is not None and has_kept_weights(self.reader.run)
        self.faults.show_weights(weights_of(self.reader.run) if self.reader.run and has_weights else None)
        if result is not None and not is_working and result is not self._shown:
            self._show_result(result)
        self._stack.setCurrentIndex(1 if result is not None and not is_working else 0)
        self.state.setText(self._state_text())
        self.progress.setVisible(is_working)
        self.progress.setRange(0, progress.total if progress else 0)
        self.progress.setValue(progress.done if progress else 0)
        self.cancel.setVisible(is_working)
        self.measure.setVisible(has_weights and not is_working)
        self.measure.setEnabled(self._session.folder is not None)
        self.again.setVisible(result is not None and not is_working)
        for button in (self.export, self.play):
            button.setVisible(has_weights)
        if result is None:
            self.summary.set_text(self.reader.run.name if self.reader.run else "")

    def _state_text(self) -> str:
        """What the tab says while there is no result on it."""
        if self.reader.progress is not None:
            return f"{self.reader.progress.text.capitalize()} …"
        if self.reader.run is None:
            return BUSY if self._is_busy else NOTHING
        return UNKNOWN if has_kept_weights(self.reader.run) else NO_WEIGHTS

    def _show_result(self, result: RunResult) -> None:
        self._shown = result
        kept = result.kept
        evaluation, details = kept.evaluation, _details(result)
        split = f"split {kept.split}" if kept.split else "the validation split"
        images = f"{evaluation.images:,} images, {evaluation.boxes:,} boxes of {split}"
        self.summary.set_text(f"{images} · {kept.device} · {result.run.name}", tool_tip=str(result.run))
        best, speed = details.best, result.speed
        texts = (
            (f"{evaluation.ap:.3f}", ""),
            (f"{evaluation.ap50:.3f}", f"VOC {evaluation.voc_ap50:.3f}"),
            (f"{evaluation.ap75:.3f}" if evaluation.ap75 >= 0 else "–", ""),
            (f"{details.voc_ap50_11_point:.3f}", ""),
            (f"{best.score:.2f}" if best.f1 else "–", f"F1 {best.f1:.3f}" if best.f1 else "nothing is right"),
            (f"{speed.total_ms:.1f}" if speed else "–", f"network {speed.network_ms:.1f}" if speed else ""),
        )
        for figure, (value, note) in zip(self.figures, texts, strict=True):
            figure.show_value(value, note)
        self.figures[-1].setToolTip(speed_text(speed) if speed else "")
        self._show_scores(result)
        self.confusion.show_details(details)
        worst = sorted((image for image in details.images if image.mistakes), key=lambda image: -image.mistakes)
        title = (
            f"{len(worst):,} of {len(details.images):,} images have mistakes at score {details.confusion.score:.2f}."
        )
        self.worst.show_images(title, worst)
        self._tell(result)

    def _tell(self, result: RunResult) -> None:
        """Say what is not as it should be."""
        faults = result.kept.evaluation.faults
        if result.not_kept:
            self.messages.show_text(f"The result is not kept in the run's folder: {result.not_kept}")
        elif not result.is_current:
            self.messages.show_text("These figures are of other weights than the run has now: measure again.")
        elif faults:
            self.messages.show_text(f"{len(faults)} images were left out. First: {faults[0].where}: {faults[0].what}")

    def _show_scores(self, result: RunResult) -> None:
        from app.training.result_scores import ScoresView

        if self.scores is None:
            self.scores = ScoresView()
            layout = self._scores_page.layout()
            assert layout is not None
            layout.addWidget(self.scores)
        assert isinstance(self.scores, ScoresView)
        self.scores.show_evaluation(result.kept.evaluation)


def speed_text(speed: Speed) -> str:
    """The parts of the time for one image, in words."""
    return (
        f"Medians of {speed.rounds} images on {speed.device}, {speed.width} × {speed.height} px:\n"
        f"fitting the image {speed.preprocess_ms:.1f} ms\nnetwork {speed.network_ms:.1f} ms\n"
        f"candidates and suppression {speed.suppress_ms:.1f} ms"
    )


def _details(result: RunResult) -> Details:
    details = result.kept.evaluation.details
    assert details is not None
    return details
