"""The window of the speed report: a table on each tab, with a button that fills it and one that takes it along."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.theme import SPACE
from app.widgets.message_bar import MessageBar
from yolox_core.records import Progress

SIZE = 720, 460
STEP_TITLES = ("Step", "Mean, ms", "95 % within, ms", "Share")
SIZE_TITLES = ("Model", "Input, px", "Parameters, M", "ms an image", "Images/s", "Computed by")
STEPS_HINT = "Times each step on the first frames of the open video, with the checkpoint and thresholds in use."
SIZES_HINT = "Times every network size on this machine, one image after the other, with random weights."


class Measurement(QWidget):
    """A table that is filled on demand. `wanted` asks to measure, `cancelled` to stop."""

    wanted = Signal()
    cancelled = Signal()

    def __init__(self, titles: Sequence[str], hint: str) -> None:
        super().__init__()
        self._titles, self._rows = tuple(titles), list[tuple[str, ...]]()
        self.hint = QLabel(hint, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.hint.setProperty("look", "muted")
        self.table = QTableWidget(0, len(titles))
        for column, title in enumerate(titles):
            self.table.setHorizontalHeaderItem(column, _cell(title, column))
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setObjectName("speed")
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.setAccessibleName(hint)
        self.result = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(6)
        self.start, self.cancel, self.copy = QPushButton("Measure"), QPushButton("Cancel"), QPushButton("Copy table")
        self.start.clicked.connect(self.wanted)
        self.cancel.clicked.connect(self.cancelled)
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text))
        self.foot = QHBoxLayout()
        self._lay_out()
        self.show_running(is_running=False)

    @property
    def text(self) -> str:
        """The table as tab-separated text, its titles first."""
        return "\n".join("\t".join(line) for line in (self._titles, *self._rows))

    def clear(self) -> None:
        """Show nothing measured."""
        self.table.setRowCount(0)
        self._rows.clear()
        self.result.clear()
        self.copy.setEnabled(False)

    def add_row(self, *cells: str) -> None:
        """Show one more row: a name and numbers."""
        row = self.table.rowCount()
        self.table.insertRow(row)
        self._rows.append(cells)
        for column, text in enumerate(cells):
            self.table.setItem(row, column, _cell(text, column))
        self.copy.setEnabled(True)

    def show_running(self, *, is_running: bool) -> None:
        """Offer to measure, or to stop that."""
        self.start.setVisible(not is_running)
        self.cancel.setVisible(is_running)
        self.progress.setVisible(is_running)
        self.progress.setRange(0, 0)

    def show_progress(self, progress: Progress) -> None:
        """Show how far it is."""
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)
        self.result.setText(f"{progress.text.capitalize()} …")

    def _lay_out(self) -> None:
        self.foot.setSpacing(SPACE)
        self.foot.addWidget(self.start)
        self.foot.addWidget(self.cancel)
        self.foot.addWidget(self.progress, 1)
        self.foot.addStretch()
        self.foot.addWidget(self.copy)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(self.hint)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.result)
        layout.addLayout(self.foot)
        self.copy.setEnabled(False)


def _cell(text: str, column: int) -> QTableWidgetItem:
    """Names stand at the left, numbers at the right."""
    item = QTableWidgetItem(text)
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item


class SpeedWindow(QDialog):
    """What each step costs on the open video, and how fast each network size is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Speed on this machine")
        self.resize(*SIZE)
        self.messages = MessageBar()
        self.steps = Measurement(STEP_TITLES, STEPS_HINT)
        self.sizes = Measurement(SIZE_TITLES, SIZES_HINT)
        self.precision = QComboBox()
        self.precision.setToolTip("Of the network's arithmetic; half precision is for GPUs")
        self.precision.setAccessibleName("Precision")
        self.sizes.foot.insertWidget(0, self.precision)
        tabs = QTabWidget()
        tabs.addTab(self.steps, "This video")
        tabs.addTab(self.sizes, "Network sizes")
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(self.messages)
        layout.addWidget(tabs, 1)
        for part in (self.steps, self.sizes):
            part.start.setAutoDefault(False)
            part.cancel.setAutoDefault(False)
            part.copy.setAutoDefault(False)
