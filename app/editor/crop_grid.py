"""All boxes of one class side by side: wrong ones catch the eye, and are put right together."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSlider,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from app.editor.crop_cell import CropList
from app.editor.crop_model import ENTRY_ROLE, ORDERS, CropModel, Entries, rows_of_keys
from app.editor.crop_pictures import CropPictures
from app.folder_index import FolderIndex, IndexReader
from app.theme import SPACE
from yolox_core.dataset.box_fix import BoxFix
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.index import Index

SIZE = QSize(1080, 720)
SMALLEST, FIRST, LARGEST = 64, 128, 256
MOST = 50_000  # cells; nobody looks through more, and a view needs 2 s to lay out half a million
MOST_KEPT = 2000  # chosen cells that stay chosen in another order: Qt takes seconds to mix tens of thousands
FLAGS = ("difficult", "truncated", "occluded")
Answer = tuple[DataFolder, dict[str, int], str, Entries]


class CropGrid(QWidget):
    """A window beside the page. `fix_requested` carries a BoxFix, `box_opened` a PlacedBox to be looked at."""

    fix_requested = Signal(object)
    box_opened = Signal(object)
    undo_requested = Signal()

    def __init__(self, index: FolderIndex, names: Callable[[], Sequence[str]], parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Boxes of a class")
        self._index = index
        self._names = names
        self._found: Entries = ()
        self._is_asking = False
        self._folder: DataFolder | None = None
        self._reader = IndexReader(index, self)
        self.pictures = CropPictures(self)
        self.model = CropModel(self)
        self.class_name, self.order = QComboBox(), QComboBox()
        self.order.addItems(list(ORDERS))
        self.side = QSlider(Qt.Orientation.Horizontal)
        self.side.setRange(SMALLEST, LARGEST)
        self.side.setValue(FIRST)
        self.view = CropList(self.model, self.pictures, side=FIRST)
        self.view.setAccessibleName("Boxes")
        self.empty = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("look", "muted")
        self._stage = QStackedWidget()
        self.count, self.outcome = QLabel(), QLabel()
        self.undo = QPushButton("Undo")
        self.new_class = QComboBox(insertPolicy=QComboBox.InsertPolicy.NoInsert)
        self.typed = QLineEdit(placeholderText="New class")
        self.new_class.setLineEdit(self.typed)
        self.change = QPushButton("Change class")
        self.delete = QPushButton("Delete boxes")
        self.flags = {name: QPushButton(name.capitalize()) for name in FLAGS}
        self._lay_out()
        self._connect()
        self.resize(SIZE)

    def open_class(self, class_name: str) -> None:
        """Show the boxes of a class; of the first one where there is none of this name."""
        self._ask(class_name)
        self.show()
        self.raise_()
        self.activateWindow()

    def shows(self, folder: DataFolder) -> bool:
        """Whether the boxes on show are of this data set."""
        return self._folder is not None and self._folder.root == folder.root

    def forget_fixed(self, fix: BoxFix) -> None:
        """Take out the boxes that a fix moved to another class or deleted; the index follows later."""
        if fix.values is None or "class_name" in fix.values:
            gone = {(name, box.key) for name, boxes in fix.boxes.items() for box in boxes}
            self._found = tuple(entry for entry in self._found if self.model.key(entry) not in gone)
            self._show_entries()

    def show_outcome(self, text: str, *, can_undo: bool) -> None:
        """Say what the last fix did, and offer to take it back."""
        self.outcome.setText(text)
        self.outcome.setToolTip(text)
        self.undo.setVisible(can_undo)

    def stop(self) -> None:
        """End the threads."""
        self._reader.stop()
        self.pictures.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del deletes, a digit sets that class, Esc closes."""
        digit = event.key() - Qt.Key.Key_0
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.delete.click()
        elif 1 <= digit <= min(9, len(self._names())):
            self._fix({"class_name": self._names()[digit - 1]})
        elif event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask for nothing while nobody looks."""
        self._reader.forget()
        super().closeEvent(event)

    def _lay_out(self) -> None:
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(QLabel("Class"))
        head.addWidget(self.class_name, 1)
        head.addWidget(QLabel("Order"))
        head.addWidget(self.order, 1)
        head.addStretch(1)
        head.addWidget(QLabel("Size"))
        head.addWidget(self.side)
        self._stage.addWidget(self.view)
        self._stage.addWidget(self.empty)
        foot.addWidget(self.count)
        foot.addWidget(self.outcome)
        foot.addWidget(self.undo)
        foot.addStretch(1)
        self.outcome.setProperty("look", "muted")
        self.undo.hide()
        for name, button in self.flags.items():
            button.setToolTip(f"Flag the chosen boxes as {name}, or not")
            foot.addWidget(button)
        foot.addWidget(self.delete)
        foot.addSpacing(SPACE)
        foot.addWidget(self.new_class)
        foot.addWidget(self.change)
        self.new_class.setMinimumContentsLength(16)
        completer = QCompleter(self.new_class.model(), self.new_class)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.new_class.setCompleter(completer)
        self.class_name.setMinimumContentsLength(16)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.setSpacing(SPACE)
        layout.addLayout(head)
        layout.addWidget(self._stage, 1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        self._reader.answered.connect(self._on_found)
        self._index.synced.connect(self._ask_again)
        self._index.changed.connect(self._ask_again)
        self.class_name.activated.connect(lambda _row: self._ask(self.class_name.currentData()))
        self.order.currentIndexChanged.connect(self._show_entries)
        self.side.valueChanged.connect(self.view.set_side)
        self.view.activated.connect(lambda index: self.box_opened.emit(index.data(ENTRY_ROLE)))
        self.view.selectionModel().selectionChanged.connect(self._refresh)
        self.model.modelReset.connect(self._refresh)
        self.undo.clicked.connect(self.undo_requested)
        self.change.clicked.connect(lambda: self._fix({"class_name": self.new_class.currentText().strip()}))
        self.typed.returnPressed.connect(self.change.click)
        self.new_class.editTextChanged.connect(self._refresh)
        self.delete.clicked.connect(lambda: self._fix(None))
        for name, button in self.flags.items():
            button.clicked.connect(lambda _checked=False, name=name: self._toggle_flag(name))

    def _ask_again(self) -> None:
        if self.isVisible():
            self._ask(self.class_name.currentData() or "")

    def _ask(self, class_name: str) -> None:
        def find(index: Index) -> Answer:
            counts = index.boxes_per_class()
            name = class_name if class_name in counts else next(iter(counts), "")
            return index.folder, counts, name, index.boxes_of(name)

        self._is_asking = True
        self._reader.ask(find)
        self._refresh()

    def _on_found(self, answer: Answer) -> None:
        folder, counts, name, found = answer
        self._is_asking = False
        if folder is not self._folder:
            self.pictures.clear()
        was_same = (folder, found) == (self._folder, self._found)
        self._folder, self._found = folder, found
        self.class_name.clear()
        for each, count in counts.items():
            self.class_name.addItem(f"{each}  ·  {count:,}", each)
        self.class_name.setCurrentIndex(self.class_name.findData(name))
        typed = self.new_class.currentText()
        self.new_class.clear()
        self.new_class.addItems([each for each in dict.fromkeys((*self._names(), *counts)) if each != name])
        self.new_class.setEditText(typed)
        if not was_same or not self.model.entries:
            self._show_entries()
        self._refresh()

    def _show_entries(self) -> None:
        """List what was found in the order asked for; what is chosen, unless it is very much, and the place stay."""
        chosen = [self.model.key(self.model.entries[row]) for row in self.view.chosen_rows]
        self.model.show_entries(self._folder, ORDERS[self.order.currentText()](self._found)[:MOST])
        self.view.choose(rows_of_keys(self.model, chosen) if 0 < len(chosen) <= MOST_KEPT else ())

    def _refresh(self) -> None:
        total, shown = len(self._found), len(self.model.entries)
        chosen = self.view.chosen_count
        count = f"{total:,} boxes" if shown == total else f"The first {shown:,} of {total:,} boxes"
        self.count.setText(f"{count}, {chosen:,} chosen" if chosen else count)
        for button in (self.delete, *self.flags.values()):
            button.setEnabled(chosen > 0)
        self.change.setEnabled(chosen > 0 and bool(self.new_class.currentText().strip()))
        is_looking = self._is_asking or self._index.is_busy
        self.empty.setText("Looking for boxes …" if is_looking else "No label file has a box to show.")
        self._stage.setCurrentWidget(self.view if shown else self.empty)

    def _toggle_flag(self, name: str) -> None:
        boxes = [self.model.entries[row].box for row in self.view.chosen_rows]
        self._fix({name: not all(getattr(box, name) for box in boxes)})

    def _fix(self, values: dict[str, Any] | None) -> None:
        rows = self.view.chosen_rows
        if rows and (values is None or "" not in values.values()):
            self.fix_requested.emit(BoxFix(self.model.boxes_by_image(rows), values))
