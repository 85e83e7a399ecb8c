"""The question which frames become images of the data set, and how."""

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from app.player.span import SpanInput
from yolox_core.drafts.sending import SendOptions

PNG, JPEG, NO_SPLIT = "PNG, exact pixels", "JPEG", "None"
WIDTH = 400


class SendDialog(QDialog):
    """Every Nth frame of a span, at first `span` or the whole video, or the frames whose numbers are typed."""

    def __init__(
        self,
        frames: int,
        splits: tuple[str, ...],
        options: SendOptions,
        parent: QWidget,
        *,
        span: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Send frames to the data set")
        self.setMinimumWidth(WIDTH)
        self._frames = frames
        self.span = SpanInput(frames, span or (0, frames - 1))
        self.every = QSpinBox(minimum=1, maximum=max(frames, 1), value=min(25, frames), suffix=" frames")
        self.listed = QLineEdit(placeholderText="Instead: numbers such as 12, 40-44, 97")
        self.kind = QComboBox()
        self.kind.addItems((PNG, JPEG))
        self.kind.setCurrentText(PNG if options.is_png else JPEG)
        self.quality = QSpinBox(minimum=1, maximum=100, value=options.jpeg_quality)
        self.split = QComboBox()
        self.split.addItems((NO_SPLIT, *splits))
        self.split.setCurrentText(options.split or NO_SPLIT)
        self.alike = QCheckBox("Leave out frames that look almost the same")
        self.alike.setChecked(options.leaves_out_alike)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.send = buttons.button(QDialogButtonBox.StandardButton.Ok)
        form = QFormLayout(self)
        form.addRow("Frames", self.span)
        form.addRow("One of every", self.every)
        form.addRow("Listed", self.listed)
        form.addRow("Picture", self.kind)
        form.addRow("JPEG quality", self.quality)
        form.addRow("Split", self.split)
        form.addRow(self.alike)
        form.addRow(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.kind.currentTextChanged.connect(self._refresh)
        self.listed.textChanged.connect(self._refresh)
        self.every.valueChanged.connect(self._refresh)
        self.span.changed.connect(self._refresh)
        self._refresh()

    @property
    def numbers(self) -> list[int]:
        """The frames asked for, counted from 0."""
        if self.listed.text().strip():
            return numbers_in(self.listed.text(), self._frames)
        return list(self.span.span[:: self.every.value()])

    @property
    def options(self) -> SendOptions:
        """How they become images."""
        split = self.split.currentText()
        return SendOptions(
            is_png=self.kind.currentText() == PNG,
            jpeg_quality=self.quality.value(),
            split="" if split == NO_SPLIT else split,
            leaves_out_alike=self.alike.isChecked(),
        )

    def _refresh(self) -> None:
        is_listed = bool(self.listed.text().strip())
        self.span.setEnabled(not is_listed)
        self.every.setEnabled(not is_listed)
        self.quality.setEnabled(self.kind.currentText() == JPEG)
        count = len(self.numbers)
        self.send.setText("Send 1 frame" if count == 1 else f"Send {count} frames")
        self.send.setEnabled(count > 0)


def numbers_in(text: str, frames: int) -> list[int]:
    """Frames counted from 0 of a text such as `3, 7-9`, which counts from 1; what is no frame is left out."""
    numbers: set[int] = set()
    for part in text.replace(";", ",").split(","):
        first, _, last = part.strip().partition("-")
        if first.strip().isdecimal() and (not last or last.strip().isdecimal()):
            numbers.update(range(int(first) - 1, min(int(last or first), frames)))
    return sorted(number for number in numbers if 0 <= number < frames)
