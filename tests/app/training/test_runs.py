"""The tab of all runs: table, differences, notes, comparison, trash, export, speed against accuracy."""

import csv
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.runs import runs_of
from app.session import Session
from app.settings import SettingsStore
from app.training.panel import TrainingPanel
from app.training.runs_columns import NOTE, STAR, TAGS
from app.training.runs_tab import RunsTab
from app.training.status import State
from tests.core.train.run_files import make_run
from yolox_core.dataset.folder import open_folder
from yolox_core.evaluate.speed import Speed, write_speed
from yolox_core.train.config import TrainConfig
from yolox_core.train.runs_notes import RunNotes, read_notes

LONG = 120_000


@pytest.fixture
def session(squares: Path) -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    made.set_folder(open_folder(squares))
    yield made
    made.stop_jobs()


@pytest.fixture
def runs(session: Session) -> list[Path]:
    """Three runs that ended, the oldest first, differing in size, batch and AP."""
    assert session.folder is not None
    made = []
    for place, (size, batch, ap) in enumerate((("nano", 8, 0.3), ("s", 8, 0.6), ("m", 4, 0.5))):
        config = TrainConfig(size=size, batch_size=batch, epochs=3)
        run = make_run(runs_of(session.folder.root) / f"run {size}", config, aps=(0.1, ap, 0.2))
        os.utime(run / "config.json", (1000 + place, 1000 + place))
        made.append(run)
    return made


@pytest.fixture
def panel(qtbot: QtBot, session: Session, runs: list[Path]) -> Iterator[TrainingPanel]:
    made = TrainingPanel(session)
    qtbot.addWidget(made)
    made.resize(1500, 900)
    with qtbot.waitActive(made):  # a window that comes to the front ends the writing in a cell
        made.show()
    made.tabs.setCurrentWidget(made.all_runs)
    qtbot.waitUntil(lambda: made.all_runs.table.filter.rowCount() == 3)
    yield made
    made.shut_down()


@pytest.fixture
def tab(panel: TrainingPanel) -> RunsTab:
    return panel.all_runs


def _column(tab: RunsTab, title: str) -> int:
    return [column.title for column in tab.table.runs.columns].index(title)


def _titles(tab: RunsTab) -> list[str]:
    """Titles of the columns on show, as the header has them."""
    header = tab.table.horizontalHeader()
    model = tab.table.filter
    return [
        str(model.headerData(place, Qt.Orientation.Horizontal))
        for place in range(model.columnCount())
        if not header.isSectionHidden(place)
    ]


def _cells(tab: RunsTab, title: str) -> list[str]:
    column = _column(tab, title)
    return [tab.table.filter.index(row, column).data() for row in range(tab.table.filter.rowCount())]


def _place(tab: RunsTab, row: int, title: str = "Run") -> QPoint:
    index = tab.table.filter.index(row, _column(tab, title))
    tab.table.scrollTo(index)
    return tab.table.visualRect(index).center()


def _click(tab: RunsTab, row: int, title: str = "Run", *, with_ctrl: bool = False, shift: bool = False) -> None:
    keys = Qt.KeyboardModifier.NoModifier
    if with_ctrl or shift:
        keys = Qt.KeyboardModifier.ControlModifier if with_ctrl else Qt.KeyboardModifier.ShiftModifier
    QTest.mouseClick(tab.table.viewport(), Qt.MouseButton.LeftButton, keys, _place(tab, row, title))


def _double_click(tab: RunsTab, row: int, title: str) -> None:
    _click(tab, row, title)
    QTest.mouseDClick(tab.table.viewport(), Qt.MouseButton.LeftButton, pos=_place(tab, row, title))


def test_that_the_table_shows_latest_first_and_marks_settings_that_differ(tab: RunsTab) -> None:
    assert _cells(tab, "Run") == ["run m", "run s", "run nano"]
    assert _cells(tab, "AP") == ["0.500", "0.600", "0.300"]
    assert _cells(tab, "batch size") == ["4", "8", "8"]
    column = _column(tab, "batch size")
    fonts = [tab.table.filter.index(row, column).data(Qt.ItemDataRole.FontRole) for row in range(3)]
    assert [font is not None and font.bold() for font in fonts] == [True, False, False]
    assert "epochs" not in _titles(tab)


