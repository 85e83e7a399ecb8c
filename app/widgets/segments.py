"""A few words side by side of which one is chosen: a switch whose positions can all be read."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QSizePolicy, QWidget

from app.theme import SPACE

Choice = tuple[str, str, str]  # name, title, tooltip


class Segments(QWidget):
    """`chosen` carries the name of a button that the user clicked; none is pressed in while `current` is empty."""

    chosen = Signal(str)

    def __init__(self, choices: Sequence[Choice], *, columns: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.buttons: dict[str, QPushButton] = {}
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        for place, (name, title, tip) in enumerate(choices):
            button = QPushButton(title)
            button.setCheckable(True)
            button.setProperty("look", "segment")
            button.setToolTip(tip)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setMinimumWidth(button.sizeHint().width())
            button.clicked.connect(lambda _checked=False, name=name: self._on_clicked(name))
            layout.addWidget(button, *divmod(place, columns or len(choices)))
            self.buttons[name] = button

    @property
    def current(self) -> str:
        """The name of the button that is pressed in."""
        return next((name for name, button in self.buttons.items() if button.isChecked()), "")

    def choose(self, name: str) -> None:
        """Press one button in, or none."""
        for other, button in self.buttons.items():
            button.setChecked(other == name)

    def _on_clicked(self, name: str) -> None:
        self.choose(name)
        self.chosen.emit(name)
