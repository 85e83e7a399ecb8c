"""Findings of a review side by side: faults and false alarms are told apart at a glance, and settled together."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QKeyCombination, QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.editor.crop_cell import CropList
from app.editor.crop_pictures import CropPictures
from app.editor.finding_model import FINDING_ROLE, ORDERS, FindingModel
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel
from yolox_core.dataset.folder import DataFolder
from yolox_core.review.records import Finding

SIZE = QSize(1080, 720)
SMALLEST, LARGEST, FIRST = 64, 256, 144
MOST = 50_000  # cells
ALL = "All"
NOTHING = "Nothing left to settle here."


class FindingGrid(QWidget):
    """A window beside the page. Signals carry the findings chosen; `opened` one to be looked at on the page."""

    accept_requested = Signal(object)  # list[Finding]
    reject_requested = Signal(object)  # list[Finding]
    opened = Signal(object)  # Finding
    undo_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Findings side by side")
        self._folder: DataFolder | None = None
        self._findings: Sequence[Finding] = ()
        self._accept_key: QAction | None = None
        self._reject_key: QAction | None = None
        self.pictures = CropPictures(self)
        self.model = FindingModel(self)
        self.view = CropList(self.model, self.pictures, side=FIRST)
        self.view.setAccessibleName("Findings")
        self.kind, self.class_name, self.order = QComboBox(), QComboBox(), QComboBox()
        self.order.addItems(list(ORDERS))
        self.side = QSlider(Qt.Orientation.Horizontal)
        self.side.setRange(SMALLEST, LARGEST)
        self.side.setValue(FIRST)
        self.empty = QLabel(NOTHING, alignment=Qt.AlignmentFlag.AlignCenter)
        self.count, self.outcome = QLabel(), ElidedLabel("")
        for label in (self.empty, self.outcome):
            label.setProperty("look", "muted")
        self.undo = QPushButton("Undo")
        self.choose_all = QPushButton("Choose all")
        self.accept, self.reject = QPushButton("Accept"), QPushButton("Reject")
        self.accept.setProperty("look", "primary")
        self._stage = QStackedWidget()
        self._lay_out()
        self._connect()
        self.resize(SIZE)

    def set_keys(self, accept: QAction, reject: QAction) -> None:
        """Accept and reject with the keys that do so on the page."""
        self._accept_key, self._reject_key = accept, reject
        for button, action in ((self.accept, accept), (self.reject, reject)):
            button.setToolTip(f"{action.toolTip().partition(chr(10))[0]}: all that are chosen, as one step")

    def show_findings(self, folder: DataFolder, findings: Sequence[Finding]) -> None:
        """List these findings; the kind, the class and what is chosen stay where that is possible."""
        if folder is not self._folder:
            self.pictures.clear()
        self._folder = folder
        self._findings = [one for one in findings if one.box is not None and folder.image(one.image) is not None]
        kinds = [one.kind.value for one in self._findings]
        classes = [one.box.class_name for one in self._findings if one.box is not None]
        for box, names in ((self.kind, kinds), (self.class_name, classes)):
            current = box.currentData() or ""
            box.clear()
            box.addItem(f"{ALL}  ·  {len(names):,}", "")
            for name, count in sorted(Counter(names).items()):
                box.addItem(f"{name}  ·  {count:,}", name)
            box.setCurrentIndex(max(box.findData(current), 0))
        self._list()

    def show_outcome(self, text: str, *, can_undo: bool) -> None:
        """Say what was done last, and offer to take it back."""
        self.outcome.set_text(text)
        self.undo.setVisible(can_undo)

    @property
    def chosen(self) -> list[Finding]:
        """The findings that are chosen, in order."""
        return [self.model.findings[row] for row in self.view.chosen_rows]

    def stop(self) -> None:
        """End the thread."""
        self.pictures.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the page accept and reject what is chosen; Esc closes."""
        keys = QKeySequence(QKeyCombination(event.modifiers(), Qt.Key(event.key())))
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif self._accept_key is not None and keys in self._accept_key.shortcuts():
            self.accept.click()
        elif self._reject_key is not None and keys in self._reject_key.shortcuts():
            self.reject.click()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        for text, box in (("Kind", self.kind), ("Class", self.class_name), ("Order", self.order)):
            head.addWidget(QLabel(text))
            head.addWidget(box, 1)
            box.setMinimumContentsLength(14)
            box.setAccessibleName(text)
        head.addStretch(1)
        head.addWidget(QLabel("Size"))
        head.addWidget(self.side)
        self._stage.addWidget(self.view)
        self._stage.addWidget(self.empty)
        foot.addWidget(self.count)
        foot.addWidget(self.outcome, 1)
        foot.addWidget(self.undo)
        foot.addWidget(self.choose_all)
        foot.addWidget(self.reject)
        foot.addWidget(self.accept)
        self.undo.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addLayout(head)
        layout.addWidget(self._stage, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        for box in (self.kind, self.class_name, self.order):
            box.activated.connect(self._list)
        self.side.valueChanged.connect(self.view.set_side)
        self.view.activated.connect(lambda index: self.opened.emit(index.data(FINDING_ROLE)))
        self.view.selectionModel().selectionChanged.connect(self._refresh)
        self.choose_all.clicked.connect(self.view.selectAll)
        self.accept.clicked.connect(lambda: self.accept_requested.emit(self.chosen))
        self.reject.clicked.connect(lambda: self.reject_requested.emit(self.chosen))
        self.undo.clicked.connect(self.undo_requested)

    def _list(self) -> None:
        chosen = self.chosen
        kind, name = self.kind.currentData(), self.class_name.currentData()
        wanted = [
            one
            for one in self._findings
            if (not kind or one.kind.value == kind) and (not name or (one.box and one.box.class_name == name))
        ]
        self.model.show_findings(self._folder, ORDERS[self.order.currentText()](wanted)[:MOST])
        self.view.choose(self.model.rows_of(chosen))
        self._refresh()

    def _refresh(self) -> None:
        shown = len(self.model.findings)
        chosen = self.view.chosen_count
        count = "1 finding" if shown == 1 else f"{shown:,} findings"
        self.count.setText(f"{count}, {chosen:,} chosen" if chosen else count)
        for button in (self.accept, self.reject):
            button.setEnabled(chosen > 0)
        self.choose_all.setEnabled(shown > 0)
        self._stage.setCurrentWidget(self.view if shown else self.empty)
