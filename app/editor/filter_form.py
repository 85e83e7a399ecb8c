"""Which images are listed, beside words of their names: state, class, split, marks, number of boxes; and the order."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from app.folder_index import FolderIndex, IndexReader
from app.theme import SPACE
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.index_query import Filter, Order
from yolox_core.records import ImageState

MOST, ANY = 100_000, -1
STATES: tuple[tuple[str, dict[str, object]], ...] = (
    ("Any state", {}),
    ("Not verified", {"states": frozenset(ImageState) - {ImageState.VERIFIED}}),
    ("Not labelled", {"states": frozenset([ImageState.UNLABELLED])}),
    ("Empty by decision", {"states": frozenset([ImageState.EMPTY])}),
    ("Labelled", {"states": frozenset([ImageState.LABELLED])}),
    ("Verified", {"states": frozenset([ImageState.VERIFIED])}),
    ("Labels cannot be read", {"has_problem": True}),
)
MARKS: tuple[tuple[str, dict[str, object]], ...] = (
    ("Any", {}),
    ("Has a difficult box", {"flag": "difficult"}),
    ("Has a truncated box", {"flag": "truncated"}),
    ("Has an occluded box", {"flag": "occluded"}),
    ("Has a note", {"has_note": True}),
    ("Has data faults", {"has_findings": True}),
)
DRAFTS, DOUBTS = "Has drafts", "Has review findings"
OWN_MARKS = (DRAFTS, DOUBTS)  # known to the page alone, not to the index
ORDERS = (
    ("By name", Order.NAME),
    ("Most boxes first", Order.MOST_BOXES),
    ("Fewest boxes first", Order.FEWEST_BOXES),
    ("Smallest box first", Order.SMALLEST_BOX),
    ("Most data faults first", Order.MOST_FINDINGS),
    ("Changed last first", Order.NEWEST),
)


@dataclass(frozen=True, slots=True)
class ImageFilter:
    """What the index is asked for, and which of OWN_MARKS images must have; empty for none."""

    filter: Filter
    own: str = ""

    @property
    def is_open(self) -> bool:
        """Whether all images pass, in the order of their names."""
        return self.filter.is_open and not self.own


class FilterForm(QWidget):
    """Choices that narrow the list; the classes offered are those that the index has found."""

    changed = Signal()
    cleared = Signal()

    def __init__(self, index: FolderIndex, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reader = IndexReader(index, self)
        self.state = _choices("State", [text for text, _ in STATES])
        self.mark = _choices("Marks", [*(text for text, _ in MARKS), *OWN_MARKS])
        self.class_name, self.split = _choices("Class", ["Any class"]), _choices("Split", ["Any split"])
        self.order = _choices("Order", [text for text, _ in ORDERS])
        self.least, self.most = _number("from ", 0), _number("to ", ANY)
        self.most.setSpecialValueText("any")
        self.clear_button = QPushButton("Clear filter")
        self._lay_out()
        for box in (self.state, self.class_name, self.split, self.mark, self.order):
            box.currentIndexChanged.connect(self.changed)
        for number in (self.least, self.most):
            number.valueChanged.connect(self.changed)
        self.clear_button.clicked.connect(self.cleared)
        self._reader.answered.connect(self._show_classes)
        index.synced.connect(self._ask_for_classes)

    def filter(self, text: str) -> ImageFilter:
        """What is chosen, with the words that a name must hold."""
        mark = self.mark.currentIndex()
        chosen: dict[str, object] = {
            **STATES[self.state.currentIndex()][1],
            **(MARKS[mark][1] if mark < len(MARKS) else {}),
        }
        wanted = Filter(
            text=text,
            class_name=self.class_name.currentText() if self.class_name.currentIndex() > 0 else "",
            split=self.split.currentText() if self.split.currentIndex() > 0 else "",
            least=self.least.value(),
            most=self.most.value() if self.most.value() > ANY else None,
            order=ORDERS[self.order.currentIndex()][1],
            **chosen,  # type: ignore[arg-type]
        )
        return ImageFilter(wanted, OWN_MARKS[mark - len(MARKS)] if mark >= len(MARKS) else "")

    def show_text(self, text: str) -> None:
        """Offer to clear the filter if it holds anything back."""
        self.clear_button.setEnabled(not self.filter(text).is_open)

    def show_folder(self, folder: DataFolder | None) -> None:
        """Offer the splits and classes of a folder."""
        _offer(self.split, sorted(folder.splits) if folder is not None else ())
        self.split.setEnabled(self.split.count() > 1)
        self._ask_for_classes()

    def clear(self) -> None:
        """Choose nothing."""
        for box in (self.state, self.class_name, self.split, self.mark, self.order):
            box.setCurrentIndex(0)
        self.least.setValue(0)
        self.most.setValue(ANY)

    def stop(self) -> None:
        """End the thread."""
        self._reader.stop()

    def _lay_out(self) -> None:
        numbers = QHBoxLayout()
        numbers.setSpacing(SPACE // 2)
        numbers.addWidget(self.least, 1)
        numbers.addWidget(self.most, 1)
        rows: dict[str, QWidget | QHBoxLayout] = {
            "State": self.state,
            "Class": self.class_name,
            "Split": self.split,
            "Boxes": numbers,
            "Marks": self.mark,
            "Order": self.order,
            "": self.clear_button,
        }
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, SPACE)
        layout.setSpacing(SPACE // 2)
        layout.setColumnStretch(1, 1)
        for line, (title, field) in enumerate(rows.items()):
            layout.addWidget(QLabel(title), line, 0)
            if isinstance(field, QWidget):
                layout.addWidget(field, line, 1)
            else:
                layout.addLayout(field, line, 1)

    def _ask_for_classes(self) -> None:
        self._reader.ask(lambda index: index.class_names())

    def _show_classes(self, names: tuple[str, ...]) -> None:
        _offer(self.class_name, names)


def _choices(title: str, texts: list[str]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(title)
    box.addItems(texts)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(8)
    return box


def _number(prefix: str, lowest: int) -> QSpinBox:
    box = QSpinBox()
    box.setPrefix(prefix)
    box.setRange(lowest, MOST)
    box.setValue(lowest)
    box.setKeyboardTracking(False)
    box.setMinimumWidth(60)
    return box


def _offer(box: QComboBox, names: "tuple[str, ...] | list[str]") -> None:
    """Offer these names below "any", and keep the choice where it is among them."""
    if [box.itemText(row) for row in range(1, box.count())] == list(names):
        return
    chosen = box.currentText() if box.currentIndex() > 0 else ""
    was_quiet = box.blockSignals(chosen in names or not chosen)
    while box.count() > 1:
        box.removeItem(1)
    box.addItems(list(names))
    box.setCurrentIndex(names.index(chosen) + 1 if chosen in names else 0)
    box.blockSignals(was_quiet)
