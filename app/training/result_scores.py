"""Curves, the slider of the lowest score that counts, and the figures of each class, as one view."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSlider, QSplitter, QVBoxLayout, QWidget

from app.theme import SPACE
from app.training.result_classes import ClassTable
from app.training.result_curves import RecallPlot
from yolox_core.evaluate.details import Threshold, best_threshold, threshold_at
from yolox_core.evaluate.run import Evaluation

STEPS = 1000  # of the slider, from 0 to 1


class ScoresView(QWidget):
    """A class chosen in the table is put in front; the slider tells its precision, recall and F1 at any score."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = RecallPlot()
        self.table = ClassTable()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(50)
        self.slider.setAccessibleName("Lowest score that counts")
        self.figures = QLabel()
        self.best = QPushButton("Best")
        self.best.setToolTip("Go to the score with the highest F1")
        self._lay_out()
        self.table.class_chosen.connect(self._choose)
        self.slider.valueChanged.connect(self._show_figures)
        self.best.clicked.connect(self._go_to_best)

    @property
    def threshold(self) -> Threshold:
        """Score of the slider with its figures for what is in front."""
        score = self.slider.value() / STEPS
        return threshold_at(self.plot.curve, score) if self.plot.curve else Threshold(score, 0.0, 0.0, 0.0)

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show another evaluation, all classes in front at their best score."""
        assert evaluation.details is not None
        self.plot.show_details(evaluation.details)
        self.table.show_evaluation(evaluation)
        self._go_to_best()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(QLabel("Score"))
        row.addWidget(self.slider, 1)
        row.addWidget(self.best)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        column.addLayout(row)
        column.addWidget(self.figures)
        column.addWidget(self.table, 1)
        parts = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        parts.addWidget(self.plot)
        parts.addWidget(right)
        parts.setHandleWidth(SPACE)
        parts.setSizes([420, 520])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE, 0, 0)
        layout.addWidget(parts)

    def _choose(self, class_name: str) -> None:
        self.plot.choose(class_name)
        self._go_to_best()

    def _go_to_best(self) -> None:
        if self.plot.curve is not None:
            self.slider.setValue(int(best_threshold(self.plot.curve).score * STEPS))
        self._show_figures()

    def _show_figures(self) -> None:
        at = self.threshold
        self.figures.setText(
            f"From {at.score:.3f} on: precision {at.precision:.3f}, recall {at.recall:.3f}, F1 {at.f1:.3f}"
        )
        self.plot.mark(at)
