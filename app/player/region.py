"""The region of interest: a rectangle drawn on the frame; boxes whose centre lies outside do not count."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.player.feed import VideoFacts
from app.player.frame_view import FrameView
from app.player.playback import Playback
from app.player.stage import Stage
from yolox_core.infer.thresholds import Region

LEAST_SIDE = 4.0  # px of the frame: less is a click
HINT = "Drag a rectangle on the frame: only boxes with their centre in it count. Esc leaves."


class RegionTool(QObject):
    """Draws the region on the first picture; all pictures show it. It stays for other videos of the same size."""

    noted = Signal(str)

    def __init__(self, playback: Playback, stage: Stage, pictures: Sequence[FrameView], parent: QObject) -> None:
        super().__init__(parent)
        self._playback, self._stage, self._pictures = playback, stage, pictures
        self._size = 0, 0
        self._is_drawing = False
        self._corner: tuple[float, float] | None = None
        self._before: Region | None = None
        self.slots: dict[str, Callable[[], object]] = {
            "draw_region": self._begin,
            "clear_region": lambda: self.set_region(None),
        }
        playback.video_opened.connect(self._on_video_opened)
        stage.view.installEventFilter(self)

    @property
    def region(self) -> Region | None:
        """Left, top, right and bottom in pixels of the frame; None for all of it."""
        return self._stage.thresholds.thresholds.region

    def set_region(self, region: Region | None) -> None:
        """Let only boxes with their centre in this rectangle count, or all."""
        self._end()
        for picture in self._pictures:
            picture.set_region(region)
        if region != self.region:
            self._stage.thresholds.change(region=region)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Draw while asked to."""
        if not self._is_drawing:
            return super().eventFilter(watched, event)
        if isinstance(event, QMouseEvent):
            self._on_mouse(event)
            return True
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self._give_up()
            return True
        return super().eventFilter(watched, event)

    def _begin(self) -> None:
        if self._playback.shown is None:
            return
        self._is_drawing, self._corner, self._before = True, None, self.region
        self._stage.view.setCursor(Qt.CursorShape.CrossCursor)
        self._stage.view.setFocus()
        self.noted.emit(HINT)

    def _on_mouse(self, event: QMouseEvent) -> None:
        place = self._clipped(self._stage.view.frame_place(event.position()))
        if event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton:
            self._corner = place
        elif self._corner is not None and event.type() in (QEvent.Type.MouseMove, QEvent.Type.MouseButtonRelease):
            drawn = _rectangle(self._corner, place)
            if event.type() == QEvent.Type.MouseMove:
                for picture in self._pictures:
                    picture.set_region(drawn)
            elif min(drawn[2] - drawn[0], drawn[3] - drawn[1]) >= LEAST_SIDE:
                self.set_region(drawn)
            else:
                self._give_up()

    def _clipped(self, place: QPointF) -> tuple[float, float]:
        width, height = self._size
        return min(max(round(place.x()), 0), width), min(max(round(place.y()), 0), height)

    def _give_up(self) -> None:
        self.set_region(self._before)

    def _end(self) -> None:
        self._is_drawing, self._corner = False, None
        self._stage.view.unsetCursor()

    def _on_video_opened(self, facts: VideoFacts) -> None:
        size = facts.width, facts.height
        if size != self._size:
            self._size = size
            self.set_region(None)


def _rectangle(one: tuple[float, float], other: tuple[float, float]) -> Region:
    left, right = sorted((one[0], other[0]))
    top, bottom = sorted((one[1], other[1]))
    return left, top, right, bottom
