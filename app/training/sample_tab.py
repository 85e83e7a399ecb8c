"""The Samples tab: what the network will get with the settings on the left, and which points learn each box."""

from pathlib import Path

from PySide6.QtCore import QItemSelection, Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QLabel,
    QProgressBar,
    QSplitter,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app.session import Session
from app.theme import SPACE
from app.training.picture_grid import PictureGrid
from app.training.sample_bar import SampleBar
from app.training.sample_boxes import BoxTable, box_rows, lonely_text, sample_picture
from app.training.sample_maker import SampleMaker
from app.training.settings_form import SettingsForm
from app.training.status import RunStatus
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.train.preview_records import Preview, PreviewRequest

SETTLE_MS = 400
NO_FOLDER = "Open a data set to see the samples that a network would get."
BAD_SETTINGS = "Mend the marked settings to see the samples."


class SampleTab(QWidget):
    """Follows the settings while it can be seen."""

    def __init__(self, session: Session, settings: SettingsForm, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._settings = settings
        self._status = RunStatus()
        self._asked: PreviewRequest | None = None
        self.preview: Preview | None = None
        self.maker = SampleMaker(session, self)
        self.bar = SampleBar()
        self.messages = MessageBar()
        self.grid = PictureGrid()
        self.boxes = BoxTable()
        self.table = QTableView()
        self.table.setModel(self.boxes)
        self.progress = QProgressBar(textVisible=False)
        self.lonely, self.remarks = QLabel(wordWrap=True), QLabel(wordWrap=True)
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._lay_out()
        self._connect()

    def show_status(self, status: RunStatus) -> None:
        """Offer the last weights of the run on show."""
        self._status = status
        self.bar.offer_checkpoint("Run on show", Path(status.last_path) if status.last_path else None)

    def showEvent(self, event: QShowEvent) -> None:
        """Show what the settings have become meanwhile."""
        super().showEvent(event)
        self.show_status(self._status)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:
        """Follow nothing while hidden."""
        super().hideEvent(event)
        self._settle.stop()

    def _lay_out(self) -> None:
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(SPACE * 3)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.horizontalHeader().setResizeContentsPrecision(20)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setShowGrid(False)
        self.table.hide()
        for label, look in ((self.lonely, "warning"), (self.remarks, "muted")):
            label.setProperty("look", look)
            label.setContentsMargins(SPACE, 0, SPACE, 0)
            label.hide()
        self.progress.setMaximumHeight(6)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.hide()
        stage = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        stage.addWidget(self.grid)
        stage.addWidget(self.table)
        stage.setStretchFactor(0, 1)
        stage.setSizes([700, 280])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE)
        layout.setSpacing(SPACE // 2)
        for widget in (self.bar, self.progress, self.messages, stage, self.lonely, self.remarks):
            layout.addWidget(widget, 1 if widget is stage else 0)

    def _connect(self) -> None:
        session = self._session
        self._settings.changed.connect(self._settle.start)
        self._settle.timeout.connect(self._ask)
        self.bar.changed.connect(self._ask)
        self.maker.made.connect(self._show)
        self.maker.progressed.connect(self._show_progress)
        self.maker.failed.connect(self._on_failed)
        self.grid.enlarged_changed.connect(self._show_rows)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        session.folder_changed.connect(self._on_data_changed)
        session.annotation_saved.connect(self._on_data_changed)
        session.labels_rewritten.connect(self._on_data_changed)
        session.checkpoint_changed.connect(lambda path: self.bar.offer_checkpoint("Checkpoint in use", path))
        self.bar.offer_checkpoint("Checkpoint in use", session.checkpoint)

    def _on_data_changed(self) -> None:
        self.maker.forget()
        self._asked = None
        self._settle.start()

    def _ask(self) -> None:
        """Ask for the samples of the settings, unless these are on show already."""
        if not self.isVisible():
            return
        folder = self._session.folder
        if folder is None or self._settings.faults:
            self._asked = self.preview = None
            self.grid.show_pictures((), hint=BAD_SETTINGS if folder else NO_FOLDER)
            return
        request = self.bar.request(self._settings.config())
        if request != self._asked:
            self._asked = request
            self.maker.ask(request, folder)

    def _show_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)
        self.progress.show()
        if self.preview is None:
            self.grid.show_pictures((), hint=f"{progress.text} …")

    def _show(self, preview: Preview) -> None:
        self.preview = preview
        self.progress.hide()
        self.messages.clear()
        self.bar.show_preview(preview)
        self._asked = self.bar.request(preview.request.config)
        self._draw()
        QTimer.singleShot(0, self, self._show_rows)
        lonely = lonely_text(box_rows(preview)) if preview.has_positives else ""
        for label, text in ((self.lonely, lonely), (self.remarks, "\n".join(preview.remarks))):
            label.setText(text)
            label.setVisible(bool(text))

    def _draw(self, *, strong: tuple[int, int] = (-1, -1)) -> None:
        if self.preview is not None:
            numbers = range(len(self.preview.samples))
            pictures = [
                sample_picture(self.preview, number, strong_box=strong[1] if number == strong[0] else -1)
                for number in numbers
            ]
            self.grid.show_pictures(pictures)

    def _show_rows(self) -> None:
        has_positives = self.preview is not None and self.preview.has_positives
        self.table.setVisible(has_positives)
        if self.preview is not None and has_positives:
            one = self.grid.enlarged
            self.boxes.show_rows([row for row in box_rows(self.preview) if one in (-1, row.sample)])

    def _on_selected(self, selected: QItemSelection) -> None:
        rows = [self.boxes.rows[index.row()] for index in selected.indexes()]
        self._draw(strong=(rows[0].sample, rows[0].box) if rows else (-1, -1))

    def _on_failed(self, problem: UserError) -> None:
        self.progress.hide()
        self.preview = None
        self.grid.show_pictures(())
        self.messages.show_problem(problem)
