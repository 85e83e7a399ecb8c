"""AP50 of each class as bars, weakest first: where more labels would help."""

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from app.theme import SPACE, class_color

PARTS = 1000
NAME_WIDTH = 140


class ClassScores(QFrame):
    """A card that lists the classes of the best evaluation."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        self._shown: Mapping[str, float] = {}
        self.title = QLabel("AP50 per class")
        self.title.setProperty("look", "heading")
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3 // 2, SPACE, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE // 2)
        layout.addWidget(self.title)
        layout.addWidget(self._scroll, 1)

    @property
    def texts(self) -> list[str]:
        """The rows as they read: `drone 0.812`."""
        return [f"{name} {value:.3f}" for name, value in self._rows()]

    def show_scores(self, ap50_per_class: Mapping[str, float], *, epoch: int) -> None:
        """Show these figures (0..1) of the evaluation after `epoch`."""
        self.title.setText(f"AP50 per class, epoch {epoch}")
        if ap50_per_class == self._shown:
            return
        self._shown = dict(ap50_per_class)
        rows = QWidget()
        grid = QGridLayout(rows)
        grid.setContentsMargins(0, 0, SPACE, 0)
        grid.setHorizontalSpacing(SPACE)
        grid.setVerticalSpacing(SPACE // 4)
        grid.setColumnStretch(1, 1)
        for line, (name, value) in enumerate(self._rows()):
            label = QLabel(textFormat=Qt.TextFormat.PlainText)
            label.setText(label.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, NAME_WIDTH))
            label.setToolTip(name)
            grid.addWidget(label, line, 0)
            grid.addWidget(_bar(name, value), line, 1)
            grid.addWidget(QLabel(f"{value:.3f}"), line, 2)
        grid.setRowStretch(len(self._shown), 1)
        self._scroll.setWidget(rows)
        rows.setAutoFillBackground(False)  # a scroll area turns it on

    def _rows(self) -> list[tuple[str, float]]:
        return sorted(self._shown.items(), key=lambda item: item[1])


def _bar(name: str, value: float) -> QProgressBar:
    bar = QProgressBar(textVisible=False)
    bar.setRange(0, PARTS)
    bar.setValue(round(value * PARTS))
    bar.setStyleSheet(f"QProgressBar::chunk {{ background: {class_color(name).name()}; }}")
    return bar
