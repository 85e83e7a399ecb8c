"""The plots below the table of runs; pyqtgraph is imported when they are first seen."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from app.session import Session
from app.theme import SPACE
from yolox_core.train.runs import RunSummary

if TYPE_CHECKING:
    from app.training.runs_compare import Comparison
    from app.training.runs_sizes import SizesView


class RunsPlots(QTabWidget):
    """Curves of the runs selected, and all runs as AP against time per image."""

    measure_requested = Signal(object)  # Path of a run

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDocumentMode(True)
        self._session = session
        self._chosen: tuple[RunSummary, ...] = ()
        self._runs: tuple[RunSummary, ...] = ()
        self.comparison: Comparison | None = None
        self.sizes: SizesView | None = None
        self._pages = [QWidget(), QWidget()]
        for page, title in zip(self._pages, ("Compare", "Speed and accuracy"), strict=True):
            QVBoxLayout(page).setContentsMargins(0, SPACE, 0, 0)
            self.addTab(page, title)
        self.currentChanged.connect(self._draw)

    def show_runs(self, runs: Sequence[RunSummary], chosen: Sequence[RunSummary]) -> None:
        """Compare those chosen, and place all."""
        self._runs, self._chosen = tuple(runs), tuple(chosen)
        self._draw()

    def showEvent(self, event: QShowEvent) -> None:
        """Draw what has come meanwhile."""
        super().showEvent(event)
        self._draw()

    def _draw(self) -> None:
        if not self.isVisible():
            return
        if self.currentIndex() == 0:
            self._draw_comparison()
        else:
            self._draw_sizes()

    def _draw_comparison(self) -> None:
        if self.comparison is None:
            from app.training.runs_compare import Comparison

            self.comparison = Comparison(self._session)
            self._page_layout(0).addWidget(self.comparison)
        self.comparison.show_runs(self._chosen)

    def _draw_sizes(self) -> None:
        if self.sizes is None:
            from app.training.runs_sizes import SizesView

            self.sizes = SizesView()
            self.sizes.measure_requested.connect(self.measure_requested)
            self._page_layout(1).addWidget(self.sizes)
        self.sizes.show_runs(self._runs)

    def _page_layout(self, place: int) -> QVBoxLayout:
        layout = self._pages[place].layout()
        assert isinstance(layout, QVBoxLayout)
        return layout
