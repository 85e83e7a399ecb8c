"""The choice of a device, by name and free memory; the machine is asked in a job, since only torch knows its GPUs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.jobs import Job
from app.session import Session
from app.theme import SPACE
from app.widgets.inputs import CustomInput

if TYPE_CHECKING:
    from yolox_core.infer.devices import Devices

AUTO = "auto"
UNASKED = (("cpu", "CPU"), ("cuda", "NVIDIA GPU"), ("mps", "Apple GPU"))


class DeviceInput(CustomInput):
    """Edits the field `device`: automatic first, then what the machine has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox(sizeAdjustPolicy=QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.box.setMinimumContentsLength(12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self._offer("Automatic", UNASKED)
        self.box.currentIndexChanged.connect(self._on_chosen)

    def read(self) -> str:
        """The word of the device."""
        return str(self.box.currentData())

    def write(self, value: str) -> None:
        """Choose a device, also one that this machine does not have."""
        if self.box.findData(value) < 0:
            self.box.addItem(value, value)
        self.box.setCurrentIndex(self.box.findData(value))

    def show_devices(self, devices: "Devices") -> None:
        """Offer the devices of this machine; the chosen one stays chosen."""
        first = devices.choices[0]
        self._offer(f"Automatic: {first.text}", [(choice.word, choice.text) for choice in devices.choices])

    def _offer(self, automatic: str, others: "list[tuple[str, str]] | tuple[tuple[str, str], ...]") -> None:
        chosen = self.box.currentData() or AUTO
        with QSignalBlocker(self.box):
            self.box.clear()
            for word, text in ((AUTO, automatic), *others):
                self.box.addItem(text, word)
            self.write(chosen)
        self.box.view().setMinimumWidth(self.box.view().sizeHintForColumn(0) + SPACE * 2)
        self._on_chosen()

    def _on_chosen(self) -> None:
        self.note = self.box.currentText()
        self.edited.emit()


class Machine(QObject):
    """Asks once what devices there are; `told` carries Devices."""

    told = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_asked = False

    def ask(self) -> None:
        """Ask, unless that was done."""
        if not self._is_asked:
            self._is_asked = True
            job = Job(_devices)
            job.record_ready.connect(self.told)
            self._session.start(job)


def _devices() -> "Iterator[Devices]":
    from yolox_core.infer.devices import list_devices

    yield list_devices()
