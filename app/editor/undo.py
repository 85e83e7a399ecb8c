"""The steps that can be undone: an image's annotation, or its rejected drafts, before and after."""

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand, QUndoStack

from yolox_core.dataset.folder import ImageFile
from yolox_core.records import Annotation, Box

COMMAND_ID = 1
Apply = Callable[[ImageFile, Annotation], None]
ApplyRejected = Callable[[ImageFile, tuple[Box, ...]], None]


class ImageCommand(QUndoCommand):
    """A step on one image, which is named in the list of all steps and left out where a step stands alone."""

    def __init__(self, text: str, image: ImageFile) -> None:
        super().__init__(f"{image.name}: {text}\n{text}")
        self.image = image


class AnnotationCommand(ImageCommand):
    """One change to the annotation of one image. Commands of the same gesture (not 0) merge into one step.

    One that `is_done` when it is pushed shows nothing then.
    """

    def __init__(
        self,
        text: str,
        image: ImageFile,
        *,
        before: Annotation,
        after: Annotation,
        gesture: int,
        apply: Apply,
        is_done: bool = False,
    ) -> None:
        super().__init__(text, image)
        self.before = before
        self.after = after
        self.gesture = gesture
        self._apply = apply
        self._is_done = is_done

    def id(self) -> int:
        """The same for all: Qt offers two of them to `mergeWith`."""
        return COMMAND_ID

    def redo(self) -> None:
        """Show the image and its annotation after the change."""
        if not self._is_done:
            self._apply(self.image, self.after)
        self._is_done = False

    def undo(self) -> None:
        """Show the image and its annotation before the change."""
        self._apply(self.image, self.before)

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take up a later step of the same gesture; a gesture that ends where it began is no step at all."""
        if not isinstance(other, AnnotationCommand) or not self.gesture or other.gesture != self.gesture:
            return False
        if other.image != self.image:
            return False
        self.after = other.after
        self.setObsolete(self.before == self.after)
        return True


class RejectionCommand(ImageCommand):
    """Drafts of one image that were rejected: the boxes of all that are, before and after."""

    def __init__(
        self,
        text: str,
        image: ImageFile,
        *,
        before: tuple[Box, ...],
        after: tuple[Box, ...],
        apply: ApplyRejected,
    ) -> None:
        super().__init__(text, image)
        self._before = before
        self._after = after
        self._apply = apply

    def redo(self) -> None:
        """Show the image without the drafts."""
        self._apply(self.image, self._after)

    def undo(self) -> None:
        """Show the image with the drafts."""
        self._apply(self.image, self._before)


def undo_step(stack: QUndoStack) -> None:
    """Undo the newest step that still means something."""
    while stack.canUndo():
        is_obsolete = stack.command(stack.index() - 1).isObsolete()
        stack.undo()
        if not is_obsolete:
            return


def redo_step(stack: QUndoStack) -> None:
    """Redo the next step that still means something."""
    while stack.canRedo():
        is_obsolete = stack.command(stack.index()).isObsolete()
        stack.redo()
        if not is_obsolete:
            return


def forget_image(stack: QUndoStack, image: ImageFile) -> None:
    """Make every step of one image mean nothing any more."""
    for index in range(stack.count()):
        command = stack.command(index)
        if isinstance(command, ImageCommand) and command.image == image:
            command.setObsolete(True)
