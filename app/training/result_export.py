"""The dialog that writes the network of a run for other programs, and says how well the file agrees with torch."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.jobs import Job
from app.session import Session
from app.theme import SPACE
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.export.settings import ExportSettings
from yolox_core.records import Progress

if TYPE_CHECKING:  # it comes with torch
    from yolox_core.export import Exported

KINDS = {"ONNX": "onnx", "TorchScript": "torchscript"}
WIDTH = 560


class ExportDialog(QDialog):
    """Asks what to write, writes it in a job, and shows the report of the comparison."""

    def __init__(self, session: Session, checkpoint: Path, pictures: list[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the network")
        self._session = session
        self._checkpoint = checkpoint
        self._pictures = pictures
        self._job: Job | None = None
        self.kind = QComboBox()
        self.kind.addItems(list(KINDS))
        self.path = QLineEdit()
        self.choose = QPushButton("Choose…")
        self.has_nms = QCheckBox("Suppress overlapping boxes inside the file")
        self.is_half = QCheckBox("Half precision: half the size")
        self.messages = MessageBar()
        self.report = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.report.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.progress = QProgressBar(textVisible=False)
        self.start = QPushButton("Export", default=True)
        self.start.setProperty("look", "primary")
        self.close_button = QPushButton("Close")
        self._lay_out()
        self.kind.currentTextChanged.connect(self._name_file)
        self.choose.clicked.connect(self._ask_path)
        self.start.clicked.connect(self._begin)
        self.close_button.clicked.connect(self.reject)
        self._name_file()

    @property
    def settings(self) -> ExportSettings:
        """What is chosen."""
        return ExportSettings(
            kind=KINDS[self.kind.currentText()], has_nms=self.has_nms.isChecked(), is_half=self.is_half.isChecked()
        )

    def reject(self) -> None:
        """Close; work under way ends after its present part, and leaves nothing behind."""
        if self._job is not None:
            self._job.stop()
        super().reject()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addWidget(self.path, 1)
        row.addWidget(self.choose)
        form = QFormLayout()
        form.setSpacing(SPACE)
        form.addRow("Kind", self.kind)
        form.addRow("File", row)
        form.addRow("", self.has_nms)
        form.addRow("", self.is_half)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.start)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE * 3 // 2)
        layout.addWidget(self.messages)
        layout.addLayout(form)
        layout.addWidget(self.progress)
        layout.addWidget(self.report)
        layout.addLayout(foot)
        self.progress.hide()
        self.report.hide()
        self.setMinimumWidth(WIDTH)

    def _name_file(self) -> None:
        self.path.setText(str(self._checkpoint.with_suffix(self.settings.suffix)))

    def _ask_path(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export as", self.path.text())
        if name:
            self.path.setText(name)

    def _begin(self) -> None:
        checkpoint, settings, pictures = self._checkpoint, self.settings, self._pictures
        path = Path(self.path.text())
        self.messages.clear()
        self.report.hide()
        self._job = Job(lambda: _exported(checkpoint, path, settings, pictures), self._session)
        self._job.record_ready.connect(self._on_record)
        self._job.failed.connect(self._on_failed)
        self._job.finished.connect(self._on_finished)
        self._set_busy(True)
        self.progress.setRange(0, 0)
        self._session.start(self._job)

    def _set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - one state of the dialog
        self.progress.setVisible(is_busy)
        for widget in (self.kind, self.path, self.choose, self.has_nms, self.is_half, self.start):
            widget.setDisabled(is_busy)

    def _on_record(self, record: Progress | str) -> None:
        if isinstance(record, str):
            self.report.setText(record)
        else:
            self.report.setText(f"{record.text.capitalize()} …")
            self.progress.setRange(0, record.total)
            self.progress.setValue(record.done)
        self.report.show()

    def _on_failed(self, problem: UserError) -> None:
        self.report.hide()
        self.messages.show_problem(problem)

    def _on_finished(self) -> None:
        self._job = None
        self._set_busy(False)
        self.adjustSize()


def _exported(checkpoint: Path, path: Path, settings: ExportSettings, pictures: list[Path]) -> Iterator[Progress | str]:
    """Progress, then what was written in words; torch is imported here, in the job's thread."""
    yield Progress(0, 0, "loading the network library")
    from yolox_core.checkpoint import load_checkpoint
    from yolox_core.export import Exported, export_checkpoint
    from yolox_core.images import read_image

    images = [read_image(picture) for picture in pictures]
    for record in export_checkpoint(load_checkpoint(checkpoint), path, settings, images):
        yield _report(record) if isinstance(record, Exported) else record


def _report(done: "Exported") -> str:
    """What was written, what it takes and gives, and how far it is from torch."""
    sizes = " and ".join(map(str, done.batches))
    return (
        f"Written: {done.path} ({done.size_mb:.1f} MB)\n"
        f"Takes images {_shape(done.input_shape)}, gives {done.output_name} {_shape(done.output_shape)}.\n"
        f"Compared with torch on images of the data set, batch {sizes}: largest difference {done.difference:.1e}."
    )


def _shape(shape: tuple[int, ...]) -> str:
    return " × ".join("any" if side < 0 else str(side) for side in shape)
