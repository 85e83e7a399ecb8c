"""Frames worth a look in the whole video: where two checkpoints disagree, where one is unsure."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction

from app.jobs import Job
from app.player.analysis import Analysis
from app.player.comparison import listed
from app.player.feed import VideoFacts
from app.player.playback import Playback
from app.player.review_strip import ReviewStrip
from app.player.stage import Stage
from app.session import Session
from yolox_core.infer.review import Ranking, rank_disagreement, rank_doubt
from yolox_core.records import Progress

GAP_S = 0.5  # frames nearer than this to a worse one are taken for the same moment
SLIDER_MS = 300
DISAGREEMENT, DOUBT = "The checkpoints disagree", "Low confidence"
REASONS = {DISAGREEMENT: "{odd} of {boxes} differ", DOUBT: "{odd} of {boxes} unsure"}


class Review(QObject):
    """Fills the strip and follows the thresholds."""

    frames_chosen = Signal(list)  # list[int]: to be sent to the data set

    def __init__(
        self, session: Session, playback: Playback, stage: Stage, first: Analysis, second: Analysis, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._playback, self._stage = session, playback, stage
        self._first, self._second = first, second
        self._facts: VideoFacts | None = None
        self._what = ""
        self._job: Job | None = None
        self._actions: dict[str, QAction] = {}
        self.strip = ReviewStrip()
        self.slots: dict[str, Callable[[], object]] = {
            "rank_disagreement": lambda: self._rank(DISAGREEMENT),
            "rank_doubt": lambda: self._rank(DOUBT),
            "next_ranked": lambda: self.strip.step(1),
            "previous_ranked": lambda: self.strip.step(-1),
        }
        self._timer = QTimer(self, singleShot=True, interval=SLIDER_MS)
        self._timer.timeout.connect(lambda: self._rank(self._what))
        self.strip.frame_requested.connect(self._go)
        self.strip.send_wanted.connect(self.frames_chosen)
        self.strip.closed.connect(self._close)
        stage.thresholds.thresholds_changed.connect(self._on_thresholds_changed)
        playback.video_opened.connect(self._on_video_opened)
        for analysis in (first, second):
            analysis.changed.connect(self._refresh)

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        self._actions = actions
        self._refresh()

    def stop(self) -> None:
        """End a ranking that is under way."""
        self._timer.stop()
        if self._job is not None:
            self._job.stop()
            self._job = None

    def _rank(self, what: str) -> None:
        records = self._records(what)
        if records is None:
            return
        self.stop()
        self._what = what
        self.strip.show_title(f"{what}: looking…")
        job = self._job = Job(records, self)
        job.record_ready.connect(self._on_record)
        self._session.start(job)

    def _records(self, what: str) -> Callable[[], Iterator[Progress | Ranking]] | None:
        a, b, facts = self._first.predictions, self._second.predictions, self._facts
        if facts is None or a is None:
            return None
        thresholds, gap = self._stage.thresholds.thresholds, round(facts.fps * GAP_S)
        if what == DOUBT:
            return lambda: rank_doubt(a, thresholds, gap=gap)
        if b is None:
            return None
        return lambda: rank_disagreement(a, b, thresholds, gap=gap)

    def _on_record(self, record: Progress | Ranking) -> None:
        if self.sender() is self._job and isinstance(record, Ranking):
            self._job = None
            self.strip.show_ranking(record, REASONS[self._what])
            many = len(record.frames)
            self.strip.show_title(f"{self._what}: {many or 'no'} {'frame' if many == 1 else 'frames'}")
            left_out = f"Not compared, as only one checkpoint knows them: {listed(list(record.left_out), most=20)}."
            self.strip.title.setToolTip(left_out if record.left_out else "")
            self._refresh()

    def _go(self, frame: int) -> None:
        self._playback.pause()
        self._playback.seek(frame)

    def _on_thresholds_changed(self) -> None:
        if self.strip.isVisible():
            self._timer.start()

    def _on_video_opened(self, facts: VideoFacts) -> None:
        self._facts = facts
        self._close()

    def _close(self) -> None:
        self.stop()
        self.strip.show_ranking(Ranking(()), "")
        self.strip.hide()
        self._refresh()

    def _refresh(self) -> None:
        if not self._actions:
            return
        known = [analysis.predictions for analysis in (self._first, self._second)]
        has = [one is not None and one.done > 0 for one in known]
        self._actions["rank_doubt"].setEnabled(has[0])
        self._actions["rank_disagreement"].setEnabled(all(has))
        for name in ("next_ranked", "previous_ranked"):
            self._actions[name].setEnabled(self.strip.cards.count() > 0)
