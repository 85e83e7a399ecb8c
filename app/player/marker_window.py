"""The list of markers: a row each, notes written in place, a click goes to the frame."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.player.marker_files import Marker
from app.player.timeline import time_text
from app.theme import SPACE
from app.widgets.message_bar import MessageBar

SIZE = 520, 360
FRAME, TIME, NOTE = range(3)
HINT = "M marks the frame at the playhead. A click goes to a frame; write the note in its row."


class MarkerWindow(QDialog):
    """Stays open beside the video. Frames count from 0 in all signals."""

    note_written = Signal(int, str)
    removed = Signal(list)  # list[int]
    frame_requested = Signal(int)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Markers and notes")
        self.resize(*SIZE)
        self._markers: tuple[Marker, ...] = ()
        self.messages = MessageBar()
        self.table = QTableWidget(0, 3)
        self.table.setObjectName("speed")
        self.table.setHorizontalHeaderLabels(("Frame", "Time", "Note"))
        self.table.horizontalHeader().setSectionResizeMode(NOTE, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setAccessibleName("Markers of this video")
        self.table.currentCellChanged.connect(self._on_current_changed)
        self.table.cellChanged.connect(self._on_cell_changed)
        hint = QLabel(HINT, textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        hint.setProperty("look", "muted")
        self.remove, self.save = QPushButton("Remove"), QPushButton("Save CSV…")
        self.remove.clicked.connect(lambda: self.removed.emit(self._chosen()))
        self.table.itemSelectionChanged.connect(lambda: self.remove.setEnabled(bool(self._chosen())))
        foot = QHBoxLayout()
        foot.addWidget(hint, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        for button in (self.remove, self.save):
            button.setAutoDefault(False)
            foot.addWidget(button)
        layout.addWidget(self.messages)
        layout.addWidget(self.table, 1)
        layout.addLayout(foot)

    def show_markers(self, markers: Sequence[Marker], times_s: Sequence[float]) -> None:
        """List markers; the row at hand stays so."""
        blocker = QSignalBlocker(self.table)
        row = self.table.currentRow()
        self._markers = tuple(markers)
        self.table.setRowCount(len(markers))
        for place, (marker, time_s) in enumerate(zip(markers, times_s, strict=True)):
            for column, text in ((FRAME, f"{marker.frame + 1:,}"), (TIME, time_text(time_s, decimals=2))):
                item = QTableWidgetItem(text)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
                self.table.setItem(place, column, item)
            self.table.setItem(place, NOTE, QTableWidgetItem(marker.note))
        self.table.setCurrentCell(min(row, len(markers) - 1), NOTE)
        blocker.unblock()
        self.remove.setEnabled(bool(self._chosen()))
        self.save.setEnabled(bool(markers))

    def edit(self, frame: int) -> None:
        """Begin to write the note of a marker."""
        row = [marker.frame for marker in self._markers].index(frame)
        self.activateWindow()
        self.table.setFocus()
        self.table.setCurrentCell(row, NOTE)
        self.table.edit(self.table.model().index(row, NOTE))

    def _chosen(self) -> list[int]:
        rows: list[QModelIndex] = self.table.selectionModel().selectedRows()
        return [self._markers[index.row()].frame for index in rows]

    def _on_current_changed(self, row: int, _column: int, row_before: int, _column_before: int) -> None:
        if row != row_before and 0 <= row < len(self._markers):
            self.frame_requested.emit(self._markers[row].frame)

    def _on_cell_changed(self, row: int, column: int) -> None:
        if column == NOTE:
            note: str = self.table.model().index(row, NOTE).data()
            self.note_written.emit(self._markers[row].frame, note)
