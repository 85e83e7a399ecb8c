"""What the Play page writes of a video: the annotated video, and the detections as numbers. One at a time."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.jobs import Job
from app.player.dialogs import ask_target, confirms, confirms_replacing
from app.player.export import ExportOrder, ExportStrip, check_target, suggested_target, written_video
from app.player.output_dialog import OutputChoice, OutputDialog
from app.player.parts import Parts
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.infer.detection_files import FORMATS, files_of, write_detections
from yolox_core.infer.found import FoundInVideo, find_in_video
from yolox_core.infer.looks import Looks

WHOLE = OutputChoice()


@dataclass(frozen=True)
class Written:
    """A finished file, and the others that stand beside it."""

    path: Path
    beside: tuple[Path, ...]
    remark: str


class Outputs(QObject):
    """Asks what to write and where, and follows the work in `strip`."""

    def __init__(self, parts: Parts) -> None:
        super().__init__(parts.page)
        self._session, self._playback, self._stage = parts.session, parts.playback, parts.stage
        self._networks, self._whole, self._page = parts.networks, parts.whole, parts.page
        self._actions: list[QAction] = []
        self.messages = MessageBar()
        self.strip = ExportStrip()
        self.slots: dict[str, Callable[[], object]] = {
            "export_video": self._ask_video,
            "export_detections": self._ask_detections,
        }
        self.strip.ended.connect(self.refresh)

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        self._actions = [actions[name] for name in self.slots]

    def refresh(self) -> None:
        """Offer what can be written now."""
        is_ready = self._playback.facts is not None and self._networks.network is not None and not self.strip.is_busy
        for action in self._actions:
            action.setEnabled(is_ready)

    def can_close(self) -> bool:
        """Whether the window may close: asks while something is being written."""
        text = "What is being written is not finished; nothing of it would be kept."
        return not self.strip.is_busy or confirms(self._page, "Stop writing?", text, "Stop writing")

    def write_video(self, target: Path, choice: OutputChoice = WHOLE) -> None:
        """Write the annotated video, after asking if a file of this name is there; never over the source."""
        facts, network, stage = self._playback.facts, self._networks.network, self._stage
        if facts is None or network is None or not self._may_write(target):
            return
        order = ExportOrder(
            network.detector,
            facts.source.path,
            target,
            stage.thresholds.thresholds,
            stage.hidden_class_ids,
            choice.span,
            choice.has_track_numbers,
            self._whole.analysis.predictions,
            self._stage.view.look,
        )
        self._start(lambda: written_video(order), target)

    def write_numbers(self, target: Path, choice: OutputChoice = WHOLE) -> None:
        """Write the detections in the format that the name asks for, after asking if a file is there."""
        facts, network = self._playback.facts, self._networks.network
        if facts is None or network is None or not self._may_write(target, has_files_beside=True):
            return
        looks = Looks(network.detector, self._stage.thresholds.thresholds, self._whole.analysis.predictions)
        video, hidden = facts.source.path, self._stage.hidden_class_ids
        self._start(lambda: _written_numbers(looks, video, target, choice, hidden), target)

    def _may_write(self, target: Path, *, has_files_beside: bool = False) -> bool:
        facts = self._playback.facts
        if facts is None or self.strip.is_busy:
            return False
        try:
            check_target(facts.source.path, target)
            files = files_of(target) if has_files_beside else (target,)
        except UserError as problem:
            self.messages.show_problem(problem)
            return False
        return all(confirms_replacing(self._page, file) for file in files)

    def _start(self, make_records: Callable[[], Iterator[object]], target: Path) -> None:
        self.messages.clear()
        job = Job(make_records, self)
        job.failed.connect(self.messages.show_problem)
        self.strip.follow(job, target)
        self.refresh()
        self._session.start(job)

    def _ask_video(self) -> None:
        facts = self._playback.facts
        if facts is None:
            return
        dialog = OutputDialog("Export annotated video", facts.frames, self._page, span=self._playback.loop)
        if dialog.exec():
            target = ask_target(self._page, "Export annotated video", suggested_target(facts.source.path))
            if target is not None:
                self.write_video(target, dialog.choice)

    def _ask_detections(self) -> None:
        facts, known = self._playback.facts, self._whole.analysis.predictions
        if facts is None:
            return
        formats = {f"{each.title} ({each.ending})": each.ending for each in FORMATS}
        done = known.done if known is not None else 0
        span = self._playback.loop
        dialog = OutputDialog("Export detections", facts.frames, self._page, formats=formats, known=done, span=span)
        if dialog.exec():
            suggestion = facts.source.path.with_name(f"{facts.source.path.stem}_boxes{dialog.ending}")
            target = ask_target(self._page, "Export detections", suggestion)
            if target is not None:
                self.write_numbers(target, dialog.choice)


def _written_numbers(
    looks: Looks, video: Path, target: Path, choice: OutputChoice, hidden_class_ids: frozenset[int]
) -> Iterator[object]:
    for record in find_in_video(
        looks,
        video,
        span=choice.span,
        only_known=choice.only_known,
        has_track_numbers=choice.has_track_numbers,
        hidden_class_ids=hidden_class_ids,
    ):
        if isinstance(record, FoundInVideo):
            path, *beside = write_detections(target, record)
            yield Written(path, tuple(beside), f"{record.detections} boxes of {len(record.found)} frames")
        else:
            yield record
