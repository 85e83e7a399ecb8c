"""The thread behind a live stream: the newest frame with what the network sees in it, one at a time."""

from dataclasses import dataclass
from threading import Event
from time import monotonic, perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal

from app.player.feed import candidates_of, picture_of
from yolox_core.errors import UserError
from yolox_core.infer.candidates import Candidates

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.live import LiveStream

WAIT_S = 0.2  # how often the thread looks whether it is still wanted


@dataclass(frozen=True, eq=False)
class LiveShot:
    """A frame uint8 [H, W, 3] BGR and as [H, W, 4] for the screen, counted from 1, with its candidates if any.

    `age_ms` is the time from its coming to its being ready, `network_ms` the network's part of that.
    """

    number: int
    image: NDArray[np.uint8]
    picture: NDArray[np.uint8]
    candidates: Candidates | None
    age_ms: float
    network_ms: float


class LiveFeed(QThread):
    """Emits one frame and waits until `go_on` says that it was taken: the window is never flooded."""

    opened = Signal()
    came = Signal(object)  # LiveShot
    failed = Signal(object)  # UserError

    def __init__(self, address: str, detector: "Detector | None", parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.detector = detector
        self._address = address
        self._is_stopping = False
        self._may_go_on = Event()
        self._may_go_on.set()

    def go_on(self) -> None:
        """The last frame was taken."""
        self._may_go_on.set()

    def stop(self) -> None:
        """End after the frame in work; returns at once."""
        self._is_stopping = True
        self._may_go_on.set()

    def run(self) -> None:
        """The thread's body: Qt calls it."""
        from yolox_core.infer.live import LiveStream  # loads PyAV

        try:
            stream = LiveStream(self._address)
        except UserError as problem:
            self._tell(problem)
            return
        try:
            if not self._is_stopping:
                self.opened.emit()
            self._show(stream)
        except UserError as problem:
            self._tell(problem)
        finally:
            stream.close()

    def _show(self, stream: "LiveStream") -> None:
        number = 0
        while not self._is_stopping:
            self._may_go_on.wait()
            frame = stream.newest(number, wait_s=WAIT_S)
            if frame is None or self._is_stopping:
                continue
            number = frame.number
            start_s = perf_counter()
            candidates = candidates_of(frame.image, self.detector) if self.detector is not None else None
            network_ms = (perf_counter() - start_s) * 1000 if candidates is not None else 0.0
            picture = picture_of(frame.image)
            age_ms = (monotonic() - frame.came_s) * 1000
            self._may_go_on.clear()
            self.came.emit(LiveShot(number, frame.image, picture, candidates, age_ms, network_ms))

    def _tell(self, problem: UserError) -> None:
        if not self._is_stopping:
            self.failed.emit(problem)
