"""What a run is told before it starts: splits, start weights, device, and the form of all other settings."""

from dataclasses import fields, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.theme import SPACE
from app.training.start_weights import StartWeights
from app.widgets.form import Form
from yolox_core.dataset.folder import DataFolder
from yolox_core.train.config import TrainConfig, recipe

DEVICES = ("auto", "cpu", "cuda", "mps")
NARROWEST = SPACE * 40
AUTOMATIC = "automatic"
LABEL_WIDTH = 88
RECIPE_FIELDS = ("size", "epochs", "batch_size", "device", "weights", "train_split", "val_split", "workers", "seed")
"""Choices that stay when another network size brings its recipe."""


class Setup(QWidget):
    """The left side of the page. `start_requested` carries a TrainConfig whose fields lie in their ranges."""

    start_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folder: DataFolder | None = None
        self._is_busy = False
        self._size = TrainConfig.size
        self.train_split, self.val_split, self.device = QComboBox(), QComboBox(), QComboBox()
        self.device.addItems(DEVICES)
        self.weights = StartWeights()
        own = {"device", "weights", "train_split", "val_split"}
        names = [f.name for f in fields(TrainConfig) if f.name not in own]
        self.form = Form(recipe(self._size), names=names, depth="usual", shows_help=False)
        self.shows_everything = QCheckBox("Show every setting")
        self.reason = QLabel(wordWrap=True)
        self.reason.setProperty("look", "muted")
        self.start = QPushButton("Start training")
        self.start.setProperty("look", "primary")
        self._lay_out()
        self.form.changed.connect(self._on_changed)
        self.shows_everything.toggled.connect(self._on_depth)
        self.start.clicked.connect(self._on_start)
        self.set_folder(None)

    def set_folder(self, folder: DataFolder | None) -> None:
        """Offer the splits of a data set."""
        self._folder = folder
        for box, first in ((self.train_split, ""), (self.val_split, AUTOMATIC)):
            box.clear()
            if first:
                box.addItem(first)
            box.addItems(list(folder.splits) if folder else [])
            box.setEnabled(folder is not None and bool(folder.splits))
        self.train_split.setCurrentText("train")
        self._on_changed()

    def set_busy(self, is_busy: bool) -> None:  # noqa: FBT001 - a slot
        """Whether a run is under way: there is one at a time."""
        self._is_busy = is_busy
        self._on_changed()

    def config(self) -> TrainConfig:
        """The settings on show."""
        shown: TrainConfig = self.form.record()
        val = self.val_split.currentText()
        return replace(
            shown,
            device=self.device.currentText(),
            weights=self.weights.weights,
            train_split=self.train_split.currentText() or "train",
            val_split="" if val == AUTOMATIC else val,
        )

    def set_config(self, config: TrainConfig) -> None:
        """Show these settings."""
        self._size = config.size
        self.form.set_record(config)
        self.device.setCurrentText(config.device)
        self.weights.set_weights(config.weights)
        self.train_split.setCurrentText(config.train_split)
        self.val_split.setCurrentText(config.val_split or AUTOMATIC)

    def _lay_out(self) -> None:
        rows = self._own_rows()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        column.setSpacing(SPACE * 3 // 2)
        column.addLayout(rows)
        column.addWidget(_line())
        column.addWidget(self.form)
        column.addWidget(self.shows_everything)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        foot = QVBoxLayout()
        foot.setContentsMargins(SPACE * 2, SPACE, SPACE * 2, SPACE * 2)
        foot.addWidget(self.reason)
        foot.addWidget(self.start)
        self.setMinimumWidth(NARROWEST)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(scroll, 1)
        layout.addWidget(_line())
        layout.addLayout(foot)

    def _own_rows(self) -> QGridLayout:
        """The choices that no specification describes, in the columns of the form below them."""
        rows = QGridLayout()
        rows.setHorizontalSpacing(SPACE * 2)
        rows.setVerticalSpacing(SPACE // 2)
        rows.setColumnStretch(1, 1)
        own = (("Learn from", self.train_split), ("Measure on", self.val_split))
        for line, (title, widget) in enumerate((*own, ("Start from", self.weights), ("Device", self.device))):
            label = QLabel(title)
            label.setBuddy(widget)
            rows.addWidget(label, line, 0)
            rows.addWidget(widget, line, 1)
            for grid in (rows, self.form.layout()):
                assert isinstance(grid, QGridLayout)
                grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        return rows

    def _on_depth(self, shows_everything: bool) -> None:  # noqa: FBT001 - a slot
        self.form.set_depth("everything" if shows_everything else "usual")

    def _on_changed(self) -> None:
        self._follow_size()
        reason = self._reason()
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.start.setEnabled(not reason)

    def _follow_size(self) -> None:
        """Another network size brings its published recipe; what the user chose about the run stays."""
        config = self.config()
        if config.size != self._size:
            self._size = config.size
            kept = {name: getattr(config, name) for name in RECIPE_FIELDS}
            self.form.set_record(replace(recipe(config.size), **kept))

    def _reason(self) -> str:
        """Why no run can start now; empty when one can."""
        if self._is_busy:
            return "A run is under way."
        if self._folder is None:
            return "Open a data set first."
        if self.form.faults:
            return "Mend the marked settings."
        return ""

    def _on_start(self) -> None:
        self.start_requested.emit(self.config())


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("look", "line")
    line.setFixedHeight(1)
    return line
