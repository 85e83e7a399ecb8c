"""How an image is shown, beside zoom and place."""

from dataclasses import dataclass, field

from app.editor.captions import Captions
from app.editor.class_marks import Marks
from app.editor.tones import Tones


@dataclass(frozen=True, slots=True)
class Look:
    """Which classes are in sight, what is written at boxes, how bright the picture is."""

    marks: Marks = field(default_factory=Marks)
    captions: Captions = field(default_factory=Captions)
    tones: Tones = field(default_factory=Tones)

    @property
    def words(self) -> str:
        """What cannot be seen at a glance: locked classes, and that the picture is not as its file has it."""
        count = len(self.marks.locked)
        locked = f"{count} {'class' if count == 1 else 'classes'} locked" if count else ""
        return "  ·  ".join(filter(None, (locked, "" if self.tones.is_neutral else "picture adjusted")))