def test_that_a_click_on_a_title_sorts_by_what_cells_stand_for(tab: RunsTab) -> None:
    header = tab.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(_column(tab, "Size")) + 5, header.height() // 2)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    first = _cells(tab, "Size")
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert sorted((first, _cells(tab, "Size"))) == [["m", "s", "nano"], ["nano", "s", "m"]]


def test_that_words_filter_and_say_how_many_are_left(qtbot: QtBot, tab: RunsTab) -> None:
    qtbot.keyClicks(tab.words, "RUN s")
    assert _cells(tab, "Run") == ["run s"]
    assert tab.count.text() == "1 of 3 runs"
    qtbot.keyClicks(tab.words, "nothing like this")
    assert tab.empty.isVisible()


def test_that_columns_follow_the_selection_and_shift_keeps_its_start(tab: RunsTab) -> None:
    fixed = ["★", "Run", "State", "Size", "AP", "AP50", "Epochs", "Time", "ms / image", "Started from"]
    assert _titles(tab) == [*fixed, "batch size", "Tags", "Note"]
    _click(tab, 1)
    _click(tab, 2, shift=True)  # both have batch 8
    assert [run.path.name for run in tab.table.chosen] == ["run s", "run nano"]
    assert _titles(tab) == [*fixed, "Tags", "Note"]
    _click(tab, 0, shift=True)
    assert [run.path.name for run in tab.table.chosen] == ["run m", "run s"]
    assert _titles(tab) == [*fixed, "batch size", "Tags", "Note"]


def test_that_star_tags_and_note_are_kept_in_the_run_folder(qtbot: QtBot, tab: RunsTab, runs: list[Path]) -> None:
    _click(tab, 0, STAR)
    qtbot.waitUntil(lambda: tab.plots.comparison is not None and len(tab.plots.comparison.chart.curves) == 1)
    tab.window().activateWindow()
    qtbot.waitUntil(tab.window().isActiveWindow)
    for title, text in ((TAGS, "good, small"), (NOTE, "the lamp was new")):
        _double_click(tab, 0, title)
        editor = tab.table.findChild(QLineEdit)
        assert editor is not None
        qtbot.keyClicks(editor, text)
        with qtbot.waitSignal(tab._list.listed):  # news do not take away what is being written
            tab._list.look_again()
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: tab.table.findChild(QLineEdit) is None)
        assert tab.isVisible()  # Return has ended the writing and not shown the run
    assert read_notes(runs[2]) == RunNotes("the lamp was new", ("good", "small"), is_favourite=True)
    qtbot.keyClicks(tab.words, "lamp")
    qtbot.waitUntil(lambda: _cells(tab, "Run") == ["run m"])


def test_that_a_run_folder_that_cannot_be_written_says_so(tab: RunsTab, runs: list[Path]) -> None:
    runs[2].rename(runs[2].with_name("elsewhere"))
    _click(tab, 0, STAR)
    assert "Could not be written" in tab.messages.text
    assert _cells(tab, STAR)[0] == "☆"


def test_that_selected_runs_are_drawn_in_one_plot(qtbot: QtBot, tab: RunsTab) -> None:
    _click(tab, 0)
    _click(tab, 2, with_ctrl=True)
    comparison = tab.plots.comparison
    assert comparison is not None
    qtbot.waitUntil(lambda: len(comparison.chart.curves) == 2, timeout=LONG)
    assert [list(curve.trace.y) for curve in comparison.chart.curves] == [[0.1, 0.5, 0.2], [0.1, 0.3, 0.2]]
    comparison.quantity.setCurrentText("Total loss")
    assert [list(curve.trace.y) for curve in comparison.chart.curves] == [[5, 2.5, 5 / 3]] * 2
    entries = comparison.chart.legend.entries
    assert [entry.text() for entry in entries.values()] == ["run m  1.667", "run nano  1.667"]
    qtbot.mouseClick(next(iter(entries.values())), Qt.MouseButton.LeftButton)
    assert [curve.label for curve in comparison.chart.curves] == ["run nano"]


def test_that_repeat_puts_the_settings_into_the_form(panel: TrainingPanel, tab: RunsTab) -> None:
    _click(tab, 0)
    tab.acts["repeat_run"].trigger()
    config = panel.setup.config()
    assert (config.size, config.batch_size, config.epochs) == ("m", 4, 3)


