"""The settings of a run on screen: preset, depth, search, and the form of all fields."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from app.session import Session
from app.theme import SPACE
from app.training.devices import DeviceInput, Machine
from app.training.preset_picker import OF_THE_MACHINE, PresetPicker
from app.training.splits import SplitInput
from app.training.start_weights import StartWeights
from app.widgets.form import DEPTHS, Form
from app.widgets.segments import Segments
from yolox_core.dataset.folder import DataFolder
from yolox_core.fields import Depth
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.presets import Preset, changes, preset_for
from yolox_core.train.topics import TOPICS

DEPTH_WORDS = (
    ("preset", "Main", "What a preset is about: network, length, start"),
    ("usual", "Usual", "And what is often changed: batch, image size, device, splits"),
    ("everything", "Everything", "Every setting there is, by topic, with a search line"),
)


class SettingsForm(QWidget):
    """Edits a TrainConfig. The first preset follows the machine until the user touches anything."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_touched = False
        self.weights, self.device = StartWeights(), DeviceInput()
        self.train_split, self.val_split = (
            SplitInput("four images of five"),
            SplitInput("every fifth image", automatic="automatic"),
        )
        self.presets = PresetPicker()
        self.depths = Segments(DEPTH_WORDS)
        self.search = QLineEdit(placeholderText="Find a setting", clearButtonEnabled=True)
        self.machine = Machine(session, self)
        first = preset_for(has_gpu=False)
        self._preset: Preset | None = first
        self._base = first.config()
        self.form = Form(
            self._base,
            shows_help=False,
            sections=TOPICS,
            editors={
                "device": self.device,
                "weights": self.weights,
                "train_split": self.train_split,
                "val_split": self.val_split,
            },
        )
        self._lay_out()
        self._connect()
        self.set_depth(session.settings.get("train_depth"))
        self._begin(first, self._base)

    @property
    def faults(self) -> dict[str, str]:
        """What is wrong, by name of the field."""
        return self.form.faults

    def config(self) -> TrainConfig:
        """The settings on show."""
        shown: TrainConfig = self.form.record()
        return shown

    def set_config(self, config: TrainConfig) -> None:
        """Show the settings of a run; fields that its network's recipe would set otherwise are marked."""
        self._is_touched = True
        self._begin(None, recipe(config.size), config)

    def set_folder(self, folder: DataFolder | None) -> None:
        """Offer the splits and the runs of a data set."""
        splits = list(folder.splits) if folder else []
        self.train_split.offer(splits, default=TrainConfig.train_split)
        self.val_split.offer(splits)
        self.weights.set_root(folder.root if folder else None)
        self.form.set_record(self.config())

    def set_depth(self, name: str) -> None:
        """Show the fields down to this depth; a name that none has shows the fewest."""
        depth: Depth = next((known for known in DEPTHS if known == name), DEPTHS[0])
        self.depths.choose(depth)
        self.search.setVisible(depth == DEPTHS[-1])
        self.search.clear()
        self.form.set_depth(depth)

    def _lay_out(self) -> None:
        heading = QLabel("Settings")
        heading.setProperty("look", "heading")
        head = QHBoxLayout()
        head.setSpacing(SPACE)
        head.addWidget(heading)
        head.addWidget(self.depths, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE * 3 // 2)
        layout.addWidget(self.presets)
        layout.addLayout(head)
        layout.addWidget(self.search)
        layout.addWidget(self.form)

    def _connect(self) -> None:
        self.presets.chosen.connect(self._on_preset)
        self.depths.chosen.connect(self._on_depth)
        self.search.textChanged.connect(self.form.search)
        self.form.changed.connect(self._on_edited)
        self.machine.told.connect(self.device.show_devices)
        self.machine.told.connect(lambda devices: self._follow_machine(has_gpu=devices.has_gpu))

    def _begin(self, preset: Preset | None, base: TrainConfig, config: TrainConfig | None = None) -> None:
        """Show a preset, or other settings; `base` is what counts as unchanged."""
        self._preset, self._base = preset, base
        self.form.set_defaults(base)
        self.form.set_record(config or base)

    def _on_preset(self, preset: Preset) -> None:
        self._is_touched = True
        kept = {name: getattr(self.config(), name) for name in OF_THE_MACHINE}
        self._begin(preset, preset.config(), replace(preset.config(), **kept))

    def _follow_machine(self, *, has_gpu: bool) -> None:
        if not self._is_touched:
            self._on_preset(preset_for(has_gpu=has_gpu))

    def _on_edited(self) -> None:
        config = self.config()
        if config.size != self._base.size:
            self._follow_size(config)
            return
        self._is_touched = self._is_touched or bool(changes(config, self._base))
        self.weights.set_size(config.size)
        self.presets.show_choice(self._preset, config)
        self.changed.emit()

    def _follow_size(self, config: TrainConfig) -> None:
        """Another network size brings its recipe; what the user changed stays."""
        kept: dict[str, Any] = {name: now for name, (_, now) in changes(config, self._base).items()}
        base = self._preset.config(config.size) if self._preset else recipe(config.size)
        self._begin(self._preset, base, replace(base, **kept))

    def _on_depth(self, depth: str) -> None:
        self.set_depth(depth)
        self._session.remember(train_depth=depth)
