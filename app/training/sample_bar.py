"""What the Samples tab is told: which batch of the run, how many images, and which network assigns anchor points."""

import random
from pathlib import Path

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from app.icons import icon
from app.theme import SPACE
from app.training.picture_marks import DOT_SIDES, draw_shape
from app.widgets.segments import Segments
from yolox_core.train.config import TrainConfig
from yolox_core.train.preview_records import START, Preview, PreviewRequest

COMPOSED, PLAIN = "composed", "plain"
MOST_IMAGES = 16
LARGEST = 1_000_000
PHASE_WIDTH = 200


class SampleBar(QWidget):
    """`changed` follows every edit and every roll."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Preview | None = None
        self.reroll = QPushButton(icon("refresh"), "Re-roll")
        self.reroll.setToolTip("Another batch of the run (R)")
        self.reroll.setShortcut("R")
        self.phase = Segments(
            (
                (COMPOSED, "Mosaic", "Epochs with mosaic and mixup"),
                (PLAIN, "Last epochs", "The last epochs, without mosaic and mixup"),
            )
        )
        self.phase.choose(COMPOSED)
        self.phase.setMinimumWidth(PHASE_WIDTH)
        self.epoch, self.step, self.images = _number(1, LARGEST), _number(1, LARGEST), _number(1, MOST_IMAGES)
        self.images.setValue(8)
        self.resized = QCheckBox("Input size of the step")
        self.resized.setToolTip("Bring samples to the size that this step is trained at, as multiscale training does")
        self.resized.setChecked(True)
        self.assigns = QCheckBox("Positive points")
        self.assigns.setToolTip("The anchor points that SimOTA lets learn each box")
        self.network = QComboBox()
        self.network.addItem("Start weights", START)
        self.network.setToolTip("The network whose predictions decide which points learn a box")
        self.legend = _Legend()
        self.place = QLabel()
        self.place.setProperty("look", "muted")
        self._lay_out()
        self._connect()
        self._follow_overlay()

    def request(self, config: TrainConfig) -> PreviewRequest:
        """What is asked for with these settings."""
        return PreviewRequest(
            config,
            epoch=self.epoch.value(),
            step=self.step.value(),
            images=self.images.value(),
            is_resized=self.resized.isChecked(),
            network=self.network.currentData() if self.assigns.isChecked() else "",
        )

    def show_preview(self, preview: Preview) -> None:
        """Follow what was made: a place that the run has, and its seed."""
        self._shown = preview
        request = preview.request
        for box, value in ((self.epoch, request.epoch), (self.step, request.step)):
            box.blockSignals(True)
            box.setMaximum(preview.epochs if box is self.epoch else preview.steps_per_epoch)
            box.setValue(value)
            box.blockSignals(False)
        self.phase.choose(PLAIN if preview.is_plain else COMPOSED)
        self.phase.buttons[PLAIN].setEnabled(preview.plain_epochs > 0)
        height, width = preview.shape
        self.place.setText(f"Seed {request.config.seed} · {width} × {height} px")
        self.place.setToolTip("The same seed, epoch and batch give the same samples, here and in the run")

    def offer_checkpoint(self, title: str, path: Path | None) -> None:
        """Offer a checkpoint under a title, or no longer."""
        place = self.network.findText(title)
        if place >= 0 and path is not None:
            self.network.setItemData(place, str(path))
        elif place >= 0:
            self.network.removeItem(place)
        elif path is not None:
            self.network.addItem(title, str(path))

    def _lay_out(self) -> None:
        rows = (
            (self.reroll, self.phase, self.resized),
            (QLabel("Epoch"), self.epoch, QLabel("Batch"), self.step, QLabel("Images"), self.images, self.place),
            (self.assigns, self.network, self.legend),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, 0)
        layout.setSpacing(SPACE // 2)
        for widgets in rows:
            row = QHBoxLayout()
            row.setSpacing(SPACE)
            for widget in widgets:
                row.addWidget(widget)
            row.addStretch(1)
            layout.addLayout(row)

    def _connect(self) -> None:
        self.reroll.clicked.connect(self._on_reroll)
        self.phase.chosen.connect(self._on_reroll)
        for box in (self.epoch, self.step, self.images):
            box.valueChanged.connect(self.changed)
        self.resized.toggled.connect(self.changed)
        self.assigns.toggled.connect(self._follow_overlay)
        self.assigns.toggled.connect(self.changed)
        self.network.activated.connect(self.changed)

    def _follow_overlay(self) -> None:
        for widget in (self.network, self.legend):
            widget.setVisible(self.assigns.isChecked())

    def _on_reroll(self) -> None:
        """Another epoch of the phase and another batch of it."""
        if self._shown is None:
            return
        first_plain = self._shown.epochs - self._shown.plain_epochs + 1
        epochs = (first_plain, self._shown.epochs) if self.phase.current == PLAIN else (1, first_plain - 1)
        before = (self.epoch.value(), self.step.value())
        place = before
        while place == before and (epochs[0] < epochs[1] or self._shown.steps_per_epoch > 1):
            place = (random.randint(*epochs), random.randint(1, self._shown.steps_per_epoch))
        place = place if epochs[0] <= place[0] <= epochs[1] else (epochs[0], place[1])
        for box, value in zip((self.epoch, self.step), place, strict=True):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self.changed.emit()


class _Legend(QWidget):
    """The shapes of the strides."""

    def sizeHint(self) -> QSize:
        """Room for three shapes and their numbers."""
        return QSize(len(DOT_SIDES) * 56, self.fontMetrics().height() + 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw each shape before its stride."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for place, stride in enumerate(DOT_SIDES):
            left = place * 56.0
            painter.setPen(self.palette().text().color())
            painter.setBrush(Qt.BrushStyle.NoBrush)
            draw_shape(painter, QPointF(left + 10, self.height() / 2), stride)
            room = self.rect().adjusted(int(left) + 22, 0, 0, 0)
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, str(stride))


def _number(lowest: int, highest: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(lowest, highest)
    box.setKeyboardTracking(False)
    box.setMaximumWidth(72)
    return box
