"""The presets as buttons, and in a sentence what the chosen one sets and what was changed since."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app.theme import SPACE
from app.widgets.form_row import title_of
from app.widgets.segments import Segments
from yolox_core.train.config import TrainConfig
from yolox_core.train.presets import PRESETS, Preset, changes

OF_THE_MACHINE = {"device", "train_split", "val_split", "workers", "cache_mb", "seed"}
"""Fields that say where a run happens and on what: no preset speaks of them."""

TAKE_BACK = "take-back"
MOST_NAMED = 3


class PresetPicker(QWidget):
    """`chosen` carries the Preset of the button that was clicked, or the old one again to take changes back."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset: Preset | None = None
        self.buttons = Segments([(p.name, p.title, f"{p.purpose}\n{p.summary}") for p in PRESETS.values()], columns=2)
        self.sentence = QLabel(wordWrap=True, textFormat=Qt.TextFormat.RichText)
        self.sentence.setProperty("look", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(self.buttons)
        layout.addWidget(self.sentence)
        self.buttons.chosen.connect(lambda name: self.chosen.emit(PRESETS[name]))
        self.sentence.linkActivated.connect(lambda _link: self.chosen.emit(self.preset))

    def show_choice(self, preset: Preset | None, config: TrainConfig) -> None:
        """Say which preset the settings come from, None for settings of a run, and how they differ from it."""
        self.preset = preset
        self.buttons.choose(preset.name if preset else "")
        if preset is None:
            self.sentence.setText("Settings of your own, or of an earlier run.")
            return
        changed = changed_fields(config, preset)
        text = f"{preset.purpose}<br>{preset.summary}"
        if changed:
            text = f"<b>{preset.title}, changed</b>: {_named(changed)}. <a href='{TAKE_BACK}'>Take back</a>"
        self.sentence.setText(text)


def changed_fields(config: TrainConfig, preset: Preset) -> dict[str, tuple[object, object]]:
    """What of the preset is no longer so: before and now, by field."""
    found = changes(config, preset.config(config.size))
    own = {name: values for name, values in found.items() if name not in OF_THE_MACHINE}
    return own if config.size == preset.size else {"size": (preset.size, config.size), **own}


def _named(changed: dict[str, tuple[object, object]]) -> str:
    named = [f"{title_of(name).lower()} {_shown(now)} (was {_shown(was)})" for name, (was, now) in changed.items()]
    more = len(named) - MOST_NAMED
    return ", ".join(named[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _shown(value: object) -> str:
    """A value in few letters; of a path its last part."""
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return text.replace("\\", "/").rpartition("/")[2] or "none"
