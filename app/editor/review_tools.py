"""The label review on the Edit page: finds what is doubtful, shows it near, and settles each finding with one key."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QWidget

from app.editor.box_steps import around
from app.editor.canvas import Canvas
from app.editor.document import AnnotationDocument
from app.editor.finding_tools import FindingTools
from app.editor.next_images import NextImages
from app.editor.relabelling import ClassRelabelling
from app.editor.review_bar import ReviewBar
from app.editor.review_loop import ReviewLoop
from app.editor.review_overlay import ReviewOverlay
from app.editor.review_queue import UNLIKELY, ReviewQueue
from app.editor.review_search import ReviewSearch
from app.editor.viewport import framed
from app.review_findings import LIKELY, Judge
from app.session import Session
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.mending import box_of, mended
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.table import decisions_csv, decisions_json

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder
    from yolox_core.review.review import Review

CONTEXT = 0.35  # share of the view that the doubtful box takes
LEAST_SHOWN = 48.0  # pixels of the image: a speck is not blown up beyond that
Edges = tuple[float, float, float, float]
ANSWERS = ("accept_finding", "reject_finding", "edit_finding", "skip_finding", "accept_findings")


class ReviewTools(QObject):
    """Owns the queue of the open folder. Accepted changes are steps of undo like any other, and are saved like them."""

    doubts_changed = Signal()

    def __init__(
        self,
        session: Session,
        document: AnnotationDocument,
        canvas: Canvas,
        *,
        relabelling: ClassRelabelling,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._session, self._document, self._canvas, self._page = session, document, canvas, parent
        self._decisions: Decisions | None = None
        self._actions: dict[str, QAction] = {}
        self._is_adjusting = False
        self._step = 0  # the place in the undo stack of what was applied last; 0 where nothing was changed
        self._steps: list[int] = []  # the place in the undo stack after each verdict
        self.queue: ReviewQueue | None = None
        self.overlay = ReviewOverlay(canvas)
        self.bar, self.notices = ReviewBar(), MessageBar()
        self.next = NextImages(session, document, self)
        self.crops = FindingTools(session, relabelling, self)
        self.search = ReviewSearch(session, document, parent)
        self.loop = ReviewLoop(session, document, self)
        self.bars: tuple[QWidget, ...] = (
            *self.next.bars,
            self.notices,
            self.loop.trained,
            *self.search.bars,
            self.bar,
        )
        self.slots: dict[str, Callable[[], object]] = {
            "review_labels": self._toggle,
            "accept_finding": lambda: self._answer(self.accept),
            "reject_finding": lambda: self._answer(lambda: self._settle(Verdict.REJECTED)),
            "edit_finding": lambda: self._answer(self.edit),
            "skip_finding": lambda: self._answer(lambda: self._settle(Verdict.SKIPPED)),
            "undo_finding": self.take_back,
            "accept_findings": lambda: self._answer(self.accept_sure_ones),
            "unlikely_findings": self._toggle_unlikely,
            "findings_grid": self.crops.open,
            "review_again": self.search.ask,
            "review_classes": self.search.ask_classes,
            "review_train": self.loop.train,
            "review_rounds": self.loop.show_rounds,
            "review_export": self._ask_export,
            **self.next.slots,
        }
        self._connect()

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        self._actions = actions
        self.bar.set_actions(actions)
        self.crops.take(actions)
        self._refresh_actions()

    @property
    def ahead(self) -> tuple[Path, ...]:
        """The picture that will be wanted next."""
        folder = self._session.folder
        image = folder.image(self.queue.next_image) if folder is not None and self.queue is not None else None
        return (image.path,) if image is not None else ()

    def doubtful_images(self) -> tuple[str, ...]:
        """Names of the images with findings that are listed and open, the one least likely to be right first."""
        return tuple(dict.fromkeys(one.image for one in self.queue.listed)) if self.queue is not None else ()

    def begin(self, findings: tuple[Finding, ...], *, are_fresh: bool = False) -> None:
        """Settle these findings, one after the other; of those kept from before, the ones settled are left out."""
        folder = self._session.folder
        if folder is None:
            return
        decisions = self._decisions = Decisions(folder.root)
        listed = [one for one in findings if are_fresh or not decisions.settles(one)]
        listed = [one for one in listed if folder.image(one.image) is not None]
        self.queue = ReviewQueue(listed, decisions)
        self._steps.clear()
        self.bar.begin(self.queue, tuple(folder.splits))
        self._actions["unlikely_findings"].setChecked(False)
        self._show()

    def stop(self) -> None:
        """End the threads."""
        self.crops.stop()
        self.loop.stop()

    def accept(self) -> None:
        """Change the labels as the finding at hand proposes, and go on."""
        finding = self.queue.current if self.queue is not None else None
        if finding is not None and self._apply([finding]):
            self._settle(Verdict.ACCEPTED)

    def edit(self) -> None:
        """Make the proposed change, leave the box selected for the hand, and stay. Nothing is deleted by this."""
        finding = self.queue.current if self.queue is not None else None
        if finding is None:
            return
        self._step = 0
        if finding.proposed is not None and not self._apply([finding]):
            return
        here = box_of(self._document.annotation, replace(finding, given=finding.proposed or finding.given))
        self._settle(Verdict.ACCEPTED, stays=True)
        self._document.select((here.key,) if here is not None else ())

    def accept_sure_ones(self) -> None:
        """Accept what is as likely as not, or likelier, in this image: one step of undo."""
        queue = self.queue
        findings = queue.sure_ones_here() if queue is not None else []
        if queue is not None and findings and self._apply(findings):
            self._keep(lambda: queue.decide_all(findings, Verdict.ACCEPTED), len(findings))

    def take_back(self) -> None:
        """Undo the last verdict and what it changed, unless other edits came after; go back there."""
        queue = self.queue
        if queue is None or not self._steps:
            return
        step = self._steps.pop()
        stack = self._document.undo_stack
        count = 1
        while self._steps and self._steps[-1] == step and step:  # verdicts of one step are taken back together
            self._steps.pop()
            count += 1
        try:
            for _ in range(count):
                queue.take_back()
        except UserError as problem:
            self.notices.show_problem(problem)
        if step and stack.index() == step:
            self._document.undo()
        elif step:
            self.notices.show_text("Other edits came after it: undo them first to undo this change (Ctrl+Z).")
        self._show()

    def export(self, target: Path) -> None:
        """Write all decisions on this data set as JSON or CSV, by the name's end."""
        if self._decisions is not None:
            make = decisions_json if target.suffix.lower() == ".json" else decisions_csv
            write_atomically(target, make(self._decisions).encode())

    def _connect(self) -> None:
        bar = self.bar
        bar.cancelled.connect(self.search.cancel)
        bar.closed.connect(self._close)
        bar.kind_chosen.connect(lambda kind: self._filter(kinds=frozenset({FindingKind(kind)} if kind else ())))
        bar.class_chosen.connect(lambda name: self._filter(classes=frozenset({name} if name else ())))
        bar.split_chosen.connect(lambda split: self._filter(images=self._images_of(split)))
        self.crops.settled.connect(self._on_settled_apart)
        self.crops.opened.connect(self._go_to)
        self.search.progressed.connect(self.bar.show_progress)
        self.search.found.connect(self._on_found)
        self.search.recalled.connect(self._on_recalled)
        self.loop.judge_wanted.connect(self.search.start)
        self._document.folder_leaving.connect(self._close)
        self._document.image_changed.connect(self._on_image_changed)

    def _toggle(self) -> None:
        """Begin, or leave."""
        if self.queue is not None:
            self._close()
        else:
            self.search.begin()

    def _on_recalled(self, findings: tuple[Finding, ...], by: str) -> None:
        self.begin(findings)
        self.notices.show_text(f"Findings of an earlier search ({by}). “Look again…” searches anew.")

    def _answer(self, act: Callable[[], None]) -> None:
        """Act on the finding on show; after a box was adjusted, or from another image, show it first."""
        finding, image = self.queue.current if self.queue is not None else None, self._document.image
        if self._is_adjusting or (finding is not None and (image is None or image.name != finding.image)):
            self._show()
        else:
            act()

    def _apply(self, findings: list[Finding]) -> bool:
        """Make the changes that findings propose, as one step; False where the image cannot be edited."""
        document, self._step = self._document, 0
        if not document.is_editable:
            self.notices.show_text("The labels of this image cannot be changed.")
            return False
        annotation, changed = document.annotation, 0
        for finding in findings:
            made = mended(annotation, finding, document.new_key)
            if made is not None:
                annotation, changed = made, changed + 1
        if changed:
            text = f"Accept {findings[0].kind.value}" if len(findings) == 1 else f"Accept {changed} findings"
            document.change(text, annotation)
            self._step = document.undo_stack.index()
        elif findings[0].box is not None:
            self.notices.show_text("The box is not as it was when the search was made: nothing was changed.")
        return True

    def _settle(self, verdict: Verdict, *, stays: bool = False) -> None:
        queue = self.queue
        if queue is not None and queue.current is not None:
            self._keep(lambda: queue.decide(verdict), 1, stays=stays, changed=verdict is Verdict.ACCEPTED)

    def _keep(self, decide: Callable[[], None], count: int, *, stays: bool = False, changed: bool = True) -> None:
        try:
            decide()
        except UserError as problem:
            self.notices.show_problem(problem)
            return
        self._steps.extend([self._step if changed else 0] * count)
        if stays:
            self.overlay.show_finding(None)
            self.bar.show_queue(self.queue)
            self.notices.show_text("Adjust the box; any key for a finding goes on then.")
            self._is_adjusting = True
        else:
            self._show()

    def _show(self) -> None:
        """Bring the finding at hand near."""
        self._is_adjusting = False
        queue, folder = self.queue, self._session.folder
        finding = queue.current if queue is not None else None
        self.bar.show_queue(queue)
        self.crops.follow(queue)
        self.doubts_changed.emit()
        self._refresh_actions()
        image = folder.image(finding.image) if folder is not None and finding is not None else None
        if finding is None or image is None:
            self.overlay.show_finding(None)
            return
        self._document.open(image)
        boxes = [box for box in (finding.given, finding.proposed) if box is not None]
        if boxes:
            self._canvas.show_view(framed(with_context(around(boxes)), self._canvas.view_size, share=CONTEXT))
        else:
            self._canvas.fit()
        self.overlay.show_finding(finding)
        self._canvas.setFocus()

    def _on_settled_apart(self) -> None:
        """Labels were written anew: no place in the undo stack is what it was."""
        self._steps = [-number for number in range(1, len(self._steps) + 1)]
        self._show()

    def _go_to(self, finding: Finding) -> None:
        if self.queue is not None and self.queue.go_to(finding):
            self._show()
            self._page.window().activateWindow()

    def _filter(self, **parts: object) -> None:
        if self.queue is not None:
            self.queue.set_filter(replace(self.queue.filter, **parts))  # type: ignore[arg-type]
            self._show()

    def _toggle_unlikely(self) -> None:
        self._filter(least=UNLIKELY if self._actions["unlikely_findings"].isChecked() else LIKELY)

    def _images_of(self, split: str) -> frozenset[str]:
        folder: DataFolder | None = self._session.folder
        return frozenset(folder.splits.get(split, ())) if folder is not None and split else frozenset()

    def _on_image_changed(self, image: object) -> None:
        finding = self.queue.current if self.queue is not None else None
        name = getattr(image, "name", None)
        self.overlay.show_finding(finding if finding is not None and finding.image == name else None)

    def _on_found(self, record: "Review", judge: Judge, outcome: str) -> None:
        self.loop.follow(judge)
        self.begin(record.findings, are_fresh=True)
        self.notices.show_text(outcome)

    def _close(self) -> None:
        self.search.cancel()
        self.queue = self._decisions = None
        self.notices.clear()
        self.search.clear()
        self._show()

    def _ask_export(self) -> None:
        folder = self._session.folder
        if folder is None:
            return
        suggestion = str(folder.root.with_name(f"{folder.root.name}-decisions.csv"))
        name, _ = QFileDialog.getSaveFileName(self._page, "Export decisions", suggestion, "CSV (*.csv);;JSON (*.json)")
        if name:
            try:
                self.export(Path(name))
            except UserError as problem:
                self.notices.show_problem(problem)
            else:
                self.notices.show_text(f"Saved {name}")

    def _refresh_actions(self) -> None:
        has_finding = self.queue is not None and self.queue.current is not None
        for name in ANSWERS if self._actions else ():
            self._actions[name].setEnabled(has_finding)
        for name in ("undo_finding", "unlikely_findings", "findings_grid", "review_export") if self._actions else ():
            self._actions[name].setEnabled(self.queue is not None)
        if self._actions:
            self._actions["review_classes"].setEnabled(self.queue is not None and self.search.has_other_names)


def with_context(edges: Edges) -> Edges:
    """A box around a small box, so that what is around it can be told."""
    x, y = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
    half_width, half_height = (max(edges[i + 2] - edges[i], LEAST_SHOWN) / 2 for i in (0, 1))
    return x - half_width, y - half_height, x + half_width, y + half_height
