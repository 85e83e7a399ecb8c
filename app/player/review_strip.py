"""The strip of frames worth a look, under the timeline: a click goes there."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QPushButton, QToolButton, QWidget

from app.icons import icon
from app.theme import SPACE
from yolox_core.infer.review import Ranking

HEIGHT, CARD = 62, QSize(108, 40)


class ReviewStrip(QWidget):
    """Shows a Ranking; hidden until there is one. `send_wanted` carries the frames that are selected, else all."""

    frame_requested = Signal(int)
    send_wanted = Signal(list)  # list[int]
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.title.setFixedWidth(190)
        self.cards = QListWidget()
        self.cards.setFlow(QListWidget.Flow.LeftToRight)
        self.cards.setUniformItemSizes(True)
        self.cards.setFixedHeight(HEIGHT)
        self.cards.setSelectionMode(QListWidget.SelectionMode.ExtendedSelection)
        self.cards.setHorizontalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.cards.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.cards.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.cards.setAccessibleName("Frames worth a look, worst first")
        self.cards.currentItemChanged.connect(self._on_current_changed)
        self.send = QPushButton("Send to data set")
        self.send.setToolTip("Send the selected frames, or all of them where fewer than two are selected")
        self.send.clicked.connect(lambda: self.send_wanted.emit(self.chosen))
        close = QToolButton()
        close.setIcon(icon("close"))
        close.setToolTip("Close this list")
        close.setAccessibleName("Close the list of frames")
        close.clicked.connect(self.closed)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        for widget in (self.title, self.cards, self.send, close):
            layout.addWidget(widget, int(widget is self.cards))
        self.hide()

    @property
    def frames(self) -> list[int]:
        """The frames listed, worst first."""
        return [_frame(self.cards.item(row)) for row in range(self.cards.count())]

    @property
    def chosen(self) -> list[int]:
        """The frames that are selected; all of them where fewer than two are."""
        selected = [_frame(item) for item in self.cards.selectedItems()]
        return selected if len(selected) > 1 else self.frames

    def show_title(self, title: str) -> None:
        """Say what is listed, or what is being done."""
        self.title.setText(title)
        self.show()

    def show_ranking(self, ranking: Ranking, text: str) -> None:
        """List frames; `text` says under each number, with `odd` and `boxes`, why."""
        self.cards.blockSignals(True)
        self.cards.clear()
        for ranked in ranking.frames:
            reason = text.format(odd=ranked.odd, boxes=ranked.boxes)
            item = QListWidgetItem(f"Frame {ranked.frame + 1:,}\n{reason}")
            item.setData(Qt.ItemDataRole.UserRole, ranked.frame)
            item.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
            item.setSizeHint(CARD)
            self.cards.addItem(item)
        self.cards.blockSignals(False)
        self.send.setEnabled(bool(ranking.frames))

    def step(self, cards: int) -> None:
        """Go so many cards on or back, no further than the ends."""
        if self.cards.count():
            self.cards.setCurrentRow(min(max(self.cards.currentRow() + cards, 0), self.cards.count() - 1))

    def _on_current_changed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.frame_requested.emit(_frame(item))


def _frame(item: QListWidgetItem) -> int:
    return int(item.data(Qt.ItemDataRole.UserRole))
