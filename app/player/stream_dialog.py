"""The question which camera or stream to open."""

from collections.abc import Sequence

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QLineEdit, QWidget

HINT = (
    "rtsp://, http:// or udp:// with user and password if needed (they are not kept), "
    "or a camera of this machine: /dev/video0 on Linux, 0 on macOS, video=Name on Windows."
)
WIDTH = 520


class StreamDialog(QDialog):
    """An address, typed or chosen among cameras found and streams opened before."""

    def __init__(self, cameras: Sequence[str], recent: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a camera or stream")
        self.setMinimumWidth(WIDTH)
        self.choice = QComboBox(editable=True)
        self.choice.addItems([*recent, *(camera for camera in cameras if camera not in recent)])
        self.choice.setCurrentIndex(0 if self.choice.count() else -1)
        line = QLineEdit(placeholderText="rtsp://camera.local/stream")
        self.choice.setLineEdit(line)
        self.choice.setAccessibleName("Address")
        hint = QLabel(HINT, wordWrap=True)
        hint.setProperty("look", "muted")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        self.button = buttons.button(QDialogButtonBox.StandardButton.Open)
        form = QFormLayout(self)
        form.addRow("Address", self.choice)
        form.addRow(hint)
        form.addRow(buttons)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.choice.currentTextChanged.connect(lambda text: self.button.setEnabled(bool(text.strip())))
        self.button.setEnabled(bool(self.address))

    @property
    def address(self) -> str:
        """What was typed or chosen."""
        return self.choice.currentText().strip()
