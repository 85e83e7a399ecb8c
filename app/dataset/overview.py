"""Figures and tables of a folder: how many images, boxes and classes, how far the labelling is, the splits."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSplitter, QVBoxLayout, QWidget

from app.dataset.count_model import CountRow
from app.dataset.count_table import CountTable
from app.dataset.scanner import Scanned
from app.theme import SPACE, class_color
from app.widgets.figure import Figure
from yolox_core.dataset.folder import DataFolder
from yolox_core.records import ImageState

UNREADABLE, IN_NO_SPLIT = "labels not readable", "in no split"
TONES = {
    ImageState.UNLABELLED: "disabled",
    ImageState.EMPTY: "muted",
    ImageState.LABELLED: "accent",
    ImageState.VERIFIED: "good",
}
"""The theme's colour of each state."""
GAP = SPACE * 3 // 2


class Overview(QWidget):
    """What is in a folder. `labelling_requested` is emitted where nothing is labelled and the user wants to begin."""

    labelling_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images, self.boxes, self.classes, self.faults = (
            Figure(title) for title in ("Images", "Boxes", "Classes", "Faults")
        )
        self.class_table = CountTable(("Class", "Boxes", "Images"), is_sortable=True)
        self.state_table = CountTable(("Labels", "Images"))
        self.split_table = CountTable(("Split", "Images"))
        self.no_boxes = Invitation()
        self.no_boxes.hide()
        self.no_boxes.accepted.connect(self.labelling_requested)
        self._sides = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False, handleWidth=SPACE)
        self._lay_out()

    def show_folder(self, folder: DataFolder) -> None:
        """Show what the listing alone tells."""
        self.images.show_value(f"{len(folder.images):,}", "")
        for figure in (self.boxes, self.classes, self.faults):
            figure.show_value("–", "")
        self.class_table.show_rows((), (0, 0))
        self.state_table.show_rows((), (0,))
        self._show_invitation(is_shown=False)
        self._show_splits(folder)

    def show_scan(self, scan: Scanned) -> None:
        """Show what a full look told."""
        summary, total = scan.summary, len(scan.folder.images)
        labelled = summary.images_per_state[ImageState.LABELLED.value] + summary.images_per_state["verified"]
        per_image = f"{summary.boxes / labelled:.1f} per labelled image" if labelled else ""
        unused = sum(not count for count in summary.boxes_per_class.values())
        self.images.show_value(f"{total:,}", f"{labelled:,} with boxes")
        self.boxes.show_value(f"{summary.boxes:,}", per_image)
        self.classes.show_value(f"{len(summary.class_names):,}", f"{unused:,} without a box" if unused else "")
        files = len({row.file for row in scan.rows})
        self.faults.show_value(f"{len(scan.rows):,}", f"in {files:,} {'file' if files == 1 else 'files'}" * bool(files))
        self._show_classes(scan)
        self._show_states(scan)
        self._show_splits(scan.folder)
        self.no_boxes.show_total(total)
        self._show_invitation(is_shown=not summary.class_names)

    def wanted_height(self) -> int:
        """The height that shows every row of every table."""
        right = self.state_table.rows_height() + SPACE + self.split_table.rows_height()
        tables = max(right, self.class_table.rows_height())
        return self.images.sizeHint().height() + GAP + tables

    def _lay_out(self) -> None:
        figures = QHBoxLayout()
        figures.setSpacing(SPACE)
        for figure in (self.images, self.boxes, self.classes, self.faults):
            figures.addWidget(figure, 1)
        for tables, share in (((self.class_table, self.no_boxes), 3), ((self.state_table, self.split_table), 2)):
            side = QWidget()
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(SPACE)
            for table in tables:
                column.addWidget(table, 1)
            column.addStretch(0)
            self._sides.addWidget(side)
            self._sides.setStretchFactor(self._sides.count() - 1, share)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GAP)
        layout.addLayout(figures)
        layout.addWidget(self._sides, 1)

    def _show_invitation(self, *, is_shown: bool) -> None:
        self.class_table.setVisible(not is_shown)
        self.no_boxes.setVisible(is_shown)

    def _show_classes(self, scan: Scanned) -> None:
        summary = scan.summary
        rows = [
            CountRow(name, (summary.boxes_per_class[name], summary.images_per_class[name]), class_color(name))
            for name in summary.class_names
        ]
        largest = [max((row.counts[place] for row in rows), default=0) for place in (0, 1)]
        self.class_table.show_rows(rows, largest)

    def _show_states(self, scan: Scanned) -> None:
        total, counts = len(scan.folder.images), scan.summary.images_per_state
        rows = [CountRow(state.value, (counts[state.value],), tone=tone) for state, tone in TONES.items()]
        unreadable = total - sum(counts.values())
        if unreadable:
            rows.append(CountRow(UNREADABLE, (unreadable,), tone="danger"))
        self.state_table.show_rows(rows, (total,))
        self.state_table.setMinimumHeight(self.state_table.rows_height())

    def _show_splits(self, folder: DataFolder) -> None:
        rows = [CountRow(name, (len(images),)) for name, images in folder.splits.items()]
        in_one = {name for images in folder.splits.values() for name in images}
        rest = len(folder.images) - len(in_one)
        if rest:
            rows.append(CountRow(IN_NO_SPLIT, (rest,), tone="disabled"))
        self.split_table.show_rows(rows, (len(folder.images),))


class Invitation(QFrame):
    """Says that nothing is labelled yet, and offers to begin."""

    accepted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "card")
        title = QLabel("No boxes yet", alignment=Qt.AlignmentFlag.AlignCenter)
        title.setProperty("look", "heading")
        self._text = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._text.setProperty("look", "muted")
        self.begin = QPushButton("Label images")
        self.begin.setProperty("look", "primary")
        self.begin.clicked.connect(self.accepted)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addStretch(1)
        layout.addWidget(title)
        layout.addWidget(self._text)
        layout.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignCenter)
        layout.addStretch(1)

    def show_total(self, images: int) -> None:
        """Say how many images wait."""
        self._text.setText(f"{images:,} {'image waits' if images == 1 else 'images wait'} for boxes.")
