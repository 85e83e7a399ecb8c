"""Frames sent to the data set: this one by a key, many by a dialog or a list of numbers, and back again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from app.jobs import Job
from app.player.parts import Parts
from app.player.send_dialog import SendDialog
from app.session import PageRequest
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.drafts.sending import (
    NOTHING,
    Frame,
    SendOptions,
    SendSummary,
    SentFrame,
    frames_of,
    send_frames,
    take_back,
)
from yolox_core.errors import UserError
from yolox_core.infer.looks import Looks
from yolox_core.records import Detections, Progress

STOP, TAKE_BACK, SHOW, CLOSE = "Stop", "Take back", "Show in Label", "Close"


@dataclass(frozen=True)
class SendOrder:
    """Which frames go into which data set."""

    folder: DataFolder
    video: Path
    numbers: tuple[int, ...]
    looks: Looks | None
    hidden_class_ids: frozenset[int]
    options: SendOptions

    def records(self) -> Iterator[object]:
        """Progress, each frame sent, and what was left out."""
        frames = frames_of(self.video, self.numbers, self.looks, hidden_class_ids=self.hidden_class_ids)
        total = len(self.numbers)
        yield from send_frames(self.folder, self.video, frames, total=total, options=self.options)


class Sending(QObject):
    """Sends one batch at a time; `bars` show how far it is, and offer to take the last batch back."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.page)
        self._session, self._playback, self._stage = parts.session, parts.playback, parts.stage
        self._networks, self._whole, self._page = parts.networks, parts.whole, parts.page
        self._options = SendOptions()
        self._job: Job | None = None
        self._folder: DataFolder | None = None
        self._sent: list[SentFrame] = []
        self._summary = SendSummary(0, 0)
        self.progress = QuestionBar(STOP, look="note")
        self.done = QuestionBar(TAKE_BACK, SHOW, CLOSE, look="note")
        self.bars: tuple[QWidget, ...] = (self.progress, self.done)
        self.slots: dict[str, Callable[[], object]] = {
            "send_frame": lambda: self.send([self._playback.index]),
            "send_frames": self._ask,
        }
        self.progress.answered.connect(lambda _answer: self.stop())
        self.done.answered.connect(self._on_answered)

    @property
    def is_busy(self) -> bool:
        """Whether frames are being sent."""
        return self._job is not None

    def send(self, numbers: Sequence[int]) -> None:
        """Make images of these frames, counted from 0, in the open data set; asks for one where none is open."""
        facts, folder = self._playback.facts, self._session.folder or self._asked_folder()
        if facts is None or folder is None or self._job is not None or not numbers:
            return
        network = self._networks.network
        thresholds = self._stage.thresholds.thresholds
        looks = Looks(network.detector, thresholds, self._whole.analysis.predictions) if network else None
        hidden = self._stage.hidden_class_ids
        order = SendOrder(folder, facts.source.path, tuple(numbers), looks, hidden, self._options)
        self._start(folder, order.records)

    def send_picture(
        self, name: str, image: NDArray[np.uint8], detections: Detections | None, class_names: tuple[str, ...]
    ) -> None:
        """Make an image uint8 [H, W, 3] BGR of a live stream one of the open data set, boxes as drafts."""
        folder = self._session.folder or self._asked_folder()
        if folder is None or self._job is not None:
            return
        frame = Frame(0, 0.0, image, NOTHING if detections is None else detections, class_names, f"{name}.png")
        self._start(folder, lambda: send_frames(folder, Path(name), [frame], total=1, options=self._options))

    def _start(self, folder: DataFolder, records: Callable[[], Iterator[object]]) -> None:
        self._folder, self._sent, self._summary = folder, [], SendSummary(0, 0)
        self.done.clear()
        job = self._job = Job(records, self)
        job.record_ready.connect(self._on_record)
        job.finished.connect(self._on_finished)
        self._session.start(job)

    def stop(self) -> None:
        """End after the frame in work; what was sent stays."""
        if self._job is not None:
            self._job.stop()

    def _ask(self) -> None:
        facts, folder = self._playback.facts, self._session.folder
        if facts is None:
            return
        splits = tuple(folder.splits) if folder else ()
        dialog = SendDialog(facts.frames, splits, self._options, self._page, span=self._playback.loop)
        if dialog.exec():
            self._options = dialog.options
            self.send(dialog.numbers)

    def _asked_folder(self) -> DataFolder | None:
        name = QFileDialog.getExistingDirectory(self._page, "Choose the data set that the frames go to")
        if not name:
            return None
        folder = Path(name)
        if not any(folder.iterdir()):
            return DataFolder(folder, "voc", ())
        try:
            return open_folder(folder)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            return None

    def _on_record(self, record: object) -> None:
        match record:
            case SentFrame():
                self._sent.append(record)
            case SendSummary():
                self._summary = record
            case Progress(done, total):
                self.progress.ask(f"Sending frames to the data set: {done} of {total}")

    def _on_finished(self) -> None:
        self._job = None
        self.progress.clear()
        self._list_anew()
        sent, folder = len(self._sent), self._folder
        where = folder.root if folder is not None else ""
        frames = "1 frame is" if sent == 1 else f"{sent} frames are"
        left_out = (
            (self._summary.taken, "already there"),
            (self._summary.alike, "left out, as they look like another one"),
        )
        notes = "".join(f" {count} {why}." for count, why in left_out if count)
        self.done.buttons[TAKE_BACK].setVisible(sent > 0)
        self.done.buttons[SHOW].setVisible(sent > 0)
        self.done.ask(f"{frames} in {where} now.{notes}" if sent else f"No frame was sent.{notes}")

    def _list_anew(self) -> None:
        folder = self._folder
        if folder is None or not self._sent:
            return
        if self._session.folder is not None and self._session.folder.root == folder.root:
            self._session.index.look_again()
            return
        try:
            self._session.set_folder(open_folder(folder.root))
        except UserError as problem:
            self._session.problems.show_problem(problem)

    def _on_answered(self, answer: str) -> None:
        if answer == SHOW:
            self._session.page_requested.emit(PageRequest("edit", self._sent[0].image.path))
        elif answer == TAKE_BACK:
            self._take_back()

    def _take_back(self) -> None:
        if self._folder is None:
            return
        try:
            stay = take_back(self._folder, self._sent)
        except UserError as problem:
            self._session.problems.show_problem(problem)
            return
        self._list_anew()
        self._sent = []
        self.done.buttons[TAKE_BACK].hide()
        self.done.buttons[SHOW].hide()
        changed = f" {len(stay)} stay, as they were worked on." if stay else ""
        self.done.ask(f"The frames lie in the trash of the data set now.{changed}")
