"""A camera or stream on the Play page: its newest frame with boxes, thresholds that act at once, a pause."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from time import monotonic, time

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from app.player.class_list import ClassList
from app.player.frame_view import FrameView
from app.player.live_feed import LiveFeed, LiveShot
from app.player.network import Network
from app.player.stage import SIDE_WIDTH
from app.player.thresholds import ThresholdPanel
from app.theme import SPACE, class_color
from app.widgets.elided_label import ElidedLabel
from yolox_core.errors import UserError
from yolox_core.infer.address import shown_address
from yolox_core.infer.suppress import without_classes
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Detections


class LivePage(QWidget):
    """Owns the thread of one stream at a time. `connected` tells its address once it shows pictures."""

    connected = Signal(str)
    closed = Signal()
    state_changed = Signal()  # a stream was asked for
    failed = Signal(UserError)
    send_wanted = Signal()
    save_wanted = Signal(object)  # QImage

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._feed: LiveFeed | None = None
        self._retired: set[LiveFeed] = set()
        self._network: Network | None = None
        self._address = ""
        self._shot: LiveShot | None = None
        self._detections: Detections | None = None
        self._is_paused = False
        self._shots = 0
        self._times_s: deque[float] = deque(maxlen=60)
        self.view = FrameView(class_color)
        self.thresholds = ThresholdPanel()
        self.classes = ClassList(class_color)
        self.badge, self.name, self.count, self.status = QLabel(), ElidedLabel(), QLabel(), QLabel()
        self.pause, self.again, self.exit = (
            QPushButton("Pause"),
            QPushButton("Connect again"),
            QPushButton("Close"),
        )
        self.send, self.save = QPushButton("Send to data set"), QPushButton("Save frame…")
        self._lay_out()
        self.thresholds.thresholds_changed.connect(lambda _thresholds: self._draw())
        self.classes.hidden_changed.connect(lambda _hidden: self._draw())
        self.classes.own_changed.connect(self._draw)
        self.pause.clicked.connect(self.toggle)
        self.again.clicked.connect(lambda: self.open(self._address))
        self.exit.clicked.connect(self.leave)
        self.send.clicked.connect(self.send_wanted)
        self.save.clicked.connect(lambda: self.save_wanted.emit(self.view.image))
        self.slots: dict[str, Callable[[], object]] = {
            "play": self.toggle,
            "send_frame": self.send_wanted.emit,
            "save_frame": lambda: self.save_wanted.emit(self.view.image),
            "save_frame_with_boxes": lambda: self.save_wanted.emit(self.view.image_with_boxes()),
        }

    @property
    def is_on(self) -> bool:
        """Whether a stream is shown or on its way."""
        return bool(self._address)

    @property
    def shot(self) -> LiveShot | None:
        """The frame on show."""
        return self._shot

    @property
    def detections(self) -> Detections | None:
        """Its boxes, without those of hidden classes; None where there is no network."""
        return self._detections

    @property
    def label(self) -> str:
        """A name for files made of the frame on show: where it is from, and when."""
        words = "".join(c if c.isalnum() else "-" for c in shown_address(self._address).rpartition("://")[2])
        return f"{words.strip('-')}-{round(time())}"

    def open(self, address: str) -> None:
        """Show another stream, or the same anew."""
        self.stop()
        self._address, self._is_paused = address, False
        self.view.set_frame(None)
        self.view.set_notice("Connecting…")
        self._shot = None
        self.name.set_text(shown_address(address), tool_tip=shown_address(address))
        feed = self._feed = LiveFeed(address, self._network.detector if self._network else None, self)
        feed.came.connect(self._on_came)
        feed.failed.connect(self._on_failed)
        feed.finished.connect(lambda: self._retired.discard(feed))
        feed.start()
        self._refresh()
        self.state_changed.emit()

    def stop(self) -> None:
        """Let go of the stream; the thread ends by itself."""
        feed, self._feed = self._feed, None
        if feed is not None:
            feed.stop()
            if feed.isRunning():
                self._retired.add(feed)
        self._times_s.clear()
        self._shots = 0

    def shut_down(self) -> None:
        """Let go of the stream and wait for all threads."""
        self.stop()
        for feed in list(self._retired):
            feed.wait()

    def leave(self) -> None:
        """Close the stream."""
        self.stop()
        self._address, self._shot = "", None
        self.closed.emit()

    def toggle(self) -> None:
        """Freeze the picture, or go on with the newest one."""
        self._is_paused = not self._is_paused
        if not self._is_paused and self._feed is not None:
            self._feed.go_on()
        self._refresh()

    def show_network(self, network: Network | None) -> None:
        """See with another network, or none."""
        self._network = network
        self.classes.clear()
        if self._feed is not None:
            self._feed.detector = network.detector if network else None

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Begin with these."""
        self.thresholds.set_thresholds(replace(thresholds, own=(), region=None))
        self.classes.set_common(thresholds.conf_threshold)

    def _on_came(self, shot: LiveShot) -> None:
        feed = self.sender()
        if feed is not self._feed or not isinstance(feed, LiveFeed):
            return
        if not self._times_s:
            self.connected.emit(self._address)
        self._shot = shot
        self._shots += 1
        self._times_s.append(monotonic())
        self.view.set_notice("" if self._network else "Frames only: choose a checkpoint to see boxes")
        self.view.set_frame(shot.picture)
        self._draw()
        self._refresh()
        if not self._is_paused:
            feed.go_on()

    def _on_failed(self, problem: UserError) -> None:
        if self.sender() is self._feed:
            self.stop()
            self.view.set_notice("No connection")
            self._refresh()
            self.failed.emit(problem)

    def _draw(self) -> None:
        """Find the boxes of the frame on show anew, without the network."""
        shot, network = self._shot, self._network
        names = network.detector.class_names if network else ()
        self.classes.set_common(self.thresholds.thresholds.conf_threshold)
        if shot is None or shot.candidates is None or not names:
            self._detections = None
        else:
            own = tuple((i, self.classes.own[name]) for i, name in enumerate(names) if name in self.classes.own)
            found = replace(self.thresholds.thresholds, own=own).detections(shot.candidates)
            self.classes.set_counts({names[class_id]: count for class_id, count in found.per_class.items()})
            hidden = frozenset(i for i, name in enumerate(names) if name in self.classes.hidden)
            self._detections = without_classes(found, hidden)
        self.view.set_detections(self._detections, names)
        boxes = "–" if self._detections is None else len(self._detections)
        self.count.setText(f"Boxes in this frame: {boxes}")

    def _refresh(self) -> None:
        is_live = self._feed is not None
        self.badge.setText("Paused" if self._is_paused else "Live" if is_live else "Ended")
        self.badge.setProperty("look", "warning" if self._is_paused or not is_live else "good")
        self.badge.style().polish(self.badge)
        self.pause.setText("Go on" if self._is_paused else "Pause")
        self.pause.setEnabled(is_live)
        self.again.setVisible(not is_live)
        for button in (self.send, self.save):
            button.setEnabled(self._shot is not None)
        self.status.setText(self._status())

    def _status(self) -> str:
        shot, times = self._shot, self._times_s
        if shot is None or len(times) < 2:
            return ""
        rate = (len(times) - 1) / max(times[-1] - times[0], 1e-6)
        left_out = shot.number - self._shots
        passed = f"  ·  {left_out:,} left out" if left_out > 0 else ""
        return (
            f"{rate:.1f} frames/s  ·  {shot.age_ms:.0f} ms after it came  ·  network {shot.network_ms:.1f} ms{passed}"
        )

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.badge)
        head.addWidget(self.name, 1)
        for button in (self.again, self.pause, self.save, self.send, self.exit):
            head.addWidget(button)
        line = QFrame()
        line.setProperty("look", "line")
        line.setFixedHeight(1)
        side = QWidget()
        side.setFixedWidth(SIDE_WIDTH)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE)
        self.count.setProperty("look", "heading")
        for widget in (self.thresholds, line, self.count):
            column.addWidget(widget)
        column.addWidget(self.classes, 1)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        middle.addWidget(self.view, 1)
        middle.addWidget(side)
        self.status.setProperty("look", "muted")
        self.status.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addLayout(head)
        layout.addLayout(middle, 1)
        layout.addWidget(self.status)
