"""What is above the plots of a run: their axis, their smoothing, which of them, and which stretch."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from app.theme import SPACE
from app.training.chart_axis import AXIS_TEXTS
from app.training.curve_settings import WINDOWS, CurveSettings
from app.training.curve_table import CHARTS
from app.training.pick_button import PickButton


class CurveBar(QWidget):
    """Shows CurveSettings and tells which the user wishes."""

    settings_wished = Signal(object)  # CurveSettings
    all_wished = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings = CurveSettings()
        self.axis = QComboBox()
        for key, text in AXIS_TEXTS.items():
            self.axis.addItem(f"By {text.lower()}", key)
        self.axis.setToolTip("What the plots run along; time counts steps and evaluations, not pauses")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, len(WINDOWS) - 1)
        self.smoothing.setPageStep(1)
        self.smoothing.setFixedWidth(110)
        self.smoothing.setToolTip("Each point is the mean of so many steps; the steps themselves lie faint behind")
        self.smoothing_text = QLabel()
        self.smoothing_text.setProperty("look", "muted")
        self.smoothing_text.setMinimumWidth(self.fontMetrics().horizontalAdvance("5,000 steps"))
        self.is_log = QCheckBox("Log loss")
        self.is_log.setToolTip("Draw the losses on a logarithmic axis")
        self.charts = PickButton("Plots")
        self.all = QPushButton("Show all")
        self.all.setToolTip("Back to the whole run (double click in a plot)")
        self.all.hide()
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACE)
        for widget in (self.axis, QLabel("Smoothing"), self.smoothing, self.smoothing_text, self.is_log):
            self._row.addWidget(widget)
        self._row.addStretch(1)
        for button in (self.all, self.charts):
            self._row.addWidget(button)
        self._connect()

    def add_tool(self, widget: QWidget) -> None:
        """Put a widget at the end."""
        self._row.addWidget(widget)

    def show_settings(self, settings: CurveSettings) -> None:
        """Show these settings; tells nobody."""
        self._settings = settings
        with QSignalBlocker(self.axis), QSignalBlocker(self.smoothing), QSignalBlocker(self.is_log):
            self.axis.setCurrentIndex(self.axis.findData(settings.axis))
            self.smoothing.setValue(settings.smoothing)
            self.is_log.setChecked(settings.is_log)
        window = settings.window
        self.smoothing_text.setText(f"{window:,} steps" if window > 1 else "none")

    def _connect(self) -> None:
        self.axis.currentIndexChanged.connect(lambda _: self._wish(axis=self.axis.currentData()))
        self.smoothing.valueChanged.connect(lambda place: self._wish(smoothing=place))
        self.is_log.toggled.connect(lambda is_on: self._wish(is_log=is_on))
        self.charts.picked.connect(lambda keys: self._wish(charts=keys or (CHARTS[0].key,)))
        self.charts.opened.connect(
            lambda: self.charts.set_rows([(spec.key, spec.title) for spec in CHARTS], self._settings.charts)
        )
        self.all.clicked.connect(self.all_wished)

    def _wish(self, **changes: object) -> None:
        self.settings_wished.emit(replace(self._settings, **changes))  # type: ignore[arg-type]
