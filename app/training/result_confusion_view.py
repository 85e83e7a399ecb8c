"""The confusion matrix beside the images of the cell that is chosen."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QSplitter, QVBoxLayout, QWidget

from app.session import Session
from app.theme import SPACE
from app.training.result_confusion import ConfusionTable
from app.training.result_images import ImageGallery
from yolox_core.evaluate.details import Confusion, Details

MISTAKES = 20


class ConfusionView(QSplitter):
    """A click on a cell lists its images."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._details: Details | None = None
        self.table = ConfusionTable()
        self.hides_empty = QCheckBox("Hide classes that do not occur")
        self.hides_empty.setChecked(True)
        self.images = ImageGallery(session)
        hint = QLabel("Rows are labels, columns detections. A click shows the images.", wordWrap=True)
        hint.setProperty("look", "muted")
        self.mistakes = QComboBox()
        self.mistakes.setPlaceholderText("Most frequent mistakes")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, SPACE, 0, 0)
        column.setSpacing(SPACE // 2)
        column.addWidget(hint)
        column.addWidget(self.mistakes)
        column.addWidget(self.table, 1)
        column.addWidget(self.hides_empty)
        self.addWidget(left)
        self.addWidget(self.images)
        self.setSizes([480, 460])
        self.setChildrenCollapsible(False)
        self.setHandleWidth(SPACE)
        self.hides_empty.toggled.connect(self._draw)
        self.mistakes.activated.connect(self._go_to_mistake)
        self.table.cell_chosen.connect(self._show_cell)

    def show_details(self, details: Details) -> None:
        """Show another evaluation."""
        self._details = details
        self.mistakes.clear()
        self._draw()
        for cell in worst_cells(details.confusion):
            self.mistakes.addItem(self.table.matrix.words(cell), cell)
        self.mistakes.setCurrentIndex(-1)
        self.mistakes.setEnabled(self.mistakes.count() > 0)

    def _go_to_mistake(self, place: int) -> None:
        self.table.choose(self.mistakes.itemData(place))

    def _draw(self) -> None:
        if self._details is None:
            return
        confusion = self._details.confusion
        self.table.show_confusion(confusion, hides_empty=self.hides_empty.isChecked())
        self.images.show_images(f"Detections from score {confusion.score:.2f} on. Choose a cell.", ())

    def _show_cell(self, row: int, column: int) -> None:
        if self._details is None:
            return
        places = self._details.confusion.images.get((row, column), ())
        in_images = f"in {len(places):,} images" if len(places) != 1 else "in 1 image"
        title = f"{self.table.matrix.words((row, column))}, {in_images}." if places else "Nothing is counted here."
        self.images.show_images(title, [self._details.images[place] for place in places])


def worst_cells(confusion: Confusion) -> list[tuple[int, int]]:
    """The cells off the diagonal that count most, most first."""
    wrong = [(int(confusion.counts[cell]), cell) for cell in confusion.images if cell[0] != cell[1]]
    return [cell for _, cell in sorted(wrong, key=lambda pair: -pair[0])][:MISTAKES]
