"""The thread behind the player: it opens videos, decodes frames and runs the network on them, newest request first."""

from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QThread, Signal

from app.player.mailbox import Mailbox
from yolox_core.errors import UserError
from yolox_core.infer.candidates import Candidates

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.proxy import ProxyReader
    from yolox_core.infer.sources import FrameSource


REST_S = 0.08  # a playhead that rests so long over a small copy wants the frame itself


@dataclass(frozen=True, slots=True)
class Source:
    """A video on disk; `opening` differs each time it is opened, as the file may have changed."""

    path: Path
    opening: int


@dataclass(frozen=True, eq=False)
class VideoFacts:
    """What the window needs to know of an open video: size in pixels, and when each frame is shown, in seconds.

    `names` are the file names where the frames are images of a folder; else there are none.
    """

    source: Source
    fps: float
    width: int
    height: int
    times_s: NDArray[np.float64]
    duration_s: float
    names: tuple[str, ...] = ()

    @property
    def frames(self) -> int:
        """How many frames there are."""
        return len(self.times_s)


@dataclass(frozen=True, eq=False)
class Request:
    """A wish for one frame. `candidates` are those already known; else `detector`, where there is one, makes them.

    With `is_playing` one answer comes, whole; otherwise the picture comes at once and its candidates in a second one.
    With `is_hurried` (the playhead is being dragged) a frame near by comes first where the right one takes a while.
    """

    source: Source
    generation: int
    index: int
    detector: "Detector | None" = None
    candidates: Candidates | None = None
    is_playing: bool = False
    is_hurried: bool = False


@dataclass(frozen=True, eq=False)
class Answer:
    """One frame as uint8 [H, W, 4] (blue, green, red, unused: what QImage calls RGB32) and what was seen in it.

    `index` is the number of the frame in `picture`, which is another than that asked for, or a small copy of it, only
    if `is_near`. `is_last`
    says that no second answer to the same request follows. `decode_ms` and `network_ms` are 0 where nothing
    was done. `is_damaged`: the file has lost or broken this frame, or one that it leans on.
    """

    generation: int
    index: int
    picture: NDArray[np.uint8]
    candidates: Candidates | None
    decode_ms: float
    network_ms: float
    is_last: bool
    is_near: bool = False
    is_damaged: bool = False


@dataclass(frozen=True, eq=False)
class Failure:
    """A request that could not be met, and why."""

    request: Request
    problem: UserError


class Feed(QThread):
    """Answers requests one at a time; a newer request replaces one that has not been begun."""

    video_opened = Signal(object)  # VideoFacts
    answered = Signal(object)  # Answer
    failed = Signal(object)  # Failure

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mailbox: Mailbox[Request] = Mailbox()
        self._source: Source | None = None
        self._video: FrameSource | None = None
        self._proxy: ProxyReader | None = None
        self._network_passes = 0
        self._place = 0
        self._direction = 1

    @property
    def network_passes(self) -> int:
        """How often the network has run since the start."""
        return self._network_passes

    def ask(self, request: Request) -> None:
        """Wish for a frame; the thread is started if it does not run."""
        self._mailbox.put(request)
        if not self.isRunning():
            self._mailbox.open()
            self.start()

    def shut_down(self) -> None:
        """End the thread after the frame in work, and wait for it."""
        self._mailbox.close()
        self.wait()

    def run(self) -> None:
        """The thread's body: Qt calls it."""
        try:
            while (request := self._mailbox.take()) is not None:
                try:
                    self._answer(request)
                except UserError as problem:
                    self.failed.emit(Failure(request, problem))
                else:
                    self._look_ahead(request)
        finally:
            self._close_video()

    def _answer(self, request: Request) -> None:
        video = self._open(request.source)
        start_s = perf_counter()
        if request.is_hurried and self._answer_near(video, request) and self._mailbox.is_wanted_within(REST_S):
            return
        if not request.is_playing and not video.approach(request.index, self._is_idle):
            return
        image = video.frame(request.index)
        picture = picture_of(image)
        decode_ms = (perf_counter() - start_s) * 1000
        detector = request.detector if request.candidates is None else None

        is_damaged = video.is_damaged(request.index)

        def answer(candidates: Candidates | None, *, network_ms: float = 0, is_last: bool = True) -> None:
            costs = decode_ms, network_ms
            made = Answer(
                request.generation, request.index, picture, candidates, *costs, is_last, is_damaged=is_damaged
            )
            self.answered.emit(made)

        if detector is None:
            answer(request.candidates)
            return
        if not request.is_playing:
            answer(None, is_last=False)
            if self._mailbox.is_full:
                return
        start_s = perf_counter()
        candidates = candidates_of(image, detector)
        self._network_passes += 1
        answer(candidates, network_ms=(perf_counter() - start_s) * 1000)

    def _is_idle(self) -> bool:
        return not self._mailbox.is_wanted

    def _answer_near(self, video: "FrameSource", request: Request) -> bool:
        """Show what is to be had at once of a frame or its neighbourhood, without boxes; whether it is the frame."""
        near = video.near(request.index)
        if near == request.index:
            return False
        small = self._proxy.frame(request.index) if self._proxy is not None else None
        if small is not None:
            near, picture = request.index, enlarged(picture_of(small), video.width, video.height)
        else:
            picture = picture_of(video.frame(near))
        self.answered.emit(Answer(request.generation, near, picture, None, 0, 0, is_last=False, is_near=True))
        return small is not None

    def _look_ahead(self, request: Request) -> None:
        """While nothing is asked for, decode what comes next in the direction of travel."""
        video, moved = self._video, request.index - self._place
        self._place = request.index
        if moved:
            self._direction = 1 if moved > 0 else -1
        try:
            while video is not None and self._is_idle():
                number = video.missing(request.index, self._direction)
                if number is None or not video.approach(number, self._is_idle):
                    return
        except UserError:
            return  # told when the frame is asked for

    def _open(self, source: Source) -> "FrameSource":
        if self._video is None or source != self._source:
            from yolox_core.infer.proxy import ProxyReader  # PyAV loads only once a video is opened
            from yolox_core.infer.sources import open_source

            video = open_source(source.path)
            self._close_video()
            self._video, self._source, self._proxy = video, source, ProxyReader(video)
            self.video_opened.emit(_facts_of(video, source))
        return self._video

    def _close_video(self) -> None:
        for each in (self._video, self._proxy):
            if each is not None:
                each.close()
        self._video, self._source, self._proxy = None, None, None


def _facts_of(video: "FrameSource", source: Source) -> VideoFacts:
    times_s = np.array([video.time_s(number) for number in range(video.frames)])
    names = tuple(video.name_of(number) for number in range(video.frames))
    return VideoFacts(
        source, video.fps, video.width, video.height, times_s, video.duration_s, names if any(names) else ()
    )


def candidates_of(image: NDArray[np.uint8], detector: "Detector") -> Candidates:
    """What the network sees in a frame uint8 [H, W, 3] BGR, on all processor cores but one: the window needs that one.

    Measured on 2 cores: with both, playing took 1.4 times the network's own time; with one, 1.15 times.
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(max(threads - 1, 1))
    try:
        return detector.predict([image])[0]
    finally:
        torch.set_num_threads(threads)


def enlarged(image: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """A small picture uint8 [H, W, channels] at the size of the frame that it stands for."""
    import cv2

    return np.asarray(cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def picture_of(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A frame uint8 [H, W, 3] BGR as [H, W, 4], the layout that Qt draws fastest."""
    import cv2

    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2BGRA), dtype=np.uint8)
