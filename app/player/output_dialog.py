"""The question what to write of a video: which frames, with track numbers or not, and in which format."""

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QWidget

from app.player.span import SpanInput


@dataclass(frozen=True, slots=True)
class OutputChoice:
    """What to write; no span is the whole video. With `only_known` frames not looked at yet are left out."""

    span: range | None = None
    has_track_numbers: bool = False
    only_known: bool = False


class OutputDialog(QDialog):
    """`formats` maps what to show to the end of a file name; `known` frames have been looked at already.

    `span` are the first and last frame to offer, those of the whole video where there is none.
    """

    def __init__(
        self,
        title: str,
        frames: int,
        parent: QWidget,
        *,
        formats: Mapping[str, str] | None = None,
        known: int = 0,
        span: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.span = SpanInput(frames, span or (0, frames - 1))
        self.tracks = QCheckBox("Number objects from frame to frame")
        self.only_known = QCheckBox(f"Only the {known} of {frames} frames looked at so far")
        self.format = QComboBox()
        for text, ending in (formats or {}).items():
            self.format.addItem(text, ending)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText("Choose file…")
        form = QFormLayout(self)
        if formats:
            form.addRow("Format", self.format)
        form.addRow("Frames", self.span)
        form.addRow(self.tracks)
        if 0 < known < frames:
            form.addRow(self.only_known)
        form.addRow(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)

    @property
    def choice(self) -> OutputChoice:
        """What was asked for."""
        return OutputChoice(self.span.span, self.tracks.isChecked(), self.only_known.isChecked())

    @property
    def ending(self) -> str:
        """How the name of the file is to end."""
        return str(self.format.currentData())
