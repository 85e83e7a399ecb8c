"""What a user asks of a run under way: asked from any thread, obeyed between two steps. No torch here."""

from threading import Event
from time import perf_counter


class StopRequested(Exception):
    """The user wants the run to end now; its weights are kept."""


class RunControl:
    """Wishes about one run. `stops_after_epoch` ends it once the epoch under way is measured and kept."""

    def __init__(self) -> None:
        self.stops_after_epoch = False
        self._may_go_on = Event()
        self._may_go_on.set()
        self._stops = Event()

    @property
    def is_pausing(self) -> bool:
        """Whether the run should rest, or rests."""
        return not self._may_go_on.is_set()

    @property
    def is_stopping(self) -> bool:
        """Whether the run should end now."""
        return self._stops.is_set()

    def pause(self) -> None:
        """Rest before the next step, without holding the device's memory."""
        self._may_go_on.clear()

    def resume(self) -> None:
        """Go on after `pause()`."""
        self._may_go_on.set()

    def stop(self) -> None:
        """End now, in a pause too."""
        self._stops.set()
        self._may_go_on.set()

    def wait(self) -> float:
        """Return when the run may go on or should stop; the seconds that this took."""
        began = perf_counter()
        self._may_go_on.wait()
        return perf_counter() - began

    def obey(self) -> None:
        """Raise StopRequested where the run should end now."""
        if self.is_stopping:
            raise StopRequested
