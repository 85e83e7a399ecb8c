"""Track numbers on the boxes: which box is the same object as in the frame before."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.jobs import Job
from app.player.analysis import Analysis
from app.player.stage import Stage
from app.session import Session
from yolox_core.infer.track_numbers import TrackNumbers, number_tracks
from yolox_core.infer.tracks import Ints
from yolox_core.records import Progress

REST_MS = 300
LONG_S = 1.0
NOT_LOOKED_AT = "Track numbers follow objects through frames that were looked at: press “Look at all frames” first."


class TrackMarks(QObject):
    """Follows objects through the frames looked at, anew whenever thresholds or frames have come to rest.

    `noted` says in a sentence why there are no numbers, or how many tracks there are.
    """

    noted = Signal(str)

    def __init__(self, session: Session, stage: Stage, analysis: Analysis, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._stage, self._analysis = session, stage, analysis
        self._job: Job | None = None
        self._action: QAction | None = None
        self._numbers: TrackNumbers | None = None
        self._began_s = 0.0
        self.slots: dict[str, Callable[[], object]] = {"show_tracks": self._on_toggled}
        self._rest = QTimer(self, singleShot=True, interval=REST_MS)
        self._rest.timeout.connect(self._follow)
        stage.tracks_of = self.of
        stage.thresholds.thresholds_changed.connect(lambda _thresholds: self._forget())
        analysis.changed.connect(self._forget)

    @property
    def is_on(self) -> bool:
        """Whether numbers are wanted."""
        return self._action is not None and self._action.isChecked()

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow this action of the page."""
        self._action = actions["show_tracks"]

    def of(self, frame: int) -> Ints | None:
        """The numbers [N] of the boxes of a frame at the thresholds of the moment; None while they are not known."""
        known = self._numbers
        if known is None or not self.is_on or known.thresholds != self._stage.thresholds.thresholds:
            return None
        return known.of(frame)

    def stop(self) -> None:
        """End following."""
        self._rest.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _on_toggled(self) -> None:
        known = self._analysis.predictions
        if self.is_on and (known is None or not known.done):
            self.noted.emit(NOT_LOOKED_AT)
        self._forget()
        self._stage.refresh()

    def _forget(self) -> None:
        self.stop()
        self._numbers = None
        if self.is_on:
            self._rest.start()

    def _follow(self) -> None:
        known = self._analysis.predictions
        if known is None or not known.done:
            return
        thresholds = self._stage.thresholds.thresholds
        self._began_s = monotonic()
        job = self._job = Job(lambda: number_tracks(known, thresholds), self)
        job.record_ready.connect(self._on_record)
        self._session.start(job)

    def _on_record(self, record: object) -> None:
        if self.sender() is not self._job:
            return
        if isinstance(record, Progress) and monotonic() - self._began_s > LONG_S:
            self.noted.emit(f"Following objects: {record.done:,} of {record.total:,} frames. T ends it.")
        elif isinstance(record, TrackNumbers):
            self._numbers, self._job = record, None
            names = self._stage.class_names
            counts = sorted(record.per_class.items(), key=lambda item: -item[1])
            told = ", ".join(f"{count:,} {names[class_id]}" for class_id, count in counts[:5])
            self.noted.emit(f"Objects followed: {told}." if told else "No object is followed at these thresholds.")
            self._stage.refresh()
