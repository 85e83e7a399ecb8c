"""The Data page: what is in the open folder, and what is wrong with its files."""

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from app.actions import make_action, show_tip
from app.dataset.actions import FIND, SCAN
from app.dataset.fault_list import FaultList
from app.dataset.fault_rows import FaultRow
from app.dataset.overview import Overview
from app.dataset.scanner import Scanned, Scanner
from app.icons import icon
from app.session import PageRequest, Session
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel
from app.widgets.message_bar import MessageBar
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.formats import format_of
from yolox_core.records import Progress

SETTLE_MS = 1000
MIN_CONTENT_HEIGHT = 560
NO_NAMES = (
    "The labels hold class numbers only. Put their names into a classes.txt beside the labels, one a line, "
    "or into the data.yaml, and open the folder again."
)


class DataPanel(QWidget):
    """Scans the folder when the page is shown after something changed, and shows what the scan tells."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_stale = True
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self._scan_if_needed)
        self.scanner = Scanner(session, self)
        self.head = Head()
        self.messages = MessageBar()
        self.overview = Overview()
        self.faults = FaultList()
        self._scan_action = make_action(self, SCAN, self._scan)
        show_tip(self.head.scan, self._scan_action)
        make_action(self, FIND, self._focus_filter)
        self._stage = QStackedLayout(self)
        self._parts = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False, handleWidth=SPACE * 2)
        self._is_divided = False
        self._lay_out()
        self._connect()
        self._on_folder_changed(session.folder)

    def showEvent(self, event: QShowEvent) -> None:
        """Scan what has changed while the page was hidden."""
        super().showEvent(event)
        self._scan_if_needed()

    def shut_down(self) -> None:
        """Scan no more."""
        self._settling.stop()
        self.scanner.cancel()

    def _lay_out(self) -> None:
        empty = QLabel("Open a folder to see what is in it.", alignment=Qt.AlignmentFlag.AlignCenter)
        empty.setProperty("look", "muted")
        self._parts.addWidget(self.overview)
        self._parts.addWidget(self.faults)
        self._parts.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, SPACE * 2)
        self._parts.setMinimumHeight(MIN_CONTENT_HEIGHT)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._parts)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.messages)
        column.addWidget(scroll, 1)
        self._stage.addWidget(empty)
        self._stage.addWidget(content)

    def _connect(self) -> None:
        self._session.folder_changed.connect(self._on_folder_changed)
        self._session.annotation_saved.connect(self._on_annotation_saved)
        self._session.labels_rewritten.connect(self._on_annotation_saved)
        self.scanner.progressed.connect(self._on_progressed)
        self.scanner.scanned.connect(self._on_scanned)
        self.scanner.ended.connect(self._on_ended)
        self.head.scan.clicked.connect(self._scan)
        self.head.cancel.clicked.connect(self.scanner.cancel)
        self.overview.labelling_requested.connect(self._on_labelling_requested)
        self.faults.fault_opened.connect(self._on_fault_opened)
        self._parts.splitterMoved.connect(self._on_divided)

    def _on_folder_changed(self, folder: DataFolder | None) -> None:
        self.scanner.cancel()
        self.messages.clear()
        self.faults.filter_line.clear()
        self.faults.show_rows(None)
        self._is_stale = True
        self._scan_action.setEnabled(folder is not None)
        self._stage.setCurrentIndex(0 if folder is None else 1)
        if folder is not None:
            self.head.show_folder(folder)
            self.overview.show_folder(folder)
            if folder.numbered_classes:
                self.messages.show_text(NO_NAMES)
        self._scan_if_needed()

    def _on_annotation_saved(self, _what: object) -> None:
        self._is_stale = True
        self._settling.start()

    def _scan_if_needed(self) -> None:
        if self._is_stale and self.isVisible():
            self._scan()

    def _scan(self) -> None:
        folder = self._session.folder
        if folder is not None:
            self._is_stale = False
            self._settling.stop()
            self.head.show_progress(Progress(0, len(folder.images)))
            self.scanner.start(folder)

    def _on_progressed(self, progress: Progress) -> None:
        self.head.show_progress(progress)

    def _on_scanned(self, scan: Scanned) -> None:
        self.overview.show_scan(scan)
        self.faults.show_rows(scan.rows)
        self._divide()
        if scan.added or scan.gone:
            self.messages.show_text(
                f"The folder has changed since it was opened: {scan.added:,} new and {scan.gone:,} lost images. "
                "Open it again to list them."
            )

    def _divide(self) -> None:
        """Give the overview what its rows need and faults do not, until the user moves the border."""
        if not self._is_divided:
            height = self._parts.contentsRect().height() - self._parts.handleWidth()
            lower = max(height // 3 if self.faults.model.rows else 0, self.faults.minimumSizeHint().height())
            upper = min(self.overview.wanted_height(), height - lower)
            self._parts.setSizes([upper, height - upper])

    def _on_divided(self, _place: int, _index: int) -> None:
        self._is_divided = True

    def _on_ended(self) -> None:
        self.head.show_progress(None)

    def _on_labelling_requested(self) -> None:
        self._session.page_requested.emit(PageRequest("edit"))

    def _on_fault_opened(self, row: FaultRow) -> None:
        if row.image is None:
            self.messages.show_text(f"No image belongs to this fault: it is about {row.file}.")
        else:
            self._session.page_requested.emit(PageRequest("edit", row.image))

    def _focus_filter(self) -> None:
        self.faults.filter_line.setFocus()
        self.faults.filter_line.selectAll()


class Head(QWidget):
    """Name, place and format of the folder; the progress of a scan and the button that ends or repeats it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.place = ElidedLabel(), ElidedLabel()
        self.title.setProperty("look", "title")
        self.place.setProperty("look", "muted")
        self.scan = QPushButton(icon(SCAN.icon), SCAN.text)
        self.cancel = QPushButton("Cancel")
        self.activity = QLabel()
        self.activity.setProperty("look", "muted")
        self.progress = QProgressBar(textVisible=False)
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self._lay_out()
        self.show_progress(None)

    def show_folder(self, folder: DataFolder) -> None:
        """Show another folder."""
        self.title.set_text(folder.root.name or str(folder.root))
        self.place.set_text(f"{folder.root}  ·  {format_of(folder).title}", tool_tip=str(folder.root))

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far a scan is; None when there is none."""
        is_running = progress is not None
        self.scan.setVisible(not is_running)
        for widget in (self.cancel, self.activity, self.progress):
            widget.setVisible(is_running)
        if progress is not None:
            self.activity.setText(f"Reading {progress.done:,} of {progress.total:,}")
            self.progress.setMaximum(max(progress.total, 1))
            self.progress.setValue(progress.done)

    def _lay_out(self) -> None:
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.title)
        texts.addWidget(self.place)
        row = QHBoxLayout()
        row.setSpacing(SPACE)
        row.addLayout(texts, 1)
        for widget in (self.activity, self.cancel, self.scan):
            row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(row)
        layout.addWidget(self.progress)
