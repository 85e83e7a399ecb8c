"""The line under the canvas: which image, its state, how it is shown, the pointer, the zoom."""

from textwrap import shorten

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from yolox_core.dataset.convention import Convention
from yolox_core.records import Annotation

NOTE_LENGTH = 60


def state_text(annotation: Annotation, *, is_dirty: bool, is_read_only: bool) -> str:
    """State, number of boxes and what is to be known about saving, in words."""
    count = len(annotation.boxes)
    parts = [annotation.state.value, "1 box" if count == 1 else f"{count} boxes"]
    if annotation.note:
        parts.append(f"note: {shorten(annotation.note, NOTE_LENGTH, placeholder=' …')}")
    if is_read_only:
        parts.append("read-only")
    elif is_dirty:
        parts.append("● not saved")
    return "  ·  ".join(parts)


class Readout(QWidget):
    """A short text that changes with every move of the mouse: painted, because a QLabel lays out the page each time."""

    def __init__(self, widest: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        metrics = self.fontMetrics()
        self.setFixedSize(metrics.horizontalAdvance(widest) + 4, metrics.height())

    def show_text(self, text: str) -> None:
        """Show another text."""
        if text != self.text:
            self.text = text
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The text, at the right."""
        QPainter(self).drawText(self.rect(), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.text)


class StatusLine(QWidget):
    """Which image, its state, the pointer, the zoom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place, self._state, self._look, self._convention = QLabel(), QLabel(), QLabel(), QLabel()
        self._convention.setProperty("look", "muted")
        self._look.hide()
        self._pointer, self._zoom = Readout("x 00000  y 00000"), Readout("0000 %")
        self._place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 3, 8, 3)
        layout.setSpacing(20)
        layout.addWidget(self._place, 1)
        for widget in (self._state, self._look, self._convention, self._pointer, self._zoom):
            layout.addWidget(widget)

    def show_place(self, number: int, total: int, name: str) -> None:
        """Show the image's number in the list, 0 when it is not listed."""
        place = f"{number:,} / {total:,}" if number else f"– / {total:,}"
        self._place.setText(f"{place}   {name}" if name else "")

    def show_state(self, text: str) -> None:
        """Show the state of the image in words."""
        if text != self._state.text():
            self._state.setText(text)

    def show_look(self, text: str) -> None:
        """Show what is not as usual in how the image is shown; nothing for an empty text."""
        self._look.setText(text)
        self._look.setVisible(bool(text))

    def show_convention(self, convention: Convention | None) -> None:
        """Show how the labels of the folder count pixels."""
        self._convention.setText(f"xmin … xmax: {convention.span}" if convention else "")
        self._convention.setToolTip(f"{convention.title}. Edit > How labels count pixels" if convention else "")

    def show_pointer(self, at: tuple[float, float] | None) -> None:
        """Show the image pixel under the pointer."""
        self._pointer.show_text(f"x {int(at[0] // 1)}  y {int(at[1] // 1)}" if at is not None else "")

    def show_zoom(self, scale: float) -> None:
        """Show the scale in per cent; nothing for 0."""
        self._zoom.show_text(f"{scale * 100:.0f} %" if scale else "")

    @property
    def text(self) -> str:
        """All texts in one line."""
        shown = (self._place, self._state, self._look, self._convention)
        labels = (*(label.text() for label in shown), self._pointer.text, self._zoom.text)
        return "  ".join(labels)