def test_that_a_double_click_shows_the_run(qtbot: QtBot, panel: TrainingPanel, tab: RunsTab) -> None:
    _double_click(tab, 1, "AP")
    qtbot.waitUntil(lambda: panel.status.state is State.DONE, timeout=LONG)
    assert panel.tabs.currentWidget() is panel.view
    assert panel.status.path is not None
    assert panel.status.path.name == "run s"


def test_that_deleting_asks_and_can_be_undone(qtbot: QtBot, tab: RunsTab, runs: list[Path]) -> None:
    _click(tab, 0)
    _click(tab, 1, shift=True)
    qtbot.keyClick(tab.table, Qt.Key.Key_Delete)
    assert "2 runs" in tab.trash.bar.text
    assert all(run.exists() for run in runs)
    qtbot.mouseClick(tab.trash.bar.buttons["Delete"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _cells(tab, "Run") == ["run nano"])
    qtbot.mouseClick(tab.trash.undo_bar.buttons["Put back"], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: _cells(tab, "Run") == ["run m", "run s", "run nano"])


def test_that_a_run_under_way_is_not_deleted(qtbot: QtBot, tab: RunsTab, runs: list[Path]) -> None:
    make_run(runs[0].with_name("run x"), state="")
    tab._list.look_again()
    qtbot.waitUntil(lambda: _cells(tab, "Run")[:1] == ["run x"])
    _click(tab, 0)
    tab.acts["delete_runs"].trigger()
    assert tab.trash.bar.text == ""
    assert "under way" in tab.messages.text


def test_that_runs_are_exported(tab: RunsTab, tmp_path: Path) -> None:
    tab.write_table(tmp_path / "runs.csv", tab.table.shown)
    with (tmp_path / "runs.csv").open(newline="") as file:
        assert [row["size"] for row in csv.DictReader(file)] == ["m", "s", "nano"]


class _Opened(QObject):
    """Takes the place of the desktop's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.urls: list[QUrl] = []

    @Slot(QUrl)
    def take(self, url: QUrl) -> None:
        self.urls.append(url)


def test_that_the_folder_opens_in_the_file_manager(tab: RunsTab, runs: list[Path]) -> None:
    opened = _Opened()
    QDesktopServices.setUrlHandler("file", opened, "take")
    try:
        _click(tab, 0)
        tab.acts["open_run_folder"].trigger()
    finally:
        QDesktopServices.unsetUrlHandler("file")
    assert [Path(url.toLocalFile()) for url in opened.urls] == [runs[2]]


def test_that_speed_and_accuracy_joins_the_best_of_each_size_and_lists_the_rest(
    qtbot: QtBot, tab: RunsTab, runs: list[Path]
) -> None:
    for run, ms in zip(runs, (5.0, 20.0, 50.0), strict=True):
        (run / "best.pth").touch()
        if run != runs[2]:
            write_speed(run, Speed(1.0, ms, 1.0, "cpu", 416, 416, 30))
    make_run(runs[0].with_name("worse"), TrainConfig(size="nano"), aps=(0.05,))
    write_speed(runs[0].with_name("worse"), Speed(1.0, 5.5, 1.0, "cpu", 416, 416, 30))
    tab._list.look_again()
    qtbot.waitUntil(lambda: tab.table.filter.rowCount() == 4)
    tab.plots.setCurrentIndex(1)
    sizes = tab.plots.sizes
    assert sizes is not None
    assert sorted(sizes.points) == [(7.0, 0.3), (7.5, 0.05), (22.0, 0.6)]
    assert sizes.joined == ["nano", "s"]
    assert list(sizes.buttons) == [runs[2]]
    qtbot.mouseClick(sizes.buttons[runs[2]], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "best.pth" in tab.messages.text, timeout=LONG)  # it is empty


def test_that_a_paused_run_of_this_window_reads_paused(panel: TrainingPanel, tab: RunsTab, qtbot: QtBot) -> None:
    path = tab.table.shown[0].path
    panel.live.status = replace(panel.live.status, path=path, state=State.PAUSED)
    panel.listed.look_again()
    qtbot.waitUntil(lambda: _cells(tab, "State")[0] == "paused")
    panel.live.status = replace(panel.live.status, state=State.READY)
