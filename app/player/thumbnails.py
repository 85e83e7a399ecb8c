"""Small pictures of the place under the pointer on the timeline, decoded in a thread of their own."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.fetcher import Answer, Fetcher
from app.player.feed import Source, VideoFacts, picture_of
from app.player.playback import Playback
from app.player.timeline import Timeline
from yolox_core.errors import UserError

if TYPE_CHECKING:
    from yolox_core.infer.proxy import ProxyReader
    from yolox_core.infer.sources import FrameSource

WIDTH, HEIGHT = 200, 140  # px on screen, at most
MOST_KEPT = 400
KEPT_BYTES = 64 * 2**20  # of decoded frames around the pointer
GAP = 6


@dataclass(frozen=True, slots=True)
class Wish:
    """A frame, as a picture of this many pixels across; at once means one near by if that is what is at hand."""

    source: Source
    frame: int
    width: int
    is_at_once: bool


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """Frame `frame` as uint8 [H, W, 4]: blue, green, red, unused."""

    frame: int
    pixels: NDArray[np.uint8]


class Thumbnailer:
    """Decodes for one thread; `wanted` is set by another, and what is not wanted any more is given up."""

    def __init__(self) -> None:
        self.wanted: int | None = None
        self._source: Source | None = None
        self._video: FrameSource | None = None
        self._proxy: ProxyReader | None = None

    def fetch(self, wish: Hashable) -> Thumbnail | None:
        """The picture; None where it is not wanted any more or cannot be had."""
        assert isinstance(wish, Wish)
        try:
            return self._make(self._open(wish.source), wish)
        except UserError:
            return None  # told by the page when the frame is asked for

    def close(self) -> None:
        """Let go of the files."""
        for each in (self._video, self._proxy):
            if each is not None:
                each.close()
        self._source, self._video, self._proxy = None, None, None

    def _make(self, video: "FrameSource", wish: Wish) -> Thumbnail | None:
        import cv2

        frame, image = wish.frame, self._proxy.frame(wish.frame) if self._proxy is not None else None
        if image is None and wish.is_at_once:
            frame = video.near(wish.frame)
        if image is None:
            if not video.approach(frame, lambda: self.wanted == wish.frame):
                return None
            image = video.frame(frame)
        height = max(round(image.shape[0] * wish.width / image.shape[1]), 1)
        small = cv2.resize(image, (wish.width, height), interpolation=cv2.INTER_AREA)
        return Thumbnail(frame, picture_of(np.asarray(small, np.uint8)))

    def _open(self, source: Source) -> "FrameSource":
        if self._video is None or source != self._source:
            from yolox_core.infer.proxy import ProxyReader
            from yolox_core.infer.sources import open_source

            self.close()
            self._video = open_source(source.path, cache_bytes=KEPT_BYTES)
            self._source, self._proxy = source, ProxyReader(self._video)
        return self._video


class Thumbnails(QObject):
    """Shows a picture over the timeline while the pointer rests there; not while the playhead is dragged or plays."""

    def __init__(self, playback: Playback, timeline: Timeline, page: QWidget) -> None:
        super().__init__(page)
        self._playback, self._timeline, self._page = playback, timeline, page
        self._facts: VideoFacts | None = None
        self._kept: OrderedDict[int, QPixmap] = OrderedDict()
        self._thumbnailer = Thumbnailer()
        self._fetcher = Fetcher(self._thumbnailer.fetch, self)
        self._fetcher.fetched.connect(self._on_fetched)
        self.card = Card(page)
        timeline.hovered.connect(self._on_hovered)
        timeline.scrub_began.connect(self._hide)
        playback.video_opened.connect(self._on_video_opened)
        playback.state_changed.connect(self._hide)

    def stop(self) -> None:
        """End the thread."""
        self._hide()
        self._fetcher.stop()
        self._thumbnailer.close()

    def _on_video_opened(self, facts: VideoFacts) -> None:
        self._facts = facts
        self._kept.clear()
        self._hide()

    def _on_hovered(self, frame: int) -> None:
        """Show a frame, or none below zero."""
        if frame < 0 or self._facts is None or self._playback.is_playing:
            self._hide()
            return
        self._thumbnailer.wanted = frame
        known = self._kept.get(frame)
        if known is not None:
            self._kept.move_to_end(frame)
            self._show(frame, known)
            return
        across = min(WIDTH, HEIGHT * self._facts.width / self._facts.height)
        width = max(round(across * self._timeline.devicePixelRatioF()), 1)
        wishes = [Wish(self._facts.source, frame, width, is_at_once) for is_at_once in (True, False)]
        self._fetcher.ask(wishes)

    def _on_fetched(self, answer: Answer) -> None:
        wish, thumbnail = answer.question, answer.value
        if not isinstance(wish, Wish) or not isinstance(thumbnail, Thumbnail) or self._facts is None:
            return
        if wish.source != self._facts.source:
            return
        height, width = thumbnail.pixels.shape[:2]
        image = QImage(thumbnail.pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32)
        pixmap = QPixmap.fromImage(image)  # copies the pixels
        pixmap.setDevicePixelRatio(self._timeline.devicePixelRatioF())
        self._kept[thumbnail.frame] = pixmap
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        if wish.frame == self._thumbnailer.wanted:
            self._show(wish.frame, pixmap, is_near=thumbnail.frame != wish.frame)

    def _show(self, frame: int, pixmap: QPixmap, *, is_near: bool = False) -> None:
        self.card.show_picture(pixmap, is_near=is_near)
        x = round(self._timeline.x_of(frame)) - self.card.width() // 2
        place = self._timeline.mapTo(self._page, QPoint(x, -self.card.height() - GAP))
        most = self._page.width() - self.card.width()
        self.card.move(min(max(place.x(), 0), most), max(place.y(), 0))

    def _hide(self) -> None:
        self._thumbnailer.wanted = None
        self._fetcher.ask([])
        self.card.hide()


class Card(QWidget):
    """The picture in a frame, over the page; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setProperty("look", "card")
        self.picture = QLabel()
        self.note = QLabel("nearest keyframe …", alignment=Qt.AlignmentFlag.AlignCenter)
        self.note.setProperty("look", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3, 3, 3, 3)
        layout.setSpacing(2)
        layout.addWidget(self.picture)
        layout.addWidget(self.note)
        self.hide()

    def show_picture(self, pixmap: QPixmap, *, is_near: bool) -> None:
        """Show a picture; one that `is_near` stands in for another."""
        self.picture.setPixmap(pixmap)
        self.note.setVisible(is_near)
        self.adjustSize()
        self.show()
        self.raise_()
