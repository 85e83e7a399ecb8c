"""The choice of a split of the open data set, or of none in particular."""

from collections.abc import Collection

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from app.widgets.inputs import CustomInput


class SplitInput(CustomInput):
    """Edits a field that names a split; `automatic` is the text of the empty value, where that is allowed.

    `undivided` says what is used of a data set that has no splits.
    """

    def __init__(self, undivided: str, *, automatic: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._undivided, self._automatic = undivided, automatic
        self.box = QComboBox()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.offer(())
        self.box.currentIndexChanged.connect(self.edited)

    def read(self) -> str:
        """The name of the split."""
        return str(self.box.currentData() or "")

    def write(self, value: str) -> None:
        """Choose a split, also one that the data set does not have."""
        if self.box.findData(value) < 0:
            self.box.addItem(value, value)
        self.box.setCurrentIndex(self.box.findData(value))

    def offer(self, names: Collection[str], *, default: str = "") -> None:
        """Offer these splits, and choose one."""
        with QSignalBlocker(self.box):
            self.box.clear()
            if not names:
                self.box.addItem(self._undivided, default)
            elif self._automatic:
                self.box.addItem(self._automatic, "")
            for name in names:
                self.box.addItem(name, name)
            self.write(default)
        self.box.setEnabled(self.box.count() > 1)

    def text_of(self, value: str) -> str:
        """The split, or the text of the empty value."""
        return value or self._automatic or "none"
