"""The field of the frame number: it takes a number, a time, or so many frames on or back."""

import re
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QSpinBox, QToolTip, QWidget

NUMBER = re.compile(r"([+-]?)(\d+)")
TIME = re.compile(r"(?:(\d+):)?(\d{1,2}):(\d{1,2}(?:[.,]\d*)?)|(\d+(?:[.,]\d*)?) ?s")
HELP = "A frame number, a time such as 1:02:03.5, 12:34 or 90 s, or frames on or back such as +50 and -10"


def frame_of(text: str, *, current: int, times_s: Sequence[float]) -> int | None:
    """The frame, from 0, that a text names: kept within the video, None where it names none.

    `12` is the twelfth frame, `+5` the fifth after `current`, `1:02.5` and `62.5 s` the frame on show at that time.
    """
    text = text.strip()
    if number := NUMBER.fullmatch(text):
        sign, count = number[1], int(number[2])
        index = current + count * (-1 if sign == "-" else 1) if sign else count - 1
        return min(max(index, 0), len(times_s) - 1)
    if time := TIME.fullmatch(text):
        hours, minutes, seconds, alone = time.groups()
        parts = (alone,) if alone else (seconds, minutes, hours or 0)
        time_s = sum(float(str(part).replace(",", ".")) * 60**power for power, part in enumerate(parts))
        return max(int(np.searchsorted(times_s, time_s + 1e-6, side="right")) - 1, 0)
    return None


class FrameBox(QSpinBox):
    """Shows a frame, numbered from 1. `frame_typed` follows a text that names one, `left` every end of typing."""

    frame_typed = Signal(int)  # from 0
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times_s: Sequence[float] = ()
        self.setRange(0, 0)
        self.setKeyboardTracking(False)
        self.setAccessibleName("Frame number")
        self.valueChanged.connect(lambda number: self.frame_typed.emit(number - 1))
        self.editingFinished.connect(self.left)

    def set_times(self, times_s: Sequence[float]) -> None:
        """Begin with another video whose frames are shown at these seconds."""
        self._times_s = times_s
        with QSignalBlocker(self):
            self.setRange(1, len(times_s))

    def show_frame(self, index: int) -> None:
        """Show the number of a frame; tells nobody."""
        with QSignalBlocker(self):
            self.setValue(index + 1)

    def validate(self, text: str, place: int) -> tuple[QValidator.State, str, int]:
        """Any text may be typed; one that names no frame is not taken."""
        state = QValidator.State.Acceptable if self._named(text) is not None else QValidator.State.Intermediate
        return state, text, place

    def valueFromText(self, text: str) -> int:
        """The number of the frame that a text names."""
        index = self._named(text)
        return self.value() if index is None else index + 1

    def fixup(self, text: str) -> str:
        """Say what can be typed, and show the frame of before."""
        corner = self.mapToGlobal(self.rect().topLeft())
        QToolTip.showText(corner, f"“{text}” names no frame. {HELP}.", self)
        return self.textFromValue(self.value())

    def _named(self, text: str) -> int | None:
        return frame_of(text, current=self.value() - 1, times_s=self._times_s) if len(self._times_s) else None
