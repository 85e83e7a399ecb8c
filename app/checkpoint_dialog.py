"""The question for a checkpoint, as every page asks it."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

CHECKPOINT_FILTER = "Checkpoints (*.pth *.pt *.ckpt);;All files (*)"


def ask_checkpoint(parent: QWidget, start: Path | None) -> Path | None:
    """A checkpoint to open; None when the user thinks better of it."""
    name, _ = QFileDialog.getOpenFileName(parent, "Choose a checkpoint", str(start or ""), CHECKPOINT_FILTER)
    return Path(name) if name else None
