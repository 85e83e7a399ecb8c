"""A list view for a million rows of one height: QListView asks its model twice for each of them at every reset."""

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from app.editor.image_rows import ROW_HEIGHT

Step = QAbstractItemView.CursorAction


class RowView(QTableView):
    """A table of one column that looks and steps like a list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, showGrid=False, wordWrap=False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.set_row_height(ROW_HEIGHT)

    def set_row_height(self, height: int) -> None:
        """Make every row so high."""
        self.verticalHeader().setDefaultSectionSize(height)

    def moveCursor(self, action: Step, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End go to the first and the last row."""
        if action in (Step.MoveHome, Step.MoveEnd):
            last = self.model().rowCount() - 1
            return self.model().index(0 if action == Step.MoveHome else last, 0)
        return super().moveCursor(action, modifiers)
