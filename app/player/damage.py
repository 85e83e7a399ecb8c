"""Damaged frames of the open video, as they become known, as marks on the timeline."""

from PySide6.QtCore import QObject

from app.player.analysis import Analysis
from app.player.playback import Playback, ShownFrame
from app.player.timeline import Timeline


class Damage(QObject):
    """Gathers what playing and the pass over all frames come upon."""

    def __init__(self, playback: Playback, analysis: Analysis, timeline: Timeline, parent: QObject) -> None:
        super().__init__(parent)
        self._analysis, self._timeline = analysis, timeline
        self._frames: set[int] = set()
        playback.video_opened.connect(lambda _facts: self._begin())
        playback.frame_shown.connect(self._on_frame_shown)
        analysis.changed.connect(self._on_analysis_changed)

    def _begin(self) -> None:
        self._frames = set()
        self._timeline.set_damaged(self._frames)

    def _on_frame_shown(self, shown: ShownFrame) -> None:
        if shown.is_damaged and shown.index not in self._frames:
            self._add({shown.index})

    def _on_analysis_changed(self) -> None:
        known = self._analysis.predictions
        if known is not None and not known.damaged <= self._frames:
            self._add(known.damaged)

    def _add(self, frames: set[int]) -> None:
        self._frames |= frames
        self._timeline.set_damaged(self._frames)
