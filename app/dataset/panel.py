"""The Data page: what is in the folder and what is wrong with it; read in the background, changes nothing."""

import re
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.dataset.counts import Count, CountCard
from app.dataset.faults import FaultCard
from app.icons import icon
from app.jobs import Job
from app.session import PageRequest, Session
from app.theme import SPACE, class_color
from app.widgets.message_bar import MessageBar
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.formats import format_of
from yolox_core.dataset.scan import FolderSummary, scan_folder
from yolox_core.errors import UserError
from yolox_core.records import Fault, Progress

RESCAN_DELAY_MS = 1500
MOST_HEIGHT = 16_777_215  # Qt's own: no limit


class DataPanel(QWidget):
    """Counts and faults of the open folder. A scan starts when the page is shown and something may have changed."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._job: Job | None = None
        self._is_stale = True
        self.summary: FolderSummary | None = None
        self.messages = MessageBar()
        self.title, self.line = QLabel(), QLabel()
        self.title.setProperty("look", "title")
        self.line.setProperty("look", "muted")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(6)
        self.cancel = QPushButton(icon("stop"), "Cancel")
        self.again = QPushButton("Read again")
        self.classes = CountCard("Boxes per class", "No boxes yet.")
        self.splits = CountCard("Images per split", "The folder lists no splits.")
        self.states = CountCard("Images by state of their labels", "")
        self.faults = FaultCard()
        self._delay = QTimer(self, singleShot=True, interval=RESCAN_DELAY_MS)
        self._delay.timeout.connect(self._scan_if_stale)
        self._lay_out()
        self.cancel.clicked.connect(self._on_cancel)
        self.again.clicked.connect(self._on_again)
        self.faults.fault_opened.connect(self._on_fault_opened)
        session.folder_changed.connect(self._on_folder)
        session.annotation_saved.connect(self._on_saved)
        self._on_folder(session.folder)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the folder, if anything may have changed."""
        super().showEvent(event)
        self._scan_if_stale()

    def hideEvent(self, event: QHideEvent) -> None:
        """A scan under way goes on."""
        super().hideEvent(event)
        self._delay.stop()

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.line)
        head = QHBoxLayout()
        head.addLayout(texts, 1)
        head.addWidget(self.cancel)
        head.addWidget(self.again)
        cards = QGridLayout()
        cards.setSpacing(SPACE * 3 // 2)
        cards.addWidget(self.classes, 0, 0, 2, 1)
        cards.addWidget(self.splits, 0, 1)
        cards.addWidget(self.states, 1, 1)
        cards.setColumnStretch(0, 3)
        cards.setColumnStretch(1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE * 3 // 2)
        layout.addWidget(self.messages)
        layout.addLayout(head)
        layout.addWidget(self.progress)
        layout.addLayout(cards, 5)
        layout.addWidget(self.faults, 4)

    def _on_folder(self, folder: DataFolder | None) -> None:
        self._on_cancel()
        self.summary = None
        self._is_stale = True
        self.messages.clear()
        self.title.setText(folder.root.name if folder else "No data set is open")
        self.title.setToolTip(str(folder.root) if folder else "")
        self._show_line()
        self._show_summary(FolderSummary((), {}, {}, {}, {}, 0, ()))
        self._set_busy(is_busy=False)
        if self.isVisible():
            self._scan_if_stale()

    def _on_saved(self, _path: Path) -> None:
        self._is_stale = True
        if self.isVisible():
            self._delay.start()

    def _on_again(self) -> None:
        self._is_stale = True
        self._scan_if_stale()

    def _scan_if_stale(self) -> None:
        folder = self._session.folder
        if not self._is_stale or folder is None or self._job is not None:
            return
        self._is_stale = False
        self._job = Job(lambda: scan_folder(folder), self)
        self._job.record_ready.connect(self._on_record)
        self._job.finished.connect(self._on_finished)
        self._job.failed.connect(self._on_failed)
        self._set_busy(is_busy=True)
        self._session.start(self._job)

    def _on_record(self, record: Progress | FolderSummary) -> None:
        if self.sender() is not self._job:
            return
        if isinstance(record, Progress):
            self.progress.setRange(0, record.total)
            self.progress.setValue(record.done)
            self.line.setText(f"{record.text}: {record.done:,} of {record.total:,}")
        else:
            self.summary = record
            self._show_summary(record)
            self._show_line()

    def _on_failed(self, problem: UserError) -> None:
        self.messages.show_problem(problem)

    def _on_finished(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self._set_busy(is_busy=False)
            self._show_line()

    def _on_cancel(self) -> None:
        if self._job is not None:
            self._job.stop()
            self._job = None
            self._set_busy(is_busy=False)
            self._show_line()

    def _set_busy(self, *, is_busy: bool) -> None:
        self.progress.setVisible(is_busy)
        self.cancel.setVisible(is_busy)
        self.again.setVisible(not is_busy and self._session.folder is not None)

    def _show_line(self) -> None:
        folder = self._session.folder
        if folder is None:
            self.line.setText("Open a folder of images to see what is in it.")
            return
        parts = [str(folder.root), format_of(folder).title, f"{len(folder.images):,} images"]
        if self.summary is not None:
            parts.append(f"{self.summary.boxes:,} boxes")
        else:
            parts.append("not read to the end")
        self.line.setText("  ·  ".join(parts))

    def _show_summary(self, summary: FolderSummary) -> None:
        self.classes.show_counts(
            tuple(
                Count(name, boxes, f"in {summary.images_per_class.get(name, 0):,} images", class_color(name))
                for name, boxes in summary.boxes_per_class.items()
            )
        )
        self.splits.show_counts(tuple(Count(name, number) for name, number in summary.images_per_split.items()))
        self.states.show_counts(tuple(Count(name, number) for name, number in summary.images_per_state.items()))
        folder = self._session.folder
        self.faults.show_faults(summary.faults, folder.root if folder else Path())
        self.faults.setMaximumHeight(MOST_HEIGHT if summary.faults else self.faults.sizeHint().height())
        if self.summary is None:
            self.faults.title.setText("Not read yet")

    def _on_fault_opened(self, fault: Fault) -> None:
        """Show the image of a fault in the editor, where the fault belongs to one."""
        folder = self._session.folder
        place = Path(re.sub(r":\d+$", "", fault.where))  # a line number may follow the path
        image = next((i for i in folder.images if place in (i.path, i.label_path)), None) if folder else None
        if image is None:
            self.messages.show_text("This fault belongs to no single image that could be shown.")
        else:
            self._session.page_requested.emit(PageRequest("edit", image.path))
