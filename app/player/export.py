"""Writing the annotated video: where it may go, the work itself, and the strip that shows how far a file is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton

from app.jobs import Job
from app.theme import SPACE
from yolox_core.errors import FileError
from yolox_core.infer.box_look import BoxLook
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.predictions import VideoPredictions


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """Which video is written where, with which boxes."""

    detector: "Detector"
    video: Path
    target: Path
    thresholds: Thresholds
    hidden_class_ids: frozenset[int]
    span: range | None = None
    has_track_numbers: bool = False
    known: "VideoPredictions | None" = None
    box_look: BoxLook = BoxLook()  # noqa: RUF009 - it is frozen


def suggested_target(video: Path) -> Path:
    """A name beside the video that is not taken: `name_boxes.mp4`, `name_boxes-2.mp4`…"""
    names = (f"{video.stem}_boxes{'' if number == 1 else f'-{number}'}.mp4" for number in range(1, 1000))
    return next((path for path in map(video.with_name, names) if not path.exists()), video.with_name("boxes.mp4"))


def check_target(video: Path, target: Path) -> None:
    """Raise FileError where a file would replace the video that it is made from."""
    if target.exists() and video.exists() and target.samefile(video):
        raise FileError(
            "This would replace the video that it is made from.",
            where=target,
            action="Choose another name.",
        )


def written_video(order: ExportOrder) -> Iterator[object]:
    """Progress, then the finished video; closing the iterator early leaves no file."""
    from yolox_core.infer.annotate import annotate_video  # loads torch and PyAV: in the job's thread

    yield from annotate_video(
        order.detector,
        order.video,
        order.target,
        thresholds=order.thresholds,
        hidden_class_ids=order.hidden_class_ids,
        span=order.span,
        has_track_numbers=order.has_track_numbers,
        known=order.known,
        box_look=order.box_look,
    )


def _remark(record: object) -> str:
    """What is worth saying of a finished file."""
    left_out = getattr(record, "sound_left_out", ())
    remark = getattr(record, "remark", "")
    if left_out:
        return f"·  without its sound: an .mp4 does not take {', '.join(left_out)}"
    return f"·  {remark}" if remark else ""


class ExportStrip(QFrame):
    """Follows one export: name, progress, cancel; afterwards where the file is. Hidden while there is none."""

    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "card")
        self._job: Job | None = None
        self._target = Path()
        self.text = QLabel()
        self.bar = QProgressBar(maximum=0)
        self.bar.setTextVisible(False)
        self.cancel = QPushButton("Cancel")
        self.show_folder = QPushButton("Show folder")
        self.close_button = QPushButton("Close")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE, SPACE // 2)
        layout.addWidget(self.text)
        layout.addWidget(self.bar, 1)
        layout.addStretch()
        layout.addWidget(self.cancel)
        layout.addWidget(self.show_folder)
        layout.addWidget(self.close_button)
        self.cancel.clicked.connect(self.stop)
        self.show_folder.clicked.connect(self._on_show_folder)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """Whether a file is being written."""
        return self._job is not None

    def follow(self, job: Job, target: Path) -> None:
        """Show the progress of a job that writes `target`."""
        self._job, self._target = job, target
        job.record_ready.connect(self._on_record)
        job.finished.connect(self._on_finished)
        self.text.setText(f"Writing {target.name}…")
        self.bar.setRange(0, 0)
        self._show_parts(is_busy=True)
        self.show()

    def stop(self) -> None:
        """Cancel; the file is not made."""
        if self._job is not None:
            self.cancel.setEnabled(False)
            self.text.setText(f"Cancelling {self._target.name}…")
            self._job.stop()

    def _on_record(self, record: object) -> None:
        if isinstance(record, Progress):
            self.bar.setRange(0, record.total)
            self.bar.setValue(record.done)
            if self.cancel.isEnabled():
                self.text.setText(f"Writing {self._target.name}: {record.done} of {record.total} frames")
        else:
            self.text.setText(" ".join(filter(None, (f"Saved {self._target}", _remark(record)))))

    def _on_finished(self) -> None:
        was_saved = self.text.text().startswith("Saved")
        self._job = None
        self._show_parts(is_busy=False)
        self.setVisible(was_saved)
        self.ended.emit()

    def _show_parts(self, *, is_busy: bool) -> None:
        self.bar.setVisible(is_busy)
        self.cancel.setVisible(is_busy)
        self.cancel.setEnabled(is_busy)
        self.show_folder.setVisible(not is_busy)
        self.close_button.setVisible(not is_busy)

    def _on_show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._target.parent)))
