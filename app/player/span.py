"""A span of frames of the open video, as two numbers that count from 1."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSpinBox, QWidget

from app.theme import SPACE


class SpanInput(QWidget):
    """From the first to the last frame wanted, both included; at first those of `offered`, counted from 0."""

    changed = Signal()

    def __init__(self, frames: int, offered: tuple[int, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first = QSpinBox(minimum=1, maximum=frames, value=offered[0] + 1)
        self.last = QSpinBox(minimum=offered[0] + 1, maximum=frames, value=offered[1] + 1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.first, 1)
        layout.addWidget(QLabel("to"))
        layout.addWidget(self.last, 1)
        self.first.valueChanged.connect(self._on_first_changed)
        self.last.valueChanged.connect(self.changed)

    @property
    def span(self) -> range:
        """The frames, counted from 0."""
        return range(self.first.value() - 1, self.last.value())

    def _on_first_changed(self, first: int) -> None:
        self.last.setMinimum(first)
        self.changed.emit()
