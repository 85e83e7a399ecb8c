"""The bar above the canvas during a label review: what is doubted, how surely, what to do about it, how far it is."""

from time import monotonic

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.review_queue import RECENT, UNLIKELY, QueueFilter, ReviewQueue
from app.icons import icon
from app.review_findings import LIKELY
from app.runs import time_text
from app.theme import SPACE
from app.widgets.elided_label import ElidedLabel
from app.widgets.wrapped_rows import WrappedRows
from yolox_core.records import Progress
from yolox_core.review.records import Finding, FindingKind

BUTTONS = {
    "accept_finding": "Accept",
    "reject_finding": "Reject",
    "edit_finding": "Edit",
    "skip_finding": "Skip",
    "undo_finding": "Back",
    "accept_findings": "Accept sure",
}
MORE = ("review_again", "review_classes", "review_unlabelled", "review_train", "review_rounds", "review_export")
ALL = {"kind": "All kinds", "class": "All classes", "split": "All splits"}
TOLD_AFTER_S = 5.0
ROOMY = 640  # px from which on the quality of the image is told
QUALITY = "How likely all labels of this image are right: the product of 1 − p over its open findings"


class TimeLeft:
    """What is left of a task whose parts take equally long, from the first of them that was seen."""

    def __init__(self) -> None:
        self._first = self._last = Progress(0, 0, "")
        self._began_s = 0.0

    def seconds(self, progress: Progress) -> float | None:
        """Seconds until the end; None while that cannot be told."""
        now_s = monotonic()
        if progress.total != self._last.total or progress.done < self._last.done:
            self._first, self._began_s = progress, now_s
        self._last = progress
        done, taken_s = progress.done - self._first.done, now_s - self._began_s
        if done <= 0 or taken_s < TOLD_AFTER_S:
            return None
        return taken_s / done * (progress.total - progress.done)


