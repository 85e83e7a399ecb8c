"""The questions that the Play page asks in windows of their own."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from app.player.drops import VIDEO_SUFFIXES
from yolox_core.images import IMAGE_SUFFIXES

SUFFIXES = " ".join("*" + suffix for suffix in (*VIDEO_SUFFIXES, *sorted(IMAGE_SUFFIXES)))
VIDEO_FILTER = f"Videos and images ({SUFFIXES});;All files (*)"


def ask_video(parent: QWidget, start: Path | None) -> Path | None:
    """A video to open; None when the user thinks better of it."""
    name, _ = QFileDialog.getOpenFileName(parent, "Open a video", str(start or ""), VIDEO_FILTER)
    return Path(name) if name else None


def ask_images(parent: QWidget, start: Path | None) -> Path | None:
    """A folder of images to open; None when the user thinks better of it."""
    name = QFileDialog.getExistingDirectory(parent, "Open a folder of images", str(start or ""))
    return Path(name) if name else None


def ask_target(parent: QWidget, title: str, suggestion: Path) -> Path | None:
    """Where to write a file with the suffix of `suggestion`; replacing one is not asked about here."""
    dialog = QFileDialog(parent, title, str(suggestion.parent), f"*{suggestion.suffix}")
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setDefaultSuffix(suggestion.suffix[1:])
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile(suggestion.name)
    if not dialog.exec():
        return None
    return Path(dialog.selectedFiles()[0])


def confirms_replacing(parent: QWidget, target: Path) -> bool:
    """Whether a file may be written: asks if one of this name is there."""
    return not target.exists() or confirms(parent, f"Replace {target.name}?", f"{target} is there already.", "Replace")


def confirms(parent: QWidget, title: str, text: str, yes: str) -> bool:
    """Whether the user presses the button `yes` rather than Cancel."""
    box = QMessageBox(QMessageBox.Icon.Question, title, title, QMessageBox.StandardButton.Cancel, parent)
    box.setInformativeText(text)
    button = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(QMessageBox.StandardButton.Cancel)
    box.exec()
    return box.clickedButton() is button
