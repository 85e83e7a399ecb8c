"""One change to many chosen boxes of many images: another class, a flag, or gone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from yolox_core.dataset.folder import ImageFile
from yolox_core.errors import FileError
from yolox_core.records import Annotation, Box


class ImageFix(Protocol):
    """A change to chosen images, for `relabel.fix_boxes` to carry out."""

    @property
    def images(self) -> Collection[str]:
        """The names of the images."""

    @property
    def new_class(self) -> str:
        """A class that the change brings; empty where it brings none."""

    @property
    def text(self) -> str:
        """The change in words."""

    def count(self, name: str) -> int:
        """How many boxes of an image change."""

    def applied(self, image: ImageFile, annotation: Annotation) -> Annotation:
        """The annotation after the change. Raises FileError where it is no longer as it was."""


@dataclass(frozen=True)
class BoxFix:
    """What becomes of the boxes, which are named by image as they were when they were chosen.

    `values` are fields of Box that get another value, such as `class_name` or `difficult`; None deletes the boxes.
    """

    boxes: Mapping[str, tuple[Box, ...]]
    values: Mapping[str, Any] | None = field(default_factory=dict)

    @property
    def images(self) -> tuple[str, ...]:
        """The names of the images that change."""
        return tuple(self.boxes)

    @property
    def new_class(self) -> str:
        """The class that the boxes get; empty where they keep theirs."""
        return str((self.values or {}).get("class_name", ""))

    def count(self, name: str) -> int:
        """How many boxes of an image change."""
        return len(self.boxes[name])

    @property
    def text(self) -> str:
        """The change in words: `drone → bird`, `difficult`, `boxes deleted`."""
        if self.values is None:
            return "chosen boxes deleted"
        words = []
        for name, value in self.values.items():
            if name == "class_name":
                words.append(f"chosen boxes → {value}")
            else:
                words.append(f"chosen boxes marked {'' if value else 'not '}{name}")
        return " and ".join(words)

    def applied(self, image: ImageFile, annotation: Annotation) -> Annotation:
        """The annotation after the change. Raises FileError where one of the chosen boxes is no longer as it was."""
        chosen = {_likeness(box) for box in self.boxes.get(image.name, ())}
        present = {_likeness(box) for box in annotation.boxes}
        if not chosen <= present:
            raise FileError(
                "The chosen boxes were changed meanwhile.", where=image.label_path, action="Choose them anew."
            )
        values = self.values
        if values is None:
            return replace(annotation, boxes=tuple(box for box in annotation.boxes if _likeness(box) not in chosen))
        changed = (replace(box, **values) if _likeness(box) in chosen else box for box in annotation.boxes)
        return replace(annotation, boxes=tuple(changed))


def _likeness(box: Box) -> tuple[object, ...]:
    """What tells a box of a file from the others and from what it was: number, class and edges."""
    return box.key, box.class_name, box.x1, box.y1, box.x2, box.y2
