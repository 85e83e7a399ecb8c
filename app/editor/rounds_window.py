"""The rounds of a review as a chart: faults settled, and what the network that judged was worth. Imports pyqtgraph."""

from collections.abc import Sequence
from functools import partial

import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.theme import SPACE, current_colors
from yolox_core.review.rounds import RoundFigures

SIZE, BAR = QSize(720, 520), 0.6
REMARK = (
    "A round is what was settled between one search and the next. AP is that of the network that judged, on the "
    "validation images as they were labelled when it was trained: where those labels were mended, too, AP of different "
    "rounds is not of the same yardstick."
)
NO_ROUNDS = "No round yet: a search for label faults begins one."


class RoundsWindow(QWidget):
    """A window beside the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Rounds of the review")
        self.charts = pg.GraphicsLayoutWidget()
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.remark = QLabel(REMARK, wordWrap=True)
        self.remark.setProperty("look", "muted")
        self.score = self.charts.addPlot(row=0, col=0)
        self.settled = self.charts.addPlot(row=1, col=0)
        self.settled.setXLink(self.score)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.words)
        layout.addWidget(self.charts, 1)
        layout.addWidget(self.remark)
        self.resize(SIZE)

    def show_rounds(self, rounds: Sequence[RoundFigures]) -> None:
        """Draw these rounds, the first on the left."""
        colors = current_colors(self)
        self.charts.setBackground(QColor(colors.base))
        self.charts.setVisible(bool(rounds))
        self.words.setText(rounds_text(rounds))
        numbers = list(range(1, len(rounds) + 1))
        for plot, title in ((self.score, "AP of the judge"), (self.settled, "settled")):
            plot.clear()
            plot.setMouseEnabled(x=False, y=False)
            plot.hideButtons()
            plot.setMenuEnabled(False)
            plot.setXRange(0.5, max(len(rounds), 1) + 0.5)
            plot.getAxis("bottom").setTicks([[(number, str(number)) for number in numbers]])
            for side in ("left", "bottom"):
                plot.getAxis(side).setTextPen(colors.text)
                plot.getAxis(side).setPen(colors.line)
            plot.getAxis("left").setWidth(64)
            plot.setLabel("left", title, color=colors.text)
        self.settled.setLabel("bottom", "round", color=colors.text)
        known = [
            (number, one.round.ap) for number, one in zip(numbers, rounds, strict=True) if one.round.ap is not None
        ]
        points = {"x": [number for number, _ in known], "y": [ap for _, ap in known]}
        pen = pg.mkPen(colors.accent, width=2)
        self.score.plot(**points, pen=pen, symbol="o", symbolBrush=colors.accent, symbolPen=pen, symbolSize=7)
        self.score.setYRange(0, 1)
        bars = partial(pg.BarGraphItem, x=numbers, width=BAR, pen=None)
        accepted, rejected = [one.accepted for one in rounds], [one.rejected for one in rounds]
        self.settled.addItem(bars(height=accepted, brush=colors.good))
        self.settled.addItem(bars(height=rejected, y0=accepted, brush=colors.muted))
        self.settled.setYRange(0, max([1, *(a + r for a, r in zip(accepted, rejected, strict=True))]))


def rounds_text(rounds: Sequence[RoundFigures]) -> str:
    """The rounds in sentences."""
    if not rounds:
        return NO_ROUNDS
    accepted, rejected = sum(one.accepted for one in rounds), sum(one.rejected for one in rounds)
    faults = "1 fault mended" if accepted == 1 else f"{accepted:,} faults mended"
    right = "1 label" if rejected == 1 else f"{rejected:,} labels"
    count = "1 round" if len(rounds) == 1 else f"{len(rounds)} rounds"
    words = f"{count}: {faults} (green), {right} found right (grey)."
    words = f"{words} The last search found {rounds[-1].round.findings:,} likely faults."
    known = [one.round.ap for one in rounds if one.round.ap is not None]
    return f"{words} AP of the judge from {known[0]:.3f} to {known[-1]:.3f}." if len(known) > 1 else words
