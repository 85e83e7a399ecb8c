"""The drafts of the open folder: what is proposed, which one is current, and what the user answered."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.editor.document import AnnotationDocument
from app.editor.edits import with_added
from app.editor.gestures import on_whole_pixels
from app.editor.undo import RejectionCommand
from yolox_core.dataset.folder import ImageFile
from yolox_core.drafts.draft import Draft, Pile, spelled_as_known
from yolox_core.records import Annotation, Box

FIRST_THRESHOLD = 0.35


@dataclass(frozen=True)
class Shown:
    """The drafts to be seen on the desk, best first, which of them is current, and how many the threshold hides."""

    drafts: tuple[Draft, ...] = ()
    current: Draft | None = None
    hidden: int = 0


@dataclass(frozen=True)
class Acceptance:
    """Drafts that became boxes in one step, and the annotation before and after it."""

    drafts: tuple[Draft, ...]
    before: Annotation
    after: Annotation
    is_undone: bool = False

    def at(self, annotation: Annotation) -> "Acceptance":
        """The same, undone or done: undo and redo bring back the very annotations of a step, an edit makes new ones."""
        if annotation is self.before or annotation is self.after:
            return replace(self, is_undone=annotation is self.before)
        return self


@dataclass(frozen=True)
class PileChange:
    """The drafts of the image with this name, and the answers to them, are others now."""

    name: str
    pile: Pile


class DraftDesk(QObject):
    """Drafts never touch a label file: only accepting one changes the annotation, as one step of undo.

    A draft comes back when the step that accepted or rejected it is undone; until then a rejected one stays away while
    the folder is open. A class that differs from one of `known_names` only in case is spelled like that one.
    """

    shown_changed = Signal(object)  # Shown
    pile_changed = Signal(object)  # PileChange
    images_changed = Signal(object)  # frozenset of the names of images with drafts to answer

    def __init__(
        self, document: AnnotationDocument, known_names: Callable[[], tuple[str, ...]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document = document
        self._known_names = known_names
        self._piles: dict[str, Pile] = {}
        self._names: frozenset[str] = frozenset()
        self._acceptances: dict[str, tuple[Acceptance, ...]] = {}
        self._threshold = FIRST_THRESHOLD
        self._place = 0
        self._current: Draft | None = None
        self._shown = Shown()
        document.image_changed.connect(self._on_image_changed)
        document.annotation_changed.connect(self._refresh)
        document.folder_entered.connect(self._on_folder_entered)

    @property
    def shown(self) -> Shown:
        """What is to be seen on the desk."""
        return self._shown

    @property
    def images(self) -> frozenset[str]:
        """Names of the images with drafts to answer."""
        return self._names

    @property
    def threshold(self) -> float:
        """The least score of the network's drafts that are shown."""
        return self._threshold

    def set_threshold(self, threshold: float) -> None:
        """Show the drafts that score at least this; nothing is computed anew."""
        self._threshold = threshold
        self._set_names(frozenset(name for name, pile in self._piles.items() if pile.shown(threshold)))
        self._refresh()

    def put(self, image: ImageFile, drafts: tuple[Draft, ...], annotation: Annotation) -> None:
        """Propose drafts for an image with this annotation, instead of the earlier ones from the same source."""
        known = self._known_names()
        spelled = tuple(draft.with_class(spelled_as_known(draft.box.class_name, known)) for draft in drafts)
        pile = self._piles.get(image.name, Pile()).with_drafts(spelled)
        self._set_pile(image.name, replace(pile, boxes=annotation.boxes))
        if image == self._document.image:
            self._current, self._place = None, 0
            self._refresh()

    def go(self, step: int) -> None:
        """Make the next (1) or the previous (-1) draft the current one, around the end."""
        count = len(self._shown.drafts)
        if count:
            self.choose(self._shown.drafts[(self._place + step) % count])

    def choose(self, draft: Draft) -> None:
        """Make a shown draft the current one."""
        self._current = draft
        self._show()

    def accept(self) -> None:
        """Make the current draft a box; the next one becomes current."""
        if self._shown.current is not None:
            self._accept((self._shown.current,), "Accept draft")

    def accept_shown(self) -> None:
        """Make boxes of all drafts that are shown, as one step."""
        drafts = self._shown.drafts
        self._accept(drafts, "Accept draft" if len(drafts) == 1 else f"Accept {len(drafts)} drafts")

    def reject(self) -> None:
        """Drop the current draft; the next one becomes current."""
        if self._shown.current is not None:
            self._reject((self._shown.current,), "Reject draft")

    def reject_shown(self) -> None:
        """Drop all drafts that are shown, as one step."""
        drafts = self._shown.drafts
        self._reject(drafts, "Reject draft" if len(drafts) == 1 else f"Reject {len(drafts)} drafts")

    def _accept(self, drafts: tuple[Draft, ...], text: str) -> None:
        document, annotation = self._document, self._document.annotation
        image = document.image
        if not drafts or image is None or not document.is_editable:
            return
        size = (annotation.width, annotation.height)
        boxes = [replace(on_whole_pixels(draft.box, size), key=document.new_key()) for draft in drafts]
        document.change(text, with_added(annotation, boxes))
        accepted = Acceptance(drafts, annotation, document.annotation)
        self._acceptances[image.name] = (*self._acceptances.get(image.name, ()), accepted)
        self._refresh()

    def _reject(self, drafts: tuple[Draft, ...], text: str) -> None:
        image = self._document.image
        if drafts and image is not None:
            before = self._piles[image.name].rejected
            after = (*before, *(draft.box for draft in drafts))
            step = RejectionCommand(text, image, before=before, after=after, apply=self._set_rejected)
            self._document.undo_stack.push(step)

    def _set_rejected(self, image: ImageFile, rejected: tuple[Box, ...]) -> None:
        self._document.open(image)
        self._set_pile(image.name, replace(self._piles[image.name], rejected=rejected))
        self._show()

    def _on_image_changed(self, _image: object) -> None:
        self._current, self._place = None, 0
        self._refresh()

    def _on_folder_entered(self, _folder: object) -> None:
        self._piles, self._acceptances = {}, {}
        self._set_names(frozenset())
        self._show()

    def _refresh(self, _changed: object = None) -> None:
        image = self._document.image
        pile = self._piles.get(image.name) if image is not None else None
        if image is not None and pile is not None:
            accepted = self._accepted(image.name)
            boxes = self._document.annotation.boxes
            if (boxes, accepted) != (pile.boxes, pile.accepted):
                self._set_pile(image.name, replace(pile, boxes=boxes, accepted=accepted))
        self._show()

    def _accepted(self, name: str) -> tuple[Draft, ...]:
        """Accepted drafts whose step was not undone; one whose box was deleted later stays answered."""
        annotation = self._document.annotation
        acceptances = tuple(step.at(annotation) for step in self._acceptances.get(name, ()))
        self._acceptances[name] = acceptances
        return tuple(draft for step in acceptances if not step.is_undone for draft in step.drafts)

    def _set_pile(self, name: str, pile: Pile) -> None:
        self._piles[name] = pile
        has_drafts = bool(pile.shown(self._threshold))
        if has_drafts != (name in self._names):
            self._set_names(self._names | {name} if has_drafts else self._names - {name})
        self.pile_changed.emit(PileChange(name, pile))

    def _set_names(self, names: frozenset[str]) -> None:
        if names != self._names:
            self._names = names
            self.images_changed.emit(names)

    def _show(self) -> None:
        image = self._document.image
        pile = self._piles.get(image.name, Pile()) if image is not None else Pile()
        drafts = pile.shown(self._threshold)
        if self._current not in drafts:
            self._current = drafts[min(self._place, len(drafts) - 1)] if drafts else None
        self._place = drafts.index(self._current) if self._current is not None else 0
        shown = Shown(drafts, self._current, len(pile.waiting) - len(drafts))
        if shown != self._shown:
            self._shown = shown
            self.shown_changed.emit(shown)
