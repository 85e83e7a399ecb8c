"""Live streams joined to the Play page: opening, the list of recent ones, frames sent and saved."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from app.player.dialogs import ask_target
from app.player.live_page import LivePage
from app.player.parts import Parts
from app.player.pictures import suggested_png
from app.player.recent import with_newest
from app.player.sending import Sending
from app.player.stream_dialog import StreamDialog
from yolox_core.infer.address import cameras, shown_address

Slot = Callable[[], object]


class Live(QObject):
    """Owns the page of the stream; `routed` sends keys there while one is open."""

    def __init__(self, parts: Parts, sending: Sending, save: Callable[[Path, QImage], None]) -> None:
        super().__init__(parts.page)
        self._parts, self._sending, self._save = parts, sending, save
        self.page = LivePage()
        self.slots: dict[str, Slot] = {"open_stream": self._ask}
        self.page.connected.connect(self._on_connected)
        self.page.send_wanted.connect(self._send)
        self.page.save_wanted.connect(self._on_save_wanted)
        parts.networks.network_changed.connect(self.page.show_network)

    def routed(self, name: str, slot: Slot) -> Slot:
        """The slot of an action that means the stream while there is one."""
        return lambda: self.page.slots[name]() if self.page.is_on else slot()

    def open(self, address: str) -> None:
        """Show a stream."""
        self._parts.playback.pause()
        self.page.set_thresholds(self._parts.stage.thresholds.thresholds)
        self.page.show_network(self._parts.networks.network)
        self.page.open(address)

    def _ask(self) -> None:
        dialog = StreamDialog(cameras(), self._parts.session.settings.get("recent_streams"), self._parts.page)
        if dialog.exec():
            self.open(dialog.address)

    def _on_connected(self, address: str) -> None:
        session = self._parts.session
        recent = with_newest(session.settings.get("recent_streams"), shown_address(address))
        session.remember(recent_streams=recent)

    def _send(self) -> None:
        page = self.page
        if page.shot is not None:
            network = self._parts.networks.network
            names = network.detector.class_names if network else ()
            self._sending.send_picture(page.label, page.shot.image, page.detections, names)

    def _on_save_wanted(self, image: QImage) -> None:
        if image.isNull():
            return
        image = image.copy()  # the stream goes on while the question is open
        target = ask_target(self._parts.page, "Save frame", suggested_png(Path.home() / f"{self.page.label}.mp4", 0))
        if target is not None:
            self._save(target, image)