class ReviewBar(QFrame):
    """Hidden while there is neither a queue nor work on one. Filters carry what was chosen, empty for all."""

    kind_chosen = Signal(str)
    class_chosen = Signal(str)
    split_chosen = Signal(str)
    cancelled = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("look", "note")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.what, self.why = QLabel(), ElidedLabel("")
        self.what.setProperty("look", "heading")
        self.place, self.yield_, self.task = QLabel(), ElidedLabel(""), ElidedLabel("")
        for label in (self.why, self.place, self.yield_):
            label.setProperty("look", "muted")
        self.kinds, self.classes, self.splits = QComboBox(), QComboBox(), QComboBox()
        self.unlikely = QToolButton()
        self.progress = QProgressBar(textVisible=False)
        self.progress.setMaximumHeight(6)
        self.cancel = QPushButton("Cancel")
        self.grid, self.more = QToolButton(), QToolButton()
        self.filter = QToolButton()
        self.filter.setCheckable(True)
        self.filter.setToolTip("Choose kinds, classes and splits")
        self.more.setText("More")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(QMenu(self.more))
        self.place.setToolTip(QUALITY)
        self._time_left = TimeLeft()
        self._quality = self._number = ""
        self._queue, self._busy, self._filters, self._answers = QWidget(), QWidget(), QWidget(), QWidget()
        self._buttons = WrappedRows(self._answers, gap=SPACE // 2)
        self._lay_out()
        signals = ((self.kinds, self.kind_chosen), (self.classes, self.class_chosen), (self.splits, self.split_chosen))
        for box, signal in signals:
            box.activated.connect(lambda row, box=box, signal=signal: signal.emit(box.itemText(row) if row else ""))
        self.cancel.clicked.connect(self.cancelled)
        self.filter.toggled.connect(self._filters.setVisible)
        self._refresh()

    def set_actions(self, actions: dict[str, QAction]) -> None:
        """Put the answers on their buttons."""
        for name, text in BUTTONS.items():
            _name_button(actions[name], text)
            button = QToolButton()
            button.setDefaultAction(actions[name])
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            self._buttons.addWidget(button)
        gap = QWidget()
        gap.setFixedSize(SPACE, 1)
        for part in (gap, self.filter, self.grid, self.more, self.yield_):
            self._buttons.addWidget(part)
        _name_button(actions["findings_grid"], "Side by side")
        self.grid.setDefaultAction(actions["findings_grid"])
        self.more.menu().addActions([actions[name] for name in MORE])
        _name_button(actions["unlikely_findings"], "Unlikely too")
        self.unlikely.setDefaultAction(actions["unlikely_findings"])

    def show_progress(self, progress: Progress | None) -> None:
        """Show how far the search is; None when it has ended."""
        if progress is not None:
            self.progress.setRange(0, progress.total)
            self.progress.setValue(progress.done)
            left_s = self._time_left.seconds(progress)
            left = f", {time_text(left_s)} left" if left_s is not None else ""
            self.task.set_text(f"{progress.text}…{left}")
        self._busy.setVisible(progress is not None)
        self._refresh()

    def begin(self, queue: ReviewQueue, splits: tuple[str, ...]) -> None:
        """Offer the filters of a queue."""
        kinds = tuple(kind.value for kind in FindingKind)
        parts = (
            ("kind", self.kinds, kinds),
            ("class", self.classes, queue.class_names),
            ("split", self.splits, splits),
        )
        for what, box, names in parts:
            box.clear()
            box.addItems([ALL[what], *names])
            box.setVisible(bool(names))

    def show_queue(self, queue: ReviewQueue | None) -> None:
        """Show the finding at hand, or that there is none; nothing without a queue."""
        self._queue.setVisible(queue is not None)
        self._refresh()
        if queue is None:
            return
        finding, (number, many), (real, judged) = queue.current, queue.place, queue.precision
        self.what.setText(_title(finding))
        self.filter.setText("Filter" if queue.filter == QueueFilter(queue.filter.least) else "Filtered")
        self.why.set_text(finding.reason if finding is not None else _nothing_left(queue))
        self._quality = f"image quality {queue.quality:.0%}  ·  " if finding is not None else ""
        self._number = f"{number:,} of {many:,}" if finding is not None else ""
        self._show_place()
        words = f"{real} of {judged} were faults" if judged else ""
        self.yield_.set_text(queue.hint or words, tool_tip=f"Of the last {judged} verdicts, {RECENT} at most")
        self.yield_.setVisible(bool(self.yield_.text()))  # empty, it would take a row of its own where it is narrow

    def show_waiting(self, what: str) -> None:
        """Say what comes before the finding at hand, and how to go on to that."""
        self.what.setText(what)
        self.why.set_text("Any key for a finding goes on to the next one.")
        self._quality = self._number = ""
        self._show_place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where there is little room."""
        super().resizeEvent(event)
        self._show_place()

    def _show_place(self) -> None:
        self.place.setText(self._quality * (self.width() >= ROOMY) + self._number)

    def _refresh(self) -> None:
        self.setVisible(not (self._queue.isHidden() and self._busy.isHidden()))

    def _lay_out(self) -> None:
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Leave the review; nothing is lost")
        close.setAccessibleName("Leave the review")
        close.clicked.connect(self.closed)
        first = QHBoxLayout()
        filters, busy = QHBoxLayout(self._filters), QHBoxLayout(self._busy)
        first.addWidget(self.what)
        first.addWidget(self.why, 1)
        first.addWidget(self.place)
        first.addWidget(close)
        for button in (self.filter, self.grid, self.more):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for name, box in (("Kind", self.kinds), ("Class", self.classes), ("Split", self.splits)):
            box.setToolTip(f"{name} of the findings listed")
            box.setAccessibleName(name)
            box.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
            filters.addWidget(box)
        self.unlikely.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        filters.addWidget(self.unlikely)
        filters.addStretch(1)
        busy.addWidget(self.task, 1)
        busy.addWidget(self.progress)
        busy.addWidget(self.cancel)
        column = QVBoxLayout(self._queue)
        for row in (first, filters, busy, column):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(SPACE)
        column.addLayout(first)
        column.addWidget(self._answers)
        column.addWidget(self._filters)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE * 3 // 2, SPACE // 2, SPACE, SPACE // 2)
        whole.addWidget(self._queue)
        whole.addWidget(self._busy)
        for part in (self._queue, self._filters, self._busy):
            part.hide()


def _name_button(action: QAction, text: str) -> None:
    """Let buttons of an action say `text` and its key, whatever that is made to be; long keys stand in the tooltip."""

    def show() -> None:
        key = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        named = f"{text}  {key}" if len(key) == 1 else text
        if action.iconText() != named:
            action.setIconText(named)

    action.changed.connect(show)
    show()


def _title(finding: Finding | None) -> str:
    if finding is None:
        return "Nothing left to settle"
    return f"{finding.kind.value.capitalize()} {finding.class_name}  {finding.probability:.0%}"


def _nothing_left(queue: ReviewQueue) -> str:
    if queue.filter.least > UNLIKELY:
        return f"at {LIKELY:.0%} or more, with these filters; “Unlikely findings too” goes down to {UNLIKELY:.0%}."
    return "with these filters."
