"""What is written at boxes and drafts: the class name, the size in pixels, the score."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from app.session import Session
from yolox_core.errors import UserError
from yolox_core.records import Box


class Names(Enum):
    """Which boxes have a chip with their name."""

    ALWAYS = "always"
    ACTIVE = "active"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Captions:
    """What chips say, and which boxes have one."""

    names: Names = Names.ALWAYS
    has_sizes: bool = False
    has_scores: bool = True

    def is_shown(self, *, is_active: bool) -> bool:
        """Whether a box has a chip; active is a selected one, the one under the pointer, the current draft."""
        return self.names is Names.ALWAYS or (is_active and self.names is Names.ACTIVE)

    def text(self, box: Box) -> str:
        """What the chip of a box says: name, size, flags."""
        text = f"{box.class_name} · {size_text(box)}" if self.has_sizes else box.class_name
        if not (box.difficult or box.truncated or box.occluded):
            return text
        flags = ("D" if box.difficult else "") + ("T" if box.truncated else "") + ("O" if box.occluded else "")
        return f"{text} · {flags}"


def size_text(box: Box) -> str:
    """Width and height in pixels, with one decimal where the file has fractions."""
    return f"{round(box.width, 1):g} × {round(box.height, 1):g}"


class CaptionChooser(QObject):
    """The captions that the user wants; remembered in the settings."""

    changed = Signal(object)  # Captions

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        settings = session.settings.values
        known = settings.box_names in (names.value for names in Names)
        names = Names(settings.box_names) if known else Names.ALWAYS
        self._captions = Captions(names, settings.box_sizes, settings.draft_scores)
        self.slots: dict[str, Callable[[], object]] = {
            "cycle_names": self._cycle_names,
            "show_sizes": lambda: self._set(replace(self._captions, has_sizes=not self._captions.has_sizes)),
            "show_scores": lambda: self._set(replace(self._captions, has_scores=not self._captions.has_scores)),
        }

    @property
    def captions(self) -> Captions:
        """What is wanted now."""
        return self._captions

    def take(self, actions: Mapping[str, QAction]) -> None:
        """Tick what is wanted from the start."""
        actions["show_sizes"].setChecked(self._captions.has_sizes)
        actions["show_scores"].setChecked(self._captions.has_scores)

    def _cycle_names(self) -> None:
        order = list(Names)
        following = order[(order.index(self._captions.names) + 1) % len(order)]
        self._set(replace(self._captions, names=following))

    def _set(self, captions: Captions) -> None:
        self._captions = captions
        self.changed.emit(captions)
        try:
            self._session.settings.replace(
                box_names=captions.names.value, box_sizes=captions.has_sizes, draft_scores=captions.has_scores
            )
        except UserError as problem:
            self._session.problems.show_problem(problem)
