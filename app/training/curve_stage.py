"""Where the plots of a run stand. They are made once the page is seen, before a run has any use for the processor."""

from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.jobs import Job
from app.session import Session
from app.training.compare import Compare
from app.training.status import RunStatus

if TYPE_CHECKING:
    from app.training.curves import Curves


class CurveStage(QWidget):
    """Imports pyqtgraph in a job when it is first seen, then makes and fills the plots."""

    def __init__(self, session: Session, compare: Compare, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._compare = compare
        self._status = RunStatus()
        self._job: Job | None = None
        self._curves: Curves | None = None
        self._empty = QLabel(
            "The curves of loss, learning rate and average precision grow here while a run goes on.",
            alignment=Qt.AlignmentFlag.AlignCenter,
            wordWrap=True,
        )
        self._empty.setProperty("look", "muted")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._empty)

    @property
    def curves(self) -> "Curves | None":
        """The plots, once they are made."""
        return self._curves

    def show_status(self, status: RunStatus) -> None:
        """Draw what has come to a run; what cannot be seen is drawn when it can."""
        self._status = status
        if self._curves is not None and self.isVisible():
            self._curves.show_status(status)

    def showEvent(self, event: QShowEvent) -> None:
        """Make the plots, the first time, and draw what came meanwhile."""
        super().showEvent(event)
        if self._job is None:
            self._job = Job(_import_curves, self)
            self._job.done.connect(self._make_curves)
            self._session.start(self._job)
        self.show_status(self._status)

    def _make_curves(self) -> None:
        from app.training.curves import Curves

        self._curves = Curves(self._session)
        self._curves.bar.add_tool(self._compare.button)
        self._compare.chosen.connect(self._curves.overlay)
        self._curves.failed.connect(self._session.problems.show_problem)
        self._empty.hide()
        self._layout.addWidget(self._curves)
        self.show_status(self._status)


def _import_curves() -> Iterator[None]:
    """Half a second that the window need not wait for."""
    import_module("app.training.curves")
    yield None
