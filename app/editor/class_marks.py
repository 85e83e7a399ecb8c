"""Which classes are out of sight or out of reach while images go by. No label file knows of it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.editor.document import AnnotationDocument
from app.editor.edits import changed_keys, chosen
from yolox_core.records import Annotation, Box


@dataclass(frozen=True, slots=True)
class Marks:
    """Hidden classes are those of `listed`, or all others where only the listed ones are shown; `locked` ones stay."""

    listed: frozenset[str] = frozenset()
    shows_only_listed: bool = False
    locked: frozenset[str] = frozenset()

    @property
    def hides_some(self) -> bool:
        """Whether any class is out of sight."""
        return bool(self.listed) or self.shows_only_listed

    def hides(self, class_name: str) -> bool:
        """Whether boxes of this class are out of sight."""
        return (class_name in self.listed) != self.shows_only_listed

    def frees(self, box: Box) -> bool:
        """Whether the hand can take this box: it is neither hidden nor locked."""
        return box.class_name not in self.locked and not self.hides(box.class_name)

    def shown(self, annotation: Annotation) -> Annotation:
        """The annotation with the boxes that are in sight."""
        if not self.hides_some:
            return annotation
        return replace(annotation, boxes=tuple(box for box in annotation.boxes if not self.hides(box.class_name)))

    def with_hidden(self, names: Iterable[str], *, is_hidden: bool) -> "Marks":
        """These marks with classes hidden or shown."""
        named = frozenset(names)
        is_listed = is_hidden != self.shows_only_listed
        return replace(self, listed=self.listed | named if is_listed else self.listed - named)

    def with_locked(self, names: Iterable[str], *, is_locked: bool) -> "Marks":
        """These marks with classes locked or free."""
        named = frozenset(names)
        return replace(self, locked=self.locked | named if is_locked else self.locked - named)


class ClassMarks(QObject):
    """The marks of the open folder. What a step changes is never out of sight: its class is shown again."""

    changed = Signal(object)  # Marks

    def __init__(self, document: AnnotationDocument, current_class: Callable[[], str], parent: QObject) -> None:
        super().__init__(parent)
        self._document = document
        self._current_class = current_class
        self._marks = Marks()
        self._before = document.annotation
        self.slots: dict[str, Callable[[], object]] = {
            "hide_class": lambda: self.toggle_hidden(self._meant),
            "lock_class": lambda: self.toggle_locked(self._meant),
            "show_only_class": lambda: self.toggle_only(self._meant),
            "show_all_classes": self.show_all,
        }
        document.image_changed.connect(self._on_image_changed)
        document.annotation_changed.connect(self._on_annotation_changed)
        document.folder_entered.connect(lambda _folder: self._set(Marks()))

    @property
    def marks(self) -> Marks:
        """Which classes are hidden and locked now."""
        return self._marks

    def toggle_hidden(self, names: Iterable[str]) -> None:
        """Hide these classes; show them where all are hidden."""
        names = frozenset(names)
        self._set(self._marks.with_hidden(names, is_hidden=not all(map(self._marks.hides, names))))

    def toggle_locked(self, names: Iterable[str]) -> None:
        """Lock these classes; free them where all are locked."""
        names = frozenset(names)
        self._set(self._marks.with_locked(names, is_locked=not names <= self._marks.locked))

    def toggle_only(self, names: Iterable[str]) -> None:
        """Hide all classes but these, also those still to be met; show all where it is so already."""
        only = replace(self._marks, listed=frozenset(names), shows_only_listed=True)
        if only == self._marks:
            self.show_all()
        else:
            self._set(only)

    def show_all(self) -> None:
        """Hide no class; locked ones stay locked."""
        self._set(replace(self._marks, listed=frozenset(), shows_only_listed=False))

    @property
    def _meant(self) -> frozenset[str]:
        """The classes of the selected boxes, else the one that new boxes get."""
        selected = chosen(self._document.annotation, self._document.selected)
        return frozenset(box.class_name for box in selected) or frozenset({self._current_class()})

    def _set(self, marks: Marks) -> None:
        if marks != self._marks:
            self._marks = marks
            self._document.limit_selection(marks.frees)
            self.changed.emit(marks)

    def _on_image_changed(self, _image: object) -> None:
        self._before = self._document.annotation

    def _on_annotation_changed(self, annotation: Annotation) -> None:
        before, self._before = self._before, annotation
        if self._marks.hides_some:
            touched = chosen(annotation, changed_keys(before, annotation))
            self._set(self._marks.with_hidden((box.class_name for box in touched), is_hidden=False))
