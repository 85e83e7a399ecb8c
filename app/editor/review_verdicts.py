"""Verdicts on findings: what each changes in the labels on the desk, and how the last one is taken back."""

from dataclasses import dataclass, replace

from app.editor.document import AnnotationDocument
from app.editor.review_queue import ReviewQueue
from app.editor.undo import ImageCommand
from yolox_core.review.decisions import Verdict
from yolox_core.review.mending import all_mended, box_of
from yolox_core.review.records import Finding

READ_ONLY = "The labels of this image cannot be changed."
NOT_AS_IT_WAS = "The box is not as it was when the search was made: nothing was changed."
PARTLY_AS_IT_WAS = "Boxes that are not as they were when the search was made were left alone."
THERE_ALREADY = "There is such a box already: nothing was changed."
VOID = "The image was deleted or its labels were written anew: the change stays as it is."
OTHER_EDITS = "Other edits came after it: undo them first to undo this change (Ctrl+Z)."


@dataclass(frozen=True, eq=False)
class _Step:
    """One answer: how many findings it settled, and the step of undo that it made, if any."""

    count: int
    command: ImageCommand | None


class ReviewVerdicts:
    """Answers to the finding at hand, whose image is on the desk. Each gives a remark for the user, mostly none.

    A verdict is kept before a label changes. All raise FileError where it cannot be kept; nothing has changed then.
    """

    def __init__(self, document: AnnotationDocument) -> None:
        self._document = document
        self._steps: list[_Step] = []

    def forget(self) -> None:
        """A new queue begins: nothing of an earlier one can be taken back."""
        self._steps.clear()

    def accept(self, queue: ReviewQueue, findings: list[Finding]) -> str:
        """Change the labels as these findings propose, as one step of undo."""
        document = self._document
        if not findings:
            return ""
        if not document.is_editable:
            return READ_ONLY
        annotation, gone = all_mended(document.annotation, findings, document.new_key)
        queue.decide_each([(one, Verdict.SKIPPED if one in gone else Verdict.ACCEPTED) for one in findings])
        is_changed, many = annotation != document.annotation, len(findings) - len(gone)
        document.change(f"Accept {findings[0].kind.value}" if many == 1 else f"Accept {many} findings", annotation)
        self._steps.append(_Step(len(findings), self._last_command() if is_changed else None))
        if gone:
            return PARTLY_AS_IT_WAS if many else NOT_AS_IT_WAS
        return "" if is_changed or findings[0].box is None else THERE_ALREADY

    def settle(self, queue: ReviewQueue, verdict: Verdict) -> str:
        """Give a verdict that changes no label."""
        queue.decide(verdict)
        self._steps.append(_Step(1, None))
        return ""

    def edit(self, queue: ReviewQueue, finding: Finding) -> str:
        """Make the proposed change and leave the box selected for the hand. Nothing is deleted by this."""
        remark = self.accept(queue, [finding]) if finding.proposed is not None else self.settle(queue, Verdict.ACCEPTED)
        here = box_of(self._document.annotation, replace(finding, given=finding.proposed or finding.given))
        self._document.select((here.key,) if here is not None else ())
        return remark

    def take_back(self, queue: ReviewQueue) -> str:
        """Open what was settled last, and undo what that changed, unless other edits came after."""
        if not self._steps:
            return ""
        step = self._steps[-1]
        queue.take_back(step.count)
        self._steps.pop()
        if step.command is None or self._is_undone(step.command):
            return ""
        if step.command is not self._last_command():
            return OTHER_EDITS
        if not step.command.isObsolete():
            self._document.open(step.command.image)  # which voids its steps where its labels were written anew since
        if step.command.isObsolete():
            return VOID
        self._document.undo()
        return ""

    def _is_undone(self, command: ImageCommand) -> bool:
        stack = self._document.undo_stack
        return any(stack.command(place) is command for place in range(stack.index(), stack.count()))

    def _last_command(self) -> ImageCommand | None:
        stack = self._document.undo_stack
        command = stack.command(stack.index() - 1) if stack.index() else None
        return command if isinstance(command, ImageCommand) else None
