"""Preparing a video for dragging: a small copy is made in the background, with progress and a way to cancel."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QToolButton, QWidget

from app.icons import icon
from app.jobs import Job
from app.player.feed import VideoFacts
from app.player.playback import Playback
from app.session import Session
from app.theme import SPACE
from yolox_core.errors import UserError
from yolox_core.records import Progress

BAR_WIDTH = 120


class DragProxy(QObject):
    """Makes the proxy of the open video; another video, or the end of the page, cancels that."""

    noted = Signal(str)
    failed = Signal(UserError)

    def __init__(self, session: Session, playback: Playback, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._playback = session, playback
        self._job: Job | None = None
        self._action: QAction | None = None
        self.status = ProxyStatus()
        self.status.cancel.clicked.connect(self.stop)
        self.slots: dict[str, Callable[[], object]] = {"prepare_dragging": self._start}
        playback.video_opened.connect(self._on_video_opened)

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow this action of the page."""
        self._action = actions["prepare_dragging"]

    def stop(self) -> None:
        """Give up; nothing is left behind."""
        if self._job is not None:
            self._job.stop()
            self._end()

    def _on_video_opened(self, _facts: VideoFacts) -> None:
        self.stop()

    def _start(self) -> None:
        facts = self._playback.facts
        if facts is None or self._job is not None:
            return
        from yolox_core.infer.proxy import make_proxy, proxy_path

        path = facts.source.path
        if facts.names:
            self.noted.emit("Images need no preparing: any of them is there at once.")
            return
        try:
            is_there = proxy_path(path).is_file()
        except UserError as problem:
            self.failed.emit(problem)
            return
        if is_there:
            self.noted.emit("This video is prepared already: any frame is there at once while you drag.")
            return
        job = self._job = Job(lambda: make_proxy(path), self)
        job.record_ready.connect(self._on_progress)
        job.failed.connect(self._on_failed)
        job.done.connect(self._on_done)
        self.status.show()
        self._session.start(job)
        self._refresh()

    def _on_progress(self, progress: Progress) -> None:
        if self.sender() is self._job:
            self.status.show_progress(progress)

    def _on_done(self) -> None:
        if self.sender() is self._job:
            self._end()
            self.noted.emit("Prepared: any frame is there at once while you drag.")

    def _on_failed(self, problem: UserError) -> None:
        if self.sender() is self._job:
            self._end()
            self.failed.emit(problem)

    def _end(self) -> None:
        self._job = None
        self.status.hide()
        self._refresh()

    def _refresh(self) -> None:
        if self._action is not None:
            self._action.setEnabled(self._job is None)


class ProxyStatus(QWidget):
    """How far it is, and a way out; hidden while nothing is made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = QLabel("Preparing for dragging")
        self.text.setProperty("look", "muted")
        self.bar = QProgressBar(textVisible=False)
        self.bar.setFixedWidth(BAR_WIDTH)
        self.bar.setMaximumHeight(6)
        self.cancel = QToolButton()
        self.cancel.setIcon(icon("close"))
        self.cancel.setToolTip("Cancel")
        self.cancel.setAccessibleName("Cancel preparing for dragging")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, SPACE, 0)
        layout.setSpacing(SPACE)
        for widget in (self.text, self.bar, self.cancel):
            layout.addWidget(widget)
        self.hide()

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self.bar.setRange(0, progress.total)
        self.bar.setValue(progress.done)
