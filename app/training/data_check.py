"""What the data say before a run: concerns as rows with a way to mend each; looked for in the background."""

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.icons import icon
from app.jobs import Job
from app.session import PageRequest, Session
from app.theme import SPACE
from yolox_core.dataset.folder import DataFolder
from yolox_core.records import Progress
from yolox_core.train.check import Concern, Weight, check_data
from yolox_core.train.config import TrainConfig

MOST_IMAGES = 5000
"""Up to here every file is looked through without being asked for: some seconds."""

FIX = {"data": "Show on Data page", "edit": "Open the image"}
LOOKS = {Weight.STOPS: "problem", Weight.WARNING: "caution", Weight.NOTE: "note"}
Question = tuple[DataFolder, str, str]  # and the names of the splits


class DataCheck(QWidget):
    """Looks anew when it is shown after something changed. `changed` follows every concern and the end."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._question: Question | None = None
        self._config = TrainConfig()
        self._is_stale = True
        self._is_thorough = True
        self._job: Job | None = None
        self.concerns: list[Concern] = []
        self.title = QLabel()
        self.title.setProperty("look", "heading")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMinimumWidth(SPACE * 4)
        self.cancel, self.thorough = QPushButton("Cancel"), QPushButton("Look through all files")
        self.rows = QVBoxLayout()
        self._lay_out()
        self.cancel.clicked.connect(self.stop)
        self.thorough.clicked.connect(lambda: self._start(is_thorough=True))
        session.annotation_saved.connect(self._on_labels_changed)
        session.labels_rewritten.connect(self._on_labels_changed)
        session.index.synced.connect(self._start_if_needed)
        self._show()

    @property
    def is_running(self) -> bool:
        """Whether the data are being looked through."""
        return self._job is not None

    @property
    def obstacle(self) -> str:
        """Why no run could learn from these data; empty when one can."""
        return next((concern.text for concern in self.concerns if concern.weight is Weight.STOPS), "")

    @property
    def summary(self) -> str:
        """What was found, in a few words."""
        if self._job is not None:
            return "Data check under way …"
        if self._is_stale:
            return "Data not checked"
        warnings = sum(concern.weight is not Weight.NOTE for concern in self.concerns)
        parts = [_counted(warnings, "warning"), _counted(len(self.concerns) - warnings, "note")]
        return f"Data check: {', '.join(filter(None, parts)) or 'nothing found'}"

    def show_run(self, config: TrainConfig, folder: DataFolder | None) -> None:
        """Speak of the data of a run with these settings."""
        question = (folder, config.train_split, config.val_split) if folder else None
        if question != self._question:
            self.stop()
            self._question, self._config = question, config
            self._forget()
            self._start_if_needed()

    def stop(self) -> None:
        """Look no further; what was found stays."""
        if self._job is not None:
            self._job.stop()
            self._job = None
            self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what has changed."""
        super().showEvent(event)
        self._start_if_needed()

    def hideEvent(self, event: QHideEvent) -> None:
        """Leave the machine to the page on show."""
        super().hideEvent(event)
        if self._job is not None:
            self.stop()
            self._is_stale = True

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.title)
        head.addWidget(self.progress, 1)
        head.addWidget(self.cancel)
        head.addStretch()
        head.addWidget(self.thorough)
        self.rows.setSpacing(SPACE // 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(head)
        layout.addLayout(self.rows)

    def _start_if_needed(self) -> None:
        if self._is_stale and self.isVisible() and not self._session.index.is_busy and self._question is not None:
            self._start(is_thorough=len(self._question[0].images) <= MOST_IMAGES)

    def _start(self, *, is_thorough: bool) -> None:
        if self._question is None:
            return
        self.stop()
        self._forget()
        self._is_stale, self._is_thorough = False, is_thorough
        folder, config = self._question[0], self._config
        job = self._job = Job(lambda: _records(folder, config, is_thorough=is_thorough))
        job.record_ready.connect(lambda record: self._on_record(job, record))
        job.finished.connect(lambda: self._on_finished(job))
        self._session.start(job)
        self._show()

    def _forget(self) -> None:
        self._is_stale = True
        self.concerns = []
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        self._show()

    def _on_labels_changed(self, _what: object) -> None:
        self._is_stale = True

    def _on_record(self, job: Job, record: Progress | Concern) -> None:
        if job is not self._job:
            return
        if isinstance(record, Progress):
            self.progress.setRange(0, record.total)
            self.progress.setValue(record.done)
        else:
            self.concerns.append(record)
            row = ConcernRow(record)
            row.fix.clicked.connect(lambda: self._session.page_requested.emit(PageRequest(record.page, record.image)))
            self.rows.addWidget(row)
            self.changed.emit()

    def _on_finished(self, job: Job) -> None:
        if job is self._job:
            self._job = None
            self._show()

    def _show(self) -> None:
        is_running = self._job is not None
        self.progress.setVisible(is_running)
        self.progress.setRange(0, 0)
        self.cancel.setVisible(is_running)
        self.thorough.setVisible(not is_running and not self._is_thorough and not self._is_stale)
        self.title.setText("Data check" if is_running else self.summary)
        self.changed.emit()


class ConcernRow(QFrame):
    """One concern: how grave it is, what, and a button that leads to where it can be mended."""

    def __init__(self, concern: Concern, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        is_note = concern.weight is Weight.NOTE
        self.setProperty("look", LOOKS[concern.weight])
        picture = QLabel()
        picture.setPixmap(icon("note" if is_note else "warning").pixmap(QSize(16, 16)))
        text = QLabel(concern.text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.fix = QPushButton(FIX["data" if concern.image is None else concern.page] if concern.page else "")
        self.fix.setProperty("look", "link")
        self.fix.setVisible(bool(concern.page))
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(text)
        column.addWidget(self.fix, 0, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE // 2, SPACE // 2, SPACE // 2)
        layout.setSpacing(SPACE)
        layout.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(column, 1)


def _records(folder: DataFolder, config: TrainConfig, *, is_thorough: bool) -> Iterator[Progress | Concern]:
    yield from check_data(folder, config, looks_at_files=is_thorough)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}" if number else ""
