"""Work that nothing else may come between: a job with a bar, before which the page cannot be used."""

from collections.abc import Callable, Iterator

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.jobs import Job
from app.session import Session
from app.theme import SPACE
from yolox_core.records import Progress

WIDTH, PATIENCE_MS = 380, 300


class WorkDialog(QDialog):
    """Runs `make_records()` as a job of the session; Stop or Esc ends it after the record in work.

    `ended` carries the last record, None where the job was stopped or failed. The dialog shows at once where files are
    written, and otherwise only once the work takes a while.
    """

    ended = Signal(object)

    def __init__(self, session: Session, make_records: Callable[[], Iterator[object]], page: QWidget) -> None:
        super().__init__(page)
        self.setWindowTitle("Labels of the data set")
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._session = session
        self._result: object = None
        self._job = Job(make_records, session)
        self._job.record_ready.connect(self._on_record)
        self._job.finished.connect(self._on_finished)
        self._text = QLabel()
        self._bar = QProgressBar(textVisible=False)
        self._bar.setRange(0, 0)
        self.stop = QPushButton("Stop", autoDefault=False)
        self.stop.clicked.connect(self.reject)
        self._lay_out()

    def start(self, *, writes: bool) -> None:
        """Begin."""
        self._session.start(self._job)
        if writes:
            self.setWindowModality(Qt.WindowModality.ApplicationModal)  # other windows show the same labels
            self.open()
        else:
            QTimer.singleShot(PATIENCE_MS, self, self._show_if_busy)

    def reject(self) -> None:
        """Stop the work; the dialog stays until the record in work is done."""
        self.stop.setEnabled(False)
        self._job.stop()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE * 2)
        layout.addWidget(self._text)
        layout.addWidget(self._bar)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.stop)
        layout.addLayout(row)
        self.setMinimumWidth(WIDTH)

    def _show_if_busy(self) -> None:
        if not self._job.isFinished():
            self.open()

    def _on_record(self, record: object) -> None:
        if not isinstance(record, Progress):
            self._result = record
            return
        self._text.setText(f"{record.text}: {record.done:,} of {record.total:,} images")
        self._bar.setRange(0, record.total)
        self._bar.setValue(record.done)

    def _on_finished(self) -> None:
        self.accept()
        self.ended.emit(self._result)
        self.deleteLater()
