"""The slim bar above the canvas with brightness, contrast and gamma of the picture on screen."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QSlider, QWidget

from app.editor.tones import LIMIT, Tones
from app.theme import SPACE

TITLES = {"brightness": "Brightness", "contrast": "Contrast", "gamma": "Gamma"}


class ToneBar(QFrame):
    """Three sliders, Auto and Reset; it shows tones and asks for others."""

    tones_wanted = Signal(object)  # Tones
    stretch_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tones = Tones()
        self.setProperty("look", "note")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.sliders = {name: QSlider(Qt.Orientation.Horizontal) for name in TITLES}
        self._values = {name: QLabel() for name in TITLES}
        self.auto = _button("Auto", "Stretch the levels of this picture from black to white")
        self.reset = _button("Reset", "Show pictures as they are")
        self._lay_out()
        self.auto.clicked.connect(self.stretch_wanted)
        self.reset.clicked.connect(lambda: self.tones_wanted.emit(Tones()))
        self.show_tones(self._tones)
        self.hide()

    def show_tones(self, tones: Tones) -> None:
        """Show these tones."""
        self._tones = tones
        for name, slider in self.sliders.items():
            with QSignalBlocker(slider):
                slider.setValue(getattr(tones, name))
        self._values["brightness"].setText(f"{tones.brightness:+d}")
        self._values["contrast"].setText(f"× {tones.slope:.2g}")
        self._values["gamma"].setText(f"{tones.gamma_value:.2f}")
        self.reset.setDisabled(tones.is_neutral)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE * 3 // 2, SPACE // 2, SPACE, SPACE // 2)
        row.setSpacing(SPACE)
        for name, slider in self.sliders.items():
            title, value = QLabel(TITLES[name]), self._values[name]
            title.setProperty("look", "muted")
            title.setBuddy(slider)
            slider.setRange(-LIMIT, LIMIT)
            slider.setPageStep(10)
            slider.setMinimumWidth(36)
            slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            slider.setAccessibleName(TITLES[name])
            slider.valueChanged.connect(self._asking_for(name))
            value.setFixedWidth(value.fontMetrics().horizontalAdvance("× 0.06"))
            row.addWidget(title)
            row.addWidget(slider, 1)
            row.addWidget(value)
        row.addWidget(self.auto)
        row.addWidget(self.reset)

    def _asking_for(self, name: str) -> Callable[[int], None]:
        return lambda value: self.tones_wanted.emit(replace(self._tones, **{name: value}))


def _button(text: str, help_text: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(help_text)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
