"""What the menu and the keys do to the selected boxes: each one step of undo."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from app.editor.document import AnnotationDocument
from app.editor.edits import chosen, placed_copies, with_added, with_each, with_verified_toggled, without
from yolox_core.records import Box

FALLBACK_CLASS = "object"
FLAGS = ("difficult", "truncated", "occluded")
POSES = ("Unspecified", "Frontal", "Rear", "Left", "Right")  # those of Pascal VOC


class BoxCommands(QObject):
    """Delete, copy, paste, classes, flags and the verified mark; remembers copied boxes and the last class."""

    class_changed = Signal(str)  # the class that new boxes get

    def __init__(self, document: AnnotationDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._copied: tuple[Box, ...] = ()
        self._class_name = ""

    @property
    def class_name(self) -> str:
        """The class that new boxes get."""
        return self._class_name

    @property
    def copied(self) -> tuple[Box, ...]:
        """The boxes that `paste` adds."""
        return self._copied

    def set_class_name(self, name: str) -> None:
        """Choose the class of new boxes."""
        if name != self._class_name:
            self._class_name = name
            self.class_changed.emit(name)

    def apply_class(self, name: str) -> None:
        """Give the selected boxes this class; new boxes get it too."""
        document = self._document
        self.set_class_name(name)
        if document.selected:
            changed = with_each(document.annotation, document.selected, lambda box: replace(box, class_name=name))
            document.change(f"Set class {name}", changed)

    def delete(self) -> None:
        """Delete the selected boxes."""
        document = self._document
        if document.selected:
            document.change(_text("Delete", len(document.selected)), without(document.annotation, document.selected))

    def copy(self) -> None:
        """Remember the selected boxes for `paste`, on this image or another."""
        selected = chosen(self._document.annotation, self._document.selected)
        self._copied = selected or self._copied

    def paste(self) -> None:
        """Add the remembered boxes to those that are there."""
        self._add("Paste", self._copied)

    def duplicate(self) -> None:
        """Add a copy of the selected boxes, a step aside."""
        self._add("Duplicate", chosen(self._document.annotation, self._document.selected))

    def select_all(self) -> None:
        """Select every box that is neither hidden nor locked."""
        self._document.select(tuple(box.key for box in self._document.free_boxes))

    def toggle_verified(self) -> None:
        """Set or clear the verified mark of the image."""
        annotation = self._document.annotation
        text = "Clear verified mark" if annotation.is_verified else "Mark as verified"
        self._document.change(text, with_verified_toggled(annotation))

    def decide_empty(self) -> None:
        """Say that an image without boxes has none on purpose: it gets a label file without objects."""
        annotation = self._document.annotation
        if not annotation.boxes:
            self._document.change("Decide that the image is empty", replace(annotation, is_decided=True))

    def toggle_flag(self, flag: str) -> None:
        """Set one of FLAGS on the selected boxes; clear it when all have it."""
        is_set = not all(getattr(box, flag) for box in self._selected)
        self._change_each(f"Change {flag}", {flag: is_set})

    def set_pose(self, pose: str) -> None:
        """Say how the selected objects are turned, in one of POSES."""
        self._change_each(f"Set pose {pose}", {"pose": pose})

    @property
    def _selected(self) -> tuple[Box, ...]:
        return chosen(self._document.annotation, self._document.selected)

    def _change_each(self, text: str, values: dict[str, Any]) -> None:
        document = self._document
        if document.selected:
            changed = with_each(document.annotation, document.selected, lambda box: replace(box, **values))
            document.change(text, changed)

    def _add(self, verb: str, boxes: tuple[Box, ...]) -> None:
        document = self._document
        if not boxes or not document.is_editable:
            return
        copies = placed_copies(document.annotation, boxes, document.new_key)
        document.change(_text(verb, len(copies)), with_added(document.annotation, copies))
        document.select(tuple(box.key for box in copies))


def _text(verb: str, count: int) -> str:
    return f"{verb} box" if count == 1 else f"{verb} {count} boxes"
