"""How an image is shown, beside zoom and place."""

from dataclasses import dataclass, field

from app.editor.captions import Captions
from app.editor.class_marks import Marks


@dataclass(frozen=True, slots=True)
class Look:
    """Which classes are in sight, and what is written at boxes."""

    marks: Marks = field(default_factory=Marks)
    captions: Captions = field(default_factory=Captions)
