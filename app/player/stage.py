"""The open video: frame, thresholds, classes, timeline, buttons and the cost of each step."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from app.player.class_list import ClassList
from app.player.feed import VideoFacts
from app.player.focus_keys import MOVING, PRESSING, FocusKeys
from app.player.frame_view import FrameView
from app.player.heat_strip import HeatStrip
from app.player.playback import SPEEDS, ShownFrame
from app.player.reel import Pace
from app.player.thresholds import ThresholdPanel
from app.player.timeline import Timeline
from app.player.transport import Transport
from app.theme import SPACE, class_color
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import without_classes
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Detections

SIDE_WIDTH = 268
STATUS_INTERVAL_MS = 200


class Stage(QWidget):
    """Shows one frame and turns its candidates into boxes; sliders and ticks act at once, on what is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._candidates: Candidates | None = None
        self._detections: Detections | None = None
        self._class_names: tuple[str, ...] = ()
        self._shown: ShownFrame | None = None
        self._pace: Pace | None = None
        self._names: tuple[str, ...] = ()
        self.tracks_of: Callable[[int], NDArray[np.int64] | None] = lambda _index: None
        self.view = FrameView(class_color)
        self.pictures = QSplitter(childrenCollapsible=False)
        self.pictures.addWidget(self.view)
        self.thresholds = ThresholdPanel()
        self.classes = ClassList(class_color)
        self.strip = HeatStrip()
        self.timeline = Timeline()
        self.transport = Transport(SPEEDS)
        self.count = QLabel()
        self.count.setProperty("look", "heading")
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.status = QLabel()
        self.status.setProperty("look", "muted")
        self.status.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.foot = QHBoxLayout()
        self._status_timer = QTimer(self, singleShot=True, interval=STATUS_INTERVAL_MS)
        self._status_timer.timeout.connect(self._write_status)
        self._lay_out()
        self._share_keys()
        self.thresholds.thresholds_changed.connect(self._on_thresholds_changed)
        self.classes.hidden_changed.connect(self._on_hidden_changed)
        self.classes.own_changed.connect(self._apply_own)
        self.classes.set_common(self.thresholds.thresholds.conf_threshold)
        self._write_count()

    @property
    def detections(self) -> Detections | None:
        """The boxes of this frame that pass the thresholds, hidden classes included; None while nothing is known."""
        return self._detections

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes of the network in use."""
        return self._class_names

    @property
    def hidden_class_ids(self) -> frozenset[int]:
        """Ids of the classes whose tick is off."""
        hidden = self.classes.hidden
        return frozenset(class_id for class_id, name in enumerate(self._class_names) if name in hidden)

    def show_video(self, facts: VideoFacts) -> None:
        """Begin with another video; its first frame follows."""
        self._names = facts.names
        self.timeline.set_video(facts.frames, facts.duration_s)
        self.transport.set_video(facts.times_s.tolist(), facts.duration_s)
        self.classes.clear()
        self._candidates = None
        self._suppress()

    def set_class_names(self, class_names: tuple[str, ...]) -> None:
        """Begin with another network, or with none."""
        self._class_names = class_names
        self.classes.clear()
        self._candidates = None
        self._apply_own()
        self._suppress()

    def show_frame(self, shown: ShownFrame) -> None:
        """Show a frame and its boxes."""
        self._shown = shown
        self.view.set_frame(shown.picture)
        self._candidates = shown.candidates
        self._suppress()

    def set_index(self, index: int) -> None:
        """Move the playhead."""
        self.strip.set_index(index)
        self.timeline.set_index(index)
        self.transport.set_index(index)

    def set_pace(self, pace: Pace | None) -> None:
        """Note how playing goes, for the line of costs."""
        self._pace = pace

    def refresh(self) -> None:
        """Draw the boxes anew: something else is known of them."""
        self._show_boxes()

    def _on_thresholds_changed(self, thresholds: Thresholds) -> None:
        self.classes.set_common(thresholds.conf_threshold)
        self._suppress()

    def _apply_own(self) -> None:
        """Let the classes of the network in use that have a least score of their own follow it."""
        scores = self.classes.own
        own = tuple((i, scores[name]) for i, name in enumerate(self._class_names) if name in scores)
        if own != self.thresholds.thresholds.own:
            self.thresholds.change(own=own)

    def _on_hidden_changed(self, _hidden: frozenset[str]) -> None:
        self._show_boxes()

    def _suppress(self) -> None:
        """Find the boxes of this frame anew, without the network."""
        known = self._candidates
        self._detections = None if known is None else self.thresholds.thresholds.detections(known)
        if self._detections is not None:
            counts = self._detections.per_class
            self.classes.set_counts({self._class_names[class_id]: count for class_id, count in counts.items()})
        self._show_boxes()

    def _show_boxes(self) -> None:
        found = self._detections
        visible = None if found is None else without_classes(found, self.hidden_class_ids)
        self.view.set_detections(visible, self._class_names, self._visible_tracks())
        self._write_count()
        if not self._status_timer.isActive():
            self._status_timer.start()

    def _visible_tracks(self) -> NDArray[np.int64] | None:
        """The track numbers of the boxes of classes that are not hidden, where they are known."""
        found, shown = self._detections, self._shown
        tracks = self.tracks_of(shown.index) if shown is not None else None
        if found is None or tracks is None or len(tracks) != len(found):
            return None
        return tracks[~np.isin(found.class_ids, list(self.hidden_class_ids))]

    def _write_count(self) -> None:
        total = "–" if self._detections is None else str(len(self._detections))
        self.count.setText(f"Boxes in this frame: {total}")

    def _write_status(self) -> None:
        if self._shown is not None:
            costs = status_text(self._shown, self.view.draw_ms, self._pace)
            self.status.setText(f"{self._names[self._shown.index]}  ·  {costs}" if self._names else costs)

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setSpacing(SPACE)
        side.addWidget(self.thresholds)
        line = QFrame()
        line.setProperty("look", "line")
        line.setFixedHeight(1)
        side.addWidget(line)
        side.addWidget(self.count)
        side.addWidget(self.classes, 1)
        side_widget = QWidget()
        side_widget.setLayout(side)
        side_widget.setFixedWidth(SIDE_WIDTH)
        side.setContentsMargins(0, 0, 0, 0)
        middle = QHBoxLayout()
        middle.setSpacing(SPACE)
        middle.addWidget(self.pictures, 1)
        middle.addWidget(side_widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(middle, 1)
        layout.addWidget(self.strip)
        layout.addWidget(self.timeline)
        layout.addWidget(self.transport)
        self.foot.addWidget(self.status, 1)
        layout.addLayout(self.foot)

    def _share_keys(self) -> None:
        """Controls reached with Tab keep their own keys."""
        moving, pressing = FocusKeys(MOVING, self), FocusKeys(PRESSING, self)
        for slider in (self.thresholds.confidence.slider, self.thresholds.overlap.slider):
            slider.installEventFilter(moving)
        for control in (self.thresholds.agnostic, self.transport.real_time, self.transport.speed, self.classes.tree):
            control.installEventFilter(pressing)


def status_text(shown: ShownFrame, draw_ms: float, pace: Pace | None) -> str:
    """What this frame cost, in milliseconds, and how playing goes."""
    parts = [f"decode {shown.decode_ms:.1f} ms"]
    if shown.network_ms:
        parts.append(f"network {shown.network_ms:.1f} ms")
    elif shown.candidates is not None:
        parts.append("network not needed: kept from before")
    parts.append(f"draw {draw_ms:.1f} ms")
    if pace is not None and pace.shown_per_s:
        parts.append(f"{pace.shown_per_s:.1f} frames/s")
        if pace.skipped:
            parts.append(f"{pace.skipped} left out to keep real time")
    return "  ·  ".join(parts)
