"""The tab of all runs of the data set: the table, what can be done with those selected, and plots that compare them."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.actions import make_action
from app.session import Session
from app.theme import SPACE
from app.training.actions import RUNS
from app.training.result_speed import SpeedMeter
from app.training.runs_board import Board
from app.training.runs_list import RunsList
from app.training.runs_plots import RunsPlots
from app.training.runs_table import RunsTable
from app.training.runs_trash_bar import RunsTrash
from app.widgets.message_bar import MessageBar
from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.train.runs import RunSummary
from yolox_core.train.runs_csv import runs_csv

EMPTY = "Every run of this data set is listed here, with what came of it. Start one on the left."
NO_MATCH = "No run holds these words."


class RunsTab(QWidget):
    """Shows the runs of a RunsList; `show_requested` and `repeat_requested` are for the page."""

    show_requested = Signal(object)  # Path of a run
    repeat_requested = Signal(object)  # TrainConfig

    def __init__(self, session: Session, listed: RunsList, speed: SpeedMeter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = listed
        self._speed = speed
        self.board = Board(session, self)
        self.trash = RunsTrash(self)
        self.messages = MessageBar()
        self.words = QLineEdit(placeholderText="Filter by words", clearButtonEnabled=True)
        self.count = QLabel()
        self.count.setProperty("look", "muted")
        self.table = RunsTable()
        self.plots = RunsPlots(session)
        self.empty = QLabel(EMPTY, self.table.viewport(), alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.empty.setProperty("look", "muted")
        self.acts = self._make_actions()
        self._lay_out()
        self._connect()
        self._show_runs()

    def _make_actions(self) -> dict[str, QAction]:
        """The actions on chosen runs by name, in the order of the menu."""
        slots: dict[str, Callable[[], object]] = {
            "show_run": self._show,
            "repeat_run": self._repeat,
            "star_run": self._star,
            "measure_run": self._measure,
            "board_runs": self._open_board,
            "open_run_folder": self._open_folder,
            "export_runs": self._export,
            "delete_runs": self._delete,
        }
        return {action.name: make_action(self.table, action, slots[action.name]) for action in RUNS}

    def _lay_out(self) -> None:
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.menu.addActions(list(self.acts.values()))
        head = QHBoxLayout()
        head.setSpacing(SPACE // 2)
        head.addWidget(self.words, 1)
        head.addWidget(self.count)
        head.addSpacing(SPACE)
        for name, action in self.acts.items():
            button = QToolButton()
            button.setDefaultAction(action)
            if name in ("show_run", "repeat_run"):
                button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            head.addWidget(button)
        parts = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        parts.addWidget(self.table)
        parts.addWidget(self.plots)
        parts.setSizes([300, 330])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 3 // 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE)
        for bar in (self.messages, self.trash.bar, self.trash.undo_bar):
            layout.addWidget(bar)
        layout.addLayout(head)
        layout.addWidget(parts, 1)
        over = QVBoxLayout(self.table.viewport())
        over.addWidget(self.empty)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _connect(self) -> None:
        self._list.listed.connect(self._show_runs)
        self.words.textChanged.connect(self._on_words)
        self.table.chosen_changed.connect(self._on_chosen)
        self.table.opened.connect(self.show_requested)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self.trash.changed.connect(self._list.look_again)
        self.plots.measure_requested.connect(self._speed.measure)
        self.table.runs.noted.connect(self._list.look_again)
        self.table.news_missed.connect(self._list.look_again)
        self._speed.measured.connect(self._list.look_again)
        for source in (self.table.runs, self.trash, self.board, self._speed):
            source.failed.connect(self.messages.show_problem)
        for source in (self.board, self._speed):
            source.told.connect(self.messages.show_text)

    def _show_runs(self) -> None:
        self.table.show_runs(self._list.runs)
        self._on_words(self.words.text())
        self._on_chosen()

    def _on_words(self, text: str) -> None:
        self.table.filter.set_text(text)
        shown, known = self.table.filter.rowCount(), len(self._list.runs)
        self.count.setText(f"{shown} of {known} runs" if shown < known else f"{known} runs" if known != 1 else "1 run")
        self.empty.setText(NO_MATCH if known else EMPTY)
        self.empty.setVisible(not shown)

    def _on_chosen(self) -> None:
        chosen = self.table.chosen
        for name, action in self.acts.items():
            needs_one = name in ("show_run", "repeat_run", "measure_run", "open_run_folder")
            action.setEnabled(len(chosen) == 1 if needs_one else bool(chosen))
        self.acts["export_runs"].setEnabled(bool(self._list.runs))
        self.plots.show_runs(self._list.runs, chosen)

    def _show_menu(self, place: QPoint) -> None:
        if self.table.indexAt(place).isValid():
            self.menu.popup(self.table.viewport().mapToGlobal(place))

    def _show(self) -> None:
        self.show_requested.emit(self.table.chosen[0].path)

    def _repeat(self) -> None:
        run = self.table.chosen[0]
        if run.config is None:
            self.messages.show_problem(UserError("The settings of this run cannot be read.", where=run.path))
            return
        self.repeat_requested.emit(run.config)
        self.messages.show_text(f"The form holds the settings of “{run.path.name}” now: change them and start.")

    def _star(self) -> None:
        for row in self.table.chosen_rows:
            self.table.runs.toggle_favourite(row)

    def _measure(self) -> None:
        self._speed.measure(self.table.chosen[0].path)

    def _open_board(self) -> None:
        self.board.open([run.path for run in self.table.chosen])

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.table.chosen[0].path)))

    def _delete(self) -> None:
        self.trash.ask(self.table.chosen)

    def _export(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export runs", "runs.csv", "Tables (*.csv)")
        if name:
            self.write_table(Path(name), self.table.chosen or self.table.shown)

    def write_table(self, path: Path, runs: Sequence[RunSummary]) -> None:
        """Write these runs as CSV."""
        try:
            write_atomically(path, runs_csv(runs).encode())
        except UserError as problem:
            self.messages.show_problem(problem)
        else:
            self.messages.show_text(f"Written: {path}")
