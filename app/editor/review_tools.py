"""The label review on the Edit page: finds what is doubtful, shows it near, and settles each finding with one key."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QFileDialog, QLineEdit, QPlainTextEdit, QWidget

from app.editor.box_steps import around
from app.editor.canvas import Canvas
from app.editor.document import AnnotationDocument
from app.editor.finding_tools import FindingTools
from app.editor.next_images import NextImages
from app.editor.relabelling import ClassRelabelling
from app.editor.review_bar import ReviewBar
from app.editor.review_loop import ReviewLoop
from app.editor.review_overlay import ReviewOverlay
from app.editor.review_queue import UNLIKELY, ReviewQueue, worklist
from app.editor.review_search import Found, Recalled, ReviewSearch
from app.editor.review_verdicts import ReviewVerdicts
from app.editor.viewport import framed
from app.review_findings import LIKELY
from app.session import Session
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.review.decisions import Decisions, Verdict
from yolox_core.review.records import Finding, FindingKind
from yolox_core.review.table import decisions_csv, decisions_json

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder

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
        self._verdicts = ReviewVerdicts(document)
        self._actions: dict[str, QAction] = {}
        self._waiting = ""  # what the user is at before the finding at hand comes
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
        verdicts = self._verdicts
        self.slots: dict[str, Callable[[], object]] = {
            "review_labels": self._toggle,
            "accept_finding": lambda: self._answer(lambda queue, finding: verdicts.accept(queue, [finding])),
            "reject_finding": lambda: self._answer(lambda queue, _: verdicts.settle(queue, Verdict.REJECTED)),
            "edit_finding": lambda: self._answer(verdicts.edit, stays=True),
            "skip_finding": lambda: self._answer(lambda queue, _: verdicts.settle(queue, Verdict.SKIPPED)),
            "undo_finding": self._take_back,
            "accept_findings": lambda: self._answer(lambda queue, _: verdicts.accept(queue, queue.sure_ones_here())),
            "unlikely_findings": self._toggle_unlikely,
            "findings_grid": self.crops.open,
            "review_again": lambda: self._from_canvas(self.search.ask),
            "review_classes": lambda: self._from_canvas(self.search.ask_classes),
            "review_unlabelled": lambda: self._from_canvas(self.search.ask_unlabelled),
            "review_train": self.loop.train,
            "review_rounds": self.loop.show_rounds,
            "review_export": self._ask_export,
            **self.next.slots,
        }
        self._connect(relabelling)

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

    def begin(self, findings: tuple[Finding, ...]) -> None:
        """Settle these findings, one after the other; those settled earlier are left out."""
        folder = self._session.folder
        if folder is not None:
            self._take_up(worklist(folder, findings, Decisions(folder.root)), goes_there=True)

    def relist(self, folder: "DataFolder") -> None:
        """Take up that images of the folder came or went."""
        queue = self.queue
        if queue is None:
            return
        finding = queue.current
        queue.keep_to(lambda name: folder.image(name) is not None)
        if queue.current is not finding and not self._waiting:
            self._show()
        else:
            self._show_queue()

    def stop(self) -> None:
        """End the threads."""
        self.crops.stop()
        self.loop.stop()

    def export(self, target: Path) -> None:
        """Write all decisions on this data set as JSON or CSV, by the name's end."""
        if self.queue is not None:
            make = decisions_json if target.suffix.lower() == ".json" else decisions_csv
            write_atomically(target, make(self.queue.decisions).encode(errors="surrogateescape"))

    def _connect(self, relabelling: ClassRelabelling) -> None:
        bar = self.bar
        bar.cancelled.connect(self.search.cancel)
        bar.closed.connect(self._close)
        bar.kind_chosen.connect(lambda kind: self._filter(kinds=frozenset({FindingKind(kind)} if kind else ())))
        bar.class_chosen.connect(lambda name: self._filter(classes=frozenset({name} if name else ())))
        bar.split_chosen.connect(lambda split: self._filter(images=self._images_of(split)))
        self.crops.settled.connect(self._show)
        self.crops.opened.connect(self._go_to)
        self.search.progressed.connect(self.bar.show_progress)
        self.search.found.connect(self._on_found)
        self.search.recalled.connect(self._on_recalled)
        self.loop.judge_wanted.connect(self.search.start)
        relabelling.done.connect(self.search.follow_classes)
        self._document.folder_leaving.connect(self._close)
        self._document.image_changed.connect(self._on_image_changed)

    def _toggle(self) -> None:
        """Begin, or leave."""
        if self.queue is not None:
            self._close()
        else:
            self._from_canvas(self.search.begin)

    def _from_canvas(self, act: Callable[[], None]) -> None:
        """Begin what the user asked for: the keys are the canvas's from here on, not those of a text field."""
        self._canvas.setFocus()
        act()

    def _on_recalled(self, recalled: Recalled) -> None:
        self._take_up(recalled.queue, goes_there=not self._is_user_elsewhere)
        self.notices.show_text(f"Findings of an earlier search ({recalled.by}). “Look again…” searches anew.")

    def _on_found(self, found: Found) -> None:
        self.loop.follow(found.judge)
        self._take_up(found.queue, goes_there=not self._is_user_elsewhere)
        self.notices.show_text(found.text)

    def _take_up(self, queue: ReviewQueue, *, goes_there: bool) -> None:
        folder, former = self._session.folder, self.queue
        if folder is None:
            return
        if former is not None:
            queue.adopt(former)
        queue.keep_to(lambda name: folder.image(name) is not None)
        self.queue = queue
        self._verdicts.forget()
        self.bar.begin(queue, tuple(folder.splits))
        self._actions["unlikely_findings"].setChecked(False)
        if goes_there or queue.current is None:
            self._show()
        else:
            self._wait("Findings are ready")

    @property
    def _is_user_elsewhere(self) -> bool:
        """Whether the user is at something that is not to be taken from the desk."""
        is_drawing = self._canvas.hands.gesture is not None or self._canvas.hands.is_drawing_mode
        field = QApplication.focusWidget()
        is_writing = isinstance(field, QLineEdit | QPlainTextEdit | QAbstractSpinBox) and field.isVisible()
        is_asked = QApplication.activeModalWidget() is not None
        return self.search.is_desk_changed or is_drawing or is_writing or is_asked

    def _answer(self, act: Callable[[ReviewQueue, Finding], str], *, stays: bool = False) -> None:
        """Act on the finding on show; where it is not on show, or a box was being adjusted, show it first."""
        queue, image = self.queue, self._document.image
        finding = queue.current if queue is not None else None
        if queue is None or finding is None:
            return
        if self._waiting or image is None or image.name != finding.image:
            self._show()
        else:
            self._act(lambda: act(queue, finding), stays=stays)

    def _take_back(self) -> None:
        queue = self.queue
        if queue is not None:
            self._act(lambda: self._verdicts.take_back(queue))

    def _act(self, act: Callable[[], str], *, stays: bool = False) -> None:
        """Change the queue, say what there is to say, and go on or stay at the box."""
        before = self.queue.current if self.queue is not None else None
        try:
            remark = act()
        except UserError as problem:
            self.notices.show_problem(problem)
            return
        if remark:
            self.notices.show_text(remark)
        else:
            self.notices.clear()
        if stays and self.queue is not None and self.queue.current is not before:
            self._wait("Adjust the box")
        else:
            self._show()

    def _wait(self, what: str) -> None:
        """Leave the desk to the user; the next key for a finding shows the one at hand."""
        self.overlay.show_finding(None)
        self._waiting = what
        self._show_queue()

    def _show(self) -> None:
        """Bring the finding at hand near."""
        self._waiting = ""
        queue, folder = self.queue, self._session.folder
        finding = queue.current if queue is not None else None
        self._show_queue()
        image = folder.image(finding.image) if folder is not None and finding is not None else None
        if finding is None or image is None:
            self.overlay.show_finding(None)
            return
        self._document.open(image)
        self._document.select(())  # what was changed last does not hide what is doubted now
        boxes = [box for box in (finding.given, finding.proposed) if box is not None]
        if boxes:
            self._canvas.show_view(framed(with_context(around(boxes)), self._canvas.view_size, share=CONTEXT))
        else:
            self._canvas.fit()
        self.overlay.show_finding(finding)
        self._canvas.setFocus()

    def _show_queue(self) -> None:
        """How far it is, everywhere but on the canvas."""
        self.bar.show_queue(self.queue)
        if self._waiting and self.queue is not None and self.queue.current is not None:
            self.bar.show_waiting(self._waiting)
        self.crops.follow(self.queue)
        self.doubts_changed.emit()
        self._refresh_actions()

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

    def _images_of(self, split: str) -> frozenset[str] | None:
        folder = self._session.folder
        return frozenset(folder.splits.get(split, ())) if folder is not None and split else None

    def _on_image_changed(self, image: object) -> None:
        finding = self.queue.current if self.queue is not None else None
        name = getattr(image, "name", None)
        self.overlay.show_finding(finding if finding is not None and finding.image == name else None)

    def _close(self) -> None:
        self.search.cancel()
        self.queue = None
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
        if not self._actions:
            return
        has_queue = self.queue is not None
        has_finding = self.queue is not None and self.queue.current is not None
        for name in ANSWERS:
            self._actions[name].setEnabled(has_finding)
        for name in ("undo_finding", "unlikely_findings", "findings_grid", "review_unlabelled", "review_export"):
            self._actions[name].setEnabled(has_queue)
        self._actions["review_classes"].setEnabled(has_queue and self.search.has_other_names)


def with_context(edges: Edges) -> Edges:
    """A box around a small box, so that what is around it can be told."""
    x, y = (edges[0] + edges[2]) / 2, (edges[1] + edges[3]) / 2
    half_width, half_height = (max(edges[i + 2] - edges[i], LEAST_SHOWN) / 2 for i in (0, 1))
    return x - half_width, y - half_height, x + half_width, y + half_height
