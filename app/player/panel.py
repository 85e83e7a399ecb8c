"""The Play page: opens videos and networks, joins playback and widgets, and says what went wrong."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtGui import QAction, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.actions import make_action, show_tip
from app.checkpoint_dialog import ask_checkpoint
from app.icons import icon
from app.player.actions import BUTTONS, NEEDS_VIDEO, SHORTCUTS
from app.player.analysis_status import AnalysisStatus
from app.player.box_looks import BoxLooks
from app.player.comparison import Comparison
from app.player.counts import CountsOverTime
from app.player.damage import Damage
from app.player.dialogs import ask_images, ask_target, ask_video, confirms_replacing
from app.player.drag_proxy import DragProxy
from app.player.drops import dropped_files, sort_drop
from app.player.empty_page import EmptyPage
from app.player.feed import VideoFacts
from app.player.header import Header
from app.player.label_boxes import LabelBoxes
from app.player.live import Live
from app.player.loop_range import LoopRange
from app.player.markers import Markers
from app.player.network import Network, NetworkSlot, mismatch_text
from app.player.outputs import Outputs
from app.player.parts import Parts
from app.player.pictures import suggested_png, write_png
from app.player.playback import Playback, ShownFrame
from app.player.recent import with_newest
from app.player.region import RegionTool
from app.player.review import Review
from app.player.sending import Sending
from app.player.speed_report import SpeedReport
from app.player.stage import Stage
from app.player.thumbnails import Thumbnails
from app.player.track_marks import TrackMarks
from app.player.whole_video import WholeVideo
from app.session import Session
from app.theme import SPACE
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError

TEN = 10


class PlayerPanel(QWidget):
    """Plays a video with what the session's network sees in it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.playback = Playback(self)
        self.networks = NetworkSlot(session, self)
        self.messages = MessageBar()
        self.stage = Stage()
        self.whole = WholeVideo(session, self.playback, self.stage, self)
        self.loop = LoopRange(self.playback, self.stage.timeline, self)
        self.comparison = Comparison(session, self.playback, self.stage, self.networks, self)
        analyses = self.whole.analysis, self.comparison.analysis
        self.review = Review(session, self.playback, self.stage, *analyses, self)
        parts = Parts(session, self.playback, self.stage, self.networks, self.whole, self)
        self.outputs, self.sending = Outputs(parts), Sending(parts)
        self.review.frames_chosen.connect(self.sending.send)
        self.tracks = TrackMarks(session, self.stage, self.whole.analysis, self)
        self.speed = SpeedReport(parts, analyses)
        self.counts = CountsOverTime(self.playback, self.stage, self.whole, self)
        self.markers = Markers(self.playback, self.stage, self)
        self.damage = Damage(self.playback, self.whole.analysis, self.stage.timeline, self)
        self.region = RegionTool(self.playback, self.stage, (self.stage.view, self.comparison.view.picture), self)
        self.looks = BoxLooks(session, self.stage.view, self.comparison.view.picture, self)
        self.labels = LabelBoxes(session, self.playback, self.stage, self)
        self.live = Live(parts, self.sending, self.save_frame_to)
        self.thumbnails = Thumbnails(self.playback, self.stage.timeline, self)
        self.proxy = DragProxy(session, self.playback, self)
        self._actions = self._make_actions()
        self.stage.transport.set_buttons([self._actions[name] for name in BUTTONS])
        for analysis, action, name in zip(analyses, ("analyse", "analyse_second"), ("", "B"), strict=True):
            self.stage.foot.addWidget(AnalysisStatus(analysis, self._actions[action], name))
        self.stage.foot.insertWidget(1, self.proxy.status)
        for feature in (
            self.whole,
            self.comparison,
            self.review,
            self.outputs,
            self.tracks,
            self.proxy,
            self.looks,
            self.labels,
        ):
            feature.take(self._actions)
        self.header = Header(
            self._actions["open_video"],
            self._actions["open_checkpoint"],
            [self._actions[name] for name in ("compare", "save_frame", "export_video")],
        )
        self.empty = EmptyPage(
            [self._actions["open_video"], self._actions["open_images"], self._actions["open_checkpoint"]]
        )
        show_tip(self.stage.transport.frame, self._actions["go_to_frame"])
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect_engine()
        self._connect_parts()
        self._on_network_state_changed()
        self.setAcceptDrops(True)

    def open_video(self, path: Path) -> None:
        """Show a video from its first frame; a problem is shown and leaves the one before."""
        self.open_files([path])

    def open_files(self, paths: list[Path]) -> None:
        """Open the first video and the first checkpoint among files; a problem is shown."""
        self.messages.clear()
        drop = sort_drop(paths)
        if drop.checkpoint is not None:
            self.networks.open(drop.checkpoint)
        if drop.video is not None:
            self.stage.view.set_notice("Opening…")
            self.playback.open_video(drop.video)

    def save_frame_to(self, target: Path, image: QImage) -> None:
        """Write a picture as PNG, after asking if a file of this name is there."""
        if not confirms_replacing(self, target):
            return
        try:
            write_png(target, image)
        except UserError as problem:
            self.messages.show_problem(problem)
        else:
            self.messages.show_text(f"Saved {target}")

    def can_close(self) -> bool:
        """Whether the window may close: asks while a file is being written."""
        return self.outputs.can_close()

    def shut_down(self) -> None:
        """Cancel an export, end the pass over the video and the feed's thread."""
        features = self.whole, self.comparison, self.review, self.outputs.strip, self.sending, self.tracks, self.speed
        for feature in (*features, self.proxy, self.thumbnails):
            feature.stop()
        self.playback.shut_down()
        self.live.page.shut_down()

    def actions(self) -> list[QAction]:
        """The actions of this page, for a menu."""
        return list(self._actions.values())

    def showEvent(self, event: QShowEvent) -> None:
        """Load the session's network once the page is looked at, and list the videos opened elsewhere."""
        super().showEvent(event)
        self._show_recent(self._session.settings.get("recent_videos"))
        self.networks.follow_session()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files."""
        if dropped_files(event.mimeData()):
            event.acceptProposedAction()
            self.empty.set_is_target(is_target=True)

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """The files went elsewhere."""
        self.empty.set_is_target(is_target=False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.empty.set_is_target(is_target=False)
        event.acceptProposedAction()
        self.open_files(dropped_files(event.mimeData()))

    def _make_actions(self) -> dict[str, QAction]:
        playback = self.playback
        slots: dict[str, Callable[[], object]] = {
            "open_video": self._choose_video,
            "open_images": self._choose_images,
            "open_checkpoint": self._choose_checkpoint,
            "play": playback.toggle,
            "step_back": lambda: playback.step(-1),
            "step_on": lambda: playback.step(1),
            "ten_back": lambda: playback.step(-TEN),
            "ten_on": lambda: playback.step(TEN),
            "first_frame": playback.seek_first,
            "last_frame": playback.seek_last,
            "play_back": lambda: playback.shuttle(-1),
            "pause": playback.pause,
            "play_on": lambda: playback.shuttle(1),
            "slower": lambda: playback.change_speed(-1),
            "faster": lambda: playback.change_speed(1),
            **self.loop.slots,
            "go_to_frame": lambda: self.stage.transport.type_frame(),
            **self.whole.slots,
            **self.comparison.slots,
            **self.review.slots,
            "save_frame": lambda: self._choose_png(self.stage.view.image),
            "save_frame_with_boxes": lambda: self._choose_png(self.stage.view.image_with_boxes()),
            **self.outputs.slots,
            **self.sending.slots,
            **self.counts.slots,
            **self.markers.slots,
            **self.proxy.slots,
            **self.region.slots,
            **self.looks.slots,
            **self.labels.slots,
            **self.live.slots,
            **self.speed.slots,
            **self.tracks.slots,
        }
        for name in self.live.page.slots:
            slots[name] = self.live.routed(name, slots[name])
        made = {action.name: make_action(self, action, slots[action.name]) for action in SHORTCUTS}
        made["compare"].setIconText("Compare")
        made["analyse_second"].setIconText("Look at all frames with B")
        made["save_frame"].setIconText("Save frame")
        made["export_video"].setIconText("Export")
        return made

    def _lay_out(self) -> None:
        player = QWidget()
        column = QVBoxLayout(player)
        column.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        column.addWidget(self.header)
        column.addWidget(self.stage, 1)
        column.addWidget(self.review.strip)
        column.addWidget(self.outputs.strip)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(player)
        self._pages.addWidget(self.live.page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for bar in (self.messages, self.outputs.messages, *self.sending.bars):
            layout.addWidget(bar)
        layout.addWidget(self._pages, 1)

    def _connect_engine(self) -> None:
        self.playback.video_opened.connect(self._on_video_opened)
        self.playback.frame_shown.connect(self._on_frame_shown)
        self.playback.position_changed.connect(self.stage.set_index)
        self.playback.state_changed.connect(self._on_state_changed)
        self.playback.failed.connect(self._on_failed)
        self.networks.network_changed.connect(self._on_network_changed)
        self.networks.state_changed.connect(self._on_network_state_changed)
        self.networks.failed.connect(self._on_failed)
        self._session.checkpoint_changed.connect(self._on_checkpoint_changed)

    def _connect_parts(self) -> None:
        timeline, transport = self.stage.timeline, self.stage.transport
        timeline.scrub_began.connect(self.playback.begin_scrub)
        timeline.frame_requested.connect(self.playback.seek)
        timeline.scrub_ended.connect(self.playback.end_scrub)
        self.stage.strip.frame_requested.connect(self.playback.seek)
        self.whole.noted.connect(self.messages.show_text)
        self.tracks.noted.connect(self.messages.show_text)
        self.live.page.failed.connect(self._on_failed)
        self.live.page.closed.connect(self._show_page)
        self.live.page.state_changed.connect(self._show_page)
        self.region.noted.connect(self.messages.show_text)
        for feature in (self.markers, self.proxy):
            feature.noted.connect(self.messages.show_text)
            feature.failed.connect(self._on_failed)
        self.comparison.noted.connect(self.messages.show_text)
        self.comparison.failed.connect(self._on_failed)
        self.comparison.loading_changed.connect(self._show_notice)
        self.whole.analysis.failed.connect(self._on_failed)
        transport.frame_requested.connect(self.playback.seek)
        transport.frame_typed.connect(self.stage.view.setFocus)
        transport.speed_requested.connect(self.playback.set_speed)
        transport.real_time.checkStateChanged.connect(self._on_real_time_changed)
        self.header.recent_chosen.connect(self.open_video)
        self.empty.recent_chosen.connect(self.open_video)

    def _on_video_opened(self, facts: VideoFacts) -> None:
        self.header.show_video(facts)
        self.stage.show_video(facts)
        self.whole.show_video(facts)
        self.live.page.leave()
        self._show_page()
        self.stage.view.setFocus()
        recent = with_newest(self._session.settings.get("recent_videos"), str(facts.source.path.resolve()))
        self._show_recent(recent)
        self._session.remember(recent_videos=recent)

    def _on_frame_shown(self, shown: ShownFrame) -> None:
        self.stage.set_pace(self.playback.pace)
        self.stage.show_frame(shown)
        self._show_notice()

    def _on_state_changed(self) -> None:
        is_playing = self.playback.is_playing
        self._actions["play"].setIcon(icon("pause" if is_playing else "play"))
        self.stage.transport.set_speed(self.playback.speed)
        self.stage.set_pace(self.playback.pace)

    def _on_real_time_changed(self) -> None:
        self.playback.keeps_real_time = self.stage.transport.real_time.isChecked()

    def _on_failed(self, problem: UserError) -> None:
        self._show_notice()
        self.messages.show_problem(problem)

    def _on_checkpoint_changed(self) -> None:
        if self.isVisible():
            self.networks.follow_session()

    def _on_network_state_changed(self) -> None:
        self.header.show_network(self.networks.text, path=self.networks.path)
        self.empty.show_network(self.networks.text if self.networks.path else "", path=self.networks.path)
        self._show_notice()
        self._enable_actions()

    def _on_network_changed(self, network: Network | None) -> None:
        class_names = network.detector.class_names if network else ()
        self.stage.set_class_names(class_names)
        self.playback.set_detector(network.detector if network else None)
        self.whole.show_network(network)
        folder = self._session.folder
        note = mismatch_text(class_names, folder.class_names) if network and folder else ""
        if note:
            self.messages.show_text(note)

    def _show_notice(self) -> None:
        shown = self.playback.shown
        if self.networks.is_loading:
            notice = "Loading the network…"
        elif self.comparison.is_loading:
            notice = "Loading the second network…"
        elif shown is not None and shown.is_near and shown.index != self.playback.index:
            notice = f"Frame {shown.index + 1:,}: the one at the playhead is being decoded. P prepares dragging"
        elif shown is not None and shown.is_damaged:
            notice = "Damaged in the file: this picture may be wrong or an earlier one"
        else:
            notice = "" if self.networks.network else "Frames only: choose a checkpoint to see boxes"
        self.stage.view.set_notice(notice)

    def _show_page(self) -> None:
        """The stream while one is open, else the video, else the way to open one."""
        is_live, has_video = self.live.page.is_on, self.playback.facts is not None
        self._pages.setCurrentIndex(2 if is_live else int(has_video))
        self._enable_actions()

    def _enable_actions(self) -> None:
        is_live, has_video = self.live.page.is_on, self.playback.facts is not None
        for name in NEEDS_VIDEO:
            self._actions[name].setEnabled(name in self.live.page.slots if is_live else has_video)
        self.outputs.refresh()

    def _show_recent(self, recent: tuple[str, ...]) -> None:
        videos = [Path(path) for path in recent]
        self.header.set_recent(videos)
        self.empty.set_recent(videos)

    def _choose_video(self) -> None:
        facts = self.playback.facts
        path = ask_video(self, facts.source.path.parent if facts else None)
        if path is not None:
            self.open_video(path)

    def _choose_images(self) -> None:
        facts = self.playback.facts
        path = ask_images(self, facts.source.path.parent if facts else None)
        if path is not None:
            self.open_video(path)

    def _choose_checkpoint(self) -> None:
        path = ask_checkpoint(self, self.networks.path.parent if self.networks.path else None)
        if path is not None:
            self.messages.clear()
            self.networks.open(path)

    def _choose_png(self, image: QImage) -> None:
        facts, shown = self.playback.facts, self.playback.shown
        if shown is not None and shown.is_near:
            self.messages.show_text("This frame is still being decoded: save it in a moment.")
        elif facts is not None and shown is not None:
            image = image.copy()  # playing goes on while the question is open
            target = ask_target(self, "Save frame", suggested_png(facts.source.path, shown.index))
            if target is not None:
                self.save_frame_to(target, image)
