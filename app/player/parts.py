"""What features of the Play page share."""

from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from app.player.network import NetworkSlot
from app.player.playback import Playback
from app.player.stage import Stage
from app.player.whole_video import WholeVideo
from app.session import Session


@dataclass(frozen=True, eq=False)
class Parts:
    """The open video, the network, the thresholds, what is known of all frames, and the page itself."""

    session: Session
    playback: Playback
    stage: Stage
    networks: NetworkSlot
    whole: WholeVideo
    page: QWidget
