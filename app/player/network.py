"""The network in use: loaded off the window's thread, as the first one brings torch with it, which takes seconds."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.jobs import Job
from app.session import Session
from yolox_core.errors import UserError

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector


@dataclass(frozen=True, eq=False)
class Network:
    """A network ready for use and the file it comes from."""

    path: Path
    detector: "Detector"

    @property
    def text(self) -> str:
        """What it is in a few words."""
        classes = len(self.detector.class_names)
        plural = "class" if classes == 1 else "classes"
        return f"{self.path.name}  ·  {classes} {plural}, {self.detector.image_size} px, {self.detector.device}"


class NetworkSlot(QObject):
    """Follows the session's checkpoint once it is asked to, and puts there what the user opens here."""

    network_changed = Signal(object)  # Network | None
    state_changed = Signal()  # loading began or ended
    failed = Signal(UserError)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._network: Network | None = None
        self._loading: Path | None = None
        self._refused: Path | None = None

    @property
    def network(self) -> Network | None:
        """The network in use; while another is loaded, still the one before."""
        return self._network

    @property
    def is_loading(self) -> bool:
        """Whether a network is on its way."""
        return self._loading is not None

    @property
    def text(self) -> str:
        """The state in a few words."""
        if self._loading is not None:
            return f"Loading {self._loading.name}…"
        return self._network.text if self._network else "No checkpoint: frames only"

    @property
    def path(self) -> Path | None:
        """The file of the network that is loading or in use."""
        return self._loading or (self._network.path if self._network else None)

    def follow_session(self) -> None:
        """Load the session's checkpoint, unless it is here already or could not be loaded."""
        wanted = self._session.checkpoint
        if wanted is None and self._network is not None:
            self._loading = None
            self._use(None)
        elif wanted is not None and wanted not in (self.path, self._refused):
            self.open(wanted)

    def open(self, path: Path) -> None:
        """Load a network and make it the session's; the one before stays until that has worked."""
        self._loading, self._refused = path, None
        self.state_changed.emit()
        job = Job(lambda: opened_network(path), self)
        job.record_ready.connect(self._on_opened)
        job.failed.connect(lambda problem: self._on_failed(path, problem))
        self._session.start(job)

    def _on_opened(self, network: Network) -> None:
        if network.path == self._loading:
            self._loading = None
            self._use(network)
            self._session.set_checkpoint(network.path)

    def _on_failed(self, path: Path, problem: UserError) -> None:
        if path == self._loading:
            self._loading, self._refused = None, path
            self.state_changed.emit()
            self.failed.emit(problem)

    def _use(self, network: Network | None) -> None:
        self._network = network
        self.state_changed.emit()
        self.network_changed.emit(network)


def opened_network(path: Path) -> Iterator[Network]:
    """The network in a checkpoint. Raises UserError where it cannot be used."""
    from yolox_core.infer.detector import Detector

    yield Network(path, Detector.open(path, may_be_half=True))


def mismatch_text(network_names: tuple[str, ...], folder_names: tuple[str, ...]) -> str:
    """A note that a network knows none of the classes of the open folder; empty where it knows some."""
    if not folder_names or set(network_names) & set(folder_names):
        return ""
    shown = ", ".join(folder_names[:3]) + ("…" if len(folder_names) > 3 else "")
    return f"This checkpoint knows none of the open folder's classes ({shown}); its boxes carry its own class names."
