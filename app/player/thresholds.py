"""The sliders that decide which candidates are boxes: confidence, overlap, one class or all."""

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QSlider, QWidget

from yolox_core.infer.thresholds import Thresholds

STEPS = 100


class ShareSlider(QWidget):
    """A slider and a number for a share of 0 to 1, in hundredths."""

    value_changed = Signal(float)

    def __init__(self, name: str, text: str, help_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setPageStep(5)
        self.slider.setObjectName(name)
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.number = QDoubleSpinBox(minimum=0, maximum=1, singleStep=0.01, decimals=2)
        self.number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.number.setKeyboardTracking(False)
        label = QLabel(text)
        label.setBuddy(self.number)
        for part in (label, self.slider, self.number):
            part.setToolTip(help_text)
        self.slider.setAccessibleName(text)
        self.number.setAccessibleName(text)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setVerticalSpacing(2)
        layout.addWidget(label, 0, 0)
        layout.addWidget(self.slider, 1, 0)
        layout.addWidget(self.number, 1, 1)
        layout.setColumnStretch(0, 1)
        self.slider.valueChanged.connect(self._on_slid)
        self.number.valueChanged.connect(self._on_typed)

    def set_value(self, value: float) -> None:
        """Show a value; nothing is emitted."""
        with QSignalBlocker(self.slider), QSignalBlocker(self.number):
            self.slider.setValue(round(value * STEPS))
            self.number.setValue(value)

    def _on_slid(self, step: int) -> None:
        with QSignalBlocker(self.number):
            self.number.setValue(step / STEPS)
        self.value_changed.emit(step / STEPS)

    def _on_typed(self, value: float) -> None:
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value * STEPS))
        self.value_changed.emit(value)


class ThresholdPanel(QWidget):
    """Both sliders and the switch for all classes."""

    thresholds_changed = Signal(object)  # Thresholds

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thresholds = Thresholds()
        self.confidence = ShareSlider("confidence", "Confidence", "Boxes that score less are not shown")
        self.overlap = ShareSlider(
            "overlap", "Overlap (NMS)", "Of two boxes that overlap by more than this IoU, only the better one is shown"
        )
        self.agnostic = QCheckBox("Across classes")
        self.agnostic.setToolTip("Let boxes of different classes suppress one another too (class-agnostic NMS)")
        self.agnostic.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.confidence)
        layout.addWidget(self.overlap)
        layout.addWidget(self.agnostic)
        self.set_thresholds(self._thresholds)
        self.confidence.value_changed.connect(self._on_confidence_changed)
        self.overlap.value_changed.connect(self._on_overlap_changed)
        self.agnostic.checkStateChanged.connect(self._on_agnostic_changed)

    @property
    def thresholds(self) -> Thresholds:
        """What the controls say."""
        return self._thresholds

    def set_thresholds(self, thresholds: Thresholds) -> None:
        """Show other thresholds; nothing is emitted."""
        self._thresholds = thresholds
        self.confidence.set_value(thresholds.conf_threshold)
        self.overlap.set_value(thresholds.nms_threshold)
        with QSignalBlocker(self.agnostic):
            self.agnostic.setChecked(thresholds.class_agnostic)

    def change(self, **parts: object) -> None:
        """Set other parts of the thresholds than the sliders': `own`, `region`."""
        self._change(replace(self._thresholds, **parts))  # type: ignore[arg-type]

    def _on_confidence_changed(self, value: float) -> None:
        self._change(replace(self._thresholds, conf_threshold=value))

    def _on_overlap_changed(self, value: float) -> None:
        self._change(replace(self._thresholds, nms_threshold=value))

    def _on_agnostic_changed(self, state: Qt.CheckState) -> None:
        self._change(replace(self._thresholds, class_agnostic=state == Qt.CheckState.Checked))

    def _change(self, thresholds: Thresholds) -> None:
        self._thresholds = thresholds
        self.thresholds_changed.emit(thresholds)
