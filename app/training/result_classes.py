"""The figures of each class in a table: AP by size of the boxes, and the score that suits the class best."""

from collections.abc import Sequence
from dataclasses import astuple

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.theme import class_color
from yolox_core.evaluate.run import Evaluation

EVERY = "all classes"
TITLES = (
    "Class",
    "Boxes",
    "AP",
    "AP50",
    "VOC 11",
    "Small",
    "Medium",
    "Large",
    "Best score",
    "Precision",
    "Recall",
    "F1",
)
HELP = (
    "Select one to see its curve alone",
    "Labelled boxes that are to be found",
    "AP at IoU .50:.95, as COCO has it",
    "AP at IoU .50",
    "AP at IoU .50 by 11 points of recall, as VOC 2007 has it",
    "AP of boxes below 32 × 32 px",
    "AP of boxes of 32 × 32 to 96 × 96 px",
    "AP of boxes above 96 × 96 px",
    "The lowest score that gives the highest F1",
    "Share of detections that are right, at the best score",
    "Share of labels that are found, at the best score",
    "Harmonic mean of precision and recall, at the best score",
)
SORT_ROLE = Qt.ItemDataRole.UserRole + 1


class ClassTable(QTableView):
    """Rows are all classes together, then each. `class_chosen` carries a name, empty for all."""

    class_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.figures = QStandardItemModel(self)
        self.figures.setSortRole(SORT_ROLE)
        self.setModel(self.figures)
        self.setObjectName("result_classes")
        self.setAccessibleName("Figures of each class")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(26)
        self.horizontalHeader().setHighlightSections(False)
        self.selectionModel().currentRowChanged.connect(self._on_row_changed)

    @property
    def texts(self) -> list[list[str]]:
        """The cells as they read, row by row."""
        columns = range(self.figures.columnCount())
        return [[self.figures.item(row, column).text() for column in columns] for row in range(self.figures.rowCount())]

    def show_evaluation(self, evaluation: Evaluation) -> None:
        """Show these figures."""
        details = evaluation.details
        assert details is not None
        self.setSortingEnabled(False)
        self.figures.clear()
        self.figures.setHorizontalHeaderLabels(list(TITLES))
        voc = details.voc_ap50_11_point
        pooled = (details.curve.boxes, evaluation.ap, evaluation.ap50, voc, *evaluation.ap_by_size)
        self._add(EVERY, (*pooled, *astuple(details.best)), "")
        for one in details.classes:
            own = (one.boxes, one.ap, one.ap50, one.voc_ap50_11_point, *one.ap_by_size)
            self._add(one.name, (*own, *astuple(one.best)), one.name)
        for column, text in enumerate(HELP):
            self.figures.horizontalHeaderItem(column).setToolTip(text)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            self.figures.horizontalHeaderItem(column).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
        self.setColumnWidth(0, 150)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.selectRow(0)

    def _add(self, name: str, figures: Sequence[float], class_name: str) -> None:
        first = QStandardItem(name)
        first.setData(name, SORT_ROLE)
        first.setData(class_name, Qt.ItemDataRole.UserRole)
        first.setToolTip(name)
        if class_name:
            first.setIcon(_swatch(class_color(class_name)))
        self.figures.appendRow([first, *(_number(figure) for figure in figures)])

    def _on_row_changed(self) -> None:
        chosen = self.currentIndex().siblingAtColumn(0).data(Qt.ItemDataRole.UserRole)
        if chosen is not None:
            self.class_chosen.emit(chosen)


def _number(figure: float) -> QStandardItem:
    """A cell for a count or a share; a share below 0 is one that there is nothing to measure on."""
    text = f"{figure:,}" if isinstance(figure, int) else f"{figure:.3f}" if figure >= 0 else "–"
    item = QStandardItem(text)
    item.setData(float(figure), SORT_ROLE)
    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    return item


def _swatch(color: QColor) -> QIcon:
    picture = QPixmap(10, 10)
    picture.fill(color)
    return QIcon(picture)
