"""What the weights of a run doubt about the labels of the data set: a list of likely faults, each opens its image."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.jobs import Job
from app.review_findings import Judge, review_records
from app.session import PageRequest, Session
from app.theme import SPACE
from yolox_core.errors import UserError
from yolox_core.records import Progress
from yolox_core.review.records import Finding, UnknownClasses
from yolox_core.review.review import Review

LEAST = 0.3
MOST = 2_000
HINT = "The network reads every image of the data set and says which labels it doubts. No file is changed."
TITLES = ("Probability", "Fault", "Image", "Reason")


class FaultsView(QWidget):
    """Looks for label faults on demand, with the weights given last; a double click opens an image on the Edit page."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._weights: Path | None = None
        self._job: Job | None = None
        self.search = QPushButton("Find label faults")
        self.cancel = QPushButton("Cancel")
        self.text = QLabel(HINT, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.text.setProperty("look", "muted")
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(6)
        self.list = QTreeWidget()
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setHeaderLabels(TITLES)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.setAccessibleName("Likely label faults")
        self._lay_out()
        self.search.clicked.connect(self._start)
        self.cancel.clicked.connect(self.stop)
        self.list.itemActivated.connect(self._open)
        self._show_parts()

    def show_weights(self, weights: Path | None) -> None:
        """Speak of another network, or of none."""
        if weights != self._weights:
            self.stop()
            self._weights = weights
            self.list.clear()
            self.text.setText(HINT)
        self._show_parts()

    def stop(self) -> None:
        """End the search."""
        if self._job is not None:
            self._job.stop()
            self._job = None
            self.text.setText(HINT)
            self._show_parts()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(self.search)
        head.addWidget(self.cancel)
        head.addWidget(self.text, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, SPACE, 0, 0)
        layout.setSpacing(SPACE)
        layout.addLayout(head)
        layout.addWidget(self.progress)
        layout.addWidget(self.list, 1)

    def _show_parts(self) -> None:
        is_busy = self._job is not None
        self.search.setVisible(not is_busy)
        self.search.setEnabled(self._weights is not None)
        self.cancel.setVisible(is_busy)
        self.progress.setVisible(is_busy)

    def _start(self) -> None:
        folder, weights = self._session.folder, self._weights
        if folder is None or weights is None:
            return
        self.list.clear()
        job = self._job = Job(lambda: review_records(folder, Judge(weights), self._session.settings), self)
        job.record_ready.connect(self._on_record)
        job.failed.connect(self._on_failed)
        self._session.start(job)
        self._show_parts()

    def _on_record(self, record: Progress | Review | UnknownClasses) -> None:
        if self.sender() is not self._job:
            return
        if isinstance(record, Progress):
            self.progress.setRange(0, record.total)
            self.progress.setValue(record.done)
            self.text.setText(f"{record.text} …")
            return
        self._job = None
        self._show_parts()
        if isinstance(record, UnknownClasses):
            self.text.setText(f"{record} The search on the Edit page (S) asks for them.")
            return
        found = [finding for finding in record.findings if finding.probability >= LEAST]
        self.list.addTopLevelItems([_row(finding) for finding in found[:MOST]])
        self.text.setText(outcome(record, len(found)))

    def _on_failed(self, problem: UserError) -> None:
        if self.sender() is self._job:
            self.stop()
            self.text.setText(str(problem))

    def _open(self, item: QTreeWidgetItem) -> None:
        folder, name = self._session.folder, item.text(TITLES.index("Image"))
        image = next((image for image in folder.images if image.name == name), None) if folder else None
        if image is not None:
            self._session.page_requested.emit(PageRequest("edit", image.path))


def outcome(result: Review, found: int) -> str:
    """What was found, in a sentence or two."""
    faults = "1 likely fault" if found == 1 else f"{found or 'No'} likely faults"
    shown = f", the first {MOST:,} of them listed" if found > MOST else ""
    unknown = f" The network does not know {', '.join(result.unknown_classes)}." if result.unknown_classes else ""
    left_out = f" {len(result.undecided)} images may not be labelled yet." if result.undecided else ""
    advice = "Double-click one to see it; S on the Edit page settles them one by one."
    return f"{faults} in {result.images:,} images{shown}. {advice}{unknown}{left_out}"


def _row(finding: Finding) -> QTreeWidgetItem:
    item = QTreeWidgetItem([f"{finding.probability:.2f}", finding.kind.value, finding.image, finding.reason])
    item.setToolTip(TITLES.index("Reason"), finding.reason)
    return item
