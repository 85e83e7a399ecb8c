"""How the Edit page is laid out: columns, headings, the row of buttons."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QSplitter, QToolBar, QToolButton, QVBoxLayout, QWidget

TOOLBAR = (
    ("previous_image", "next_image"),
    ("draw",),
    ("undo", "redo"),
    ("delete", "duplicate"),
    ("fit", "actual_size"),
    ("verify", "save"),
)
WITH_TEXT = ("draw", "verify", "save")


def lay_out(page: QWidget, *, left: QWidget, middle: QWidget, right: QWidget) -> None:
    """Three columns whose borders can be dragged; the middle one grows."""
    splitter = QSplitter(Qt.Orientation.Horizontal, page)
    for part in (left, middle, right):
        splitter.addWidget(part)
    splitter.setStretchFactor(1, 1)
    splitter.setSizes([220, 900, 250])
    splitter.setChildrenCollapsible(False)
    layout = QVBoxLayout(page)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(splitter)


def working_column(*bars: QWidget, canvas: QWidget, status: QWidget) -> QWidget:
    """Bars, the canvas that takes all the room that is left, and the status line."""
    column = _column(*bars)
    layout = column.layout()
    assert isinstance(layout, QVBoxLayout)
    layout.setSpacing(0)
    layout.addWidget(canvas, 1)
    layout.addWidget(status)
    return column


def stacked(upper: QWidget, lower: QWidget) -> QSplitter:
    """Two parts one above the other, whose border can be dragged."""
    splitter = QSplitter(Qt.Orientation.Vertical)
    splitter.addWidget(upper)
    splitter.addWidget(lower)
    splitter.setSizes([260, 340])
    return splitter


def titled(title: str, widget: QWidget) -> QWidget:
    """A widget under a heading."""
    label = QLabel(title)
    label.setProperty("look", "heading")
    column = _column(label, widget)
    layout = column.layout()
    assert layout is not None
    layout.setContentsMargins(8, 8, 8, 8)
    return column


def button_row(actions: Mapping[str, QAction]) -> QToolBar:
    """The buttons above the canvas."""
    bar = QToolBar()
    bar.setIconSize(QSize(20, 20))
    for index, group in enumerate(TOOLBAR):
        if index:
            bar.addSeparator()
        for name in group:
            bar.addAction(actions[name])
            button = bar.widgetForAction(actions[name])
            if name in WITH_TEXT and isinstance(button, QToolButton):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return bar


def _column(*widgets: QWidget) -> QWidget:
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    return column
