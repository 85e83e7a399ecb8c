"""The tab of results: read from the run's folder, measured on demand, browsed with the mouse."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import PageRequest, Session
from app.settings import SettingsStore
from app.training.result_export import ExportDialog
from app.training.result_images import mistakes_text
from app.training.result_scores import ScoresView
from app.training.result_tab import ResultTab
from tests.core.result_sets import kept_evaluation
from tests.core.train.run_files import make_run
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.evaluate.details import threshold_at
from yolox_core.evaluate.result_file import KeptEvaluation, write_result
from yolox_core.evaluate.speed import Speed, write_speed
from yolox_core.train.config import TrainConfig
from yolox_core.train.runs_result import RESULT, kept_result
from yolox_core.train.trainer import Trainer

LONG = 120_000
NAMES = ("cell", "platelet", "never seen")
TINY = TrainConfig(epochs=1, batch_size=4, image_size=64, multiscale_range=0, workers=1, device="cpu")


@pytest.fixture
def folder(squares: Path) -> DataFolder:
    return open_folder(squares)


@pytest.fixture
def session(folder: DataFolder) -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    made.set_folder(folder)
    yield made
    made.stop_jobs()


@pytest.fixture
def kept(folder: DataFolder) -> KeptEvaluation:
    """An evaluation of two classes on the images of the folder; a third class does not occur."""
    paths = [image.path for image in folder.images]
    seen = kept_evaluation(NAMES[:2], paths=paths)
    details = seen.evaluation.details
    assert details is not None
    old = details.confusion
    counts = np.zeros((4, 4), np.int64)
    places = [0, 1, 3]
    counts[np.ix_(places, places)] = old.counts
    cells = {(places[row], places[column]): images for (row, column), images in old.images.items()}
    confusion = replace(old, counts=counts, names=NAMES, images=cells)
    return replace(seen, evaluation=replace(seen.evaluation, details=replace(details, confusion=confusion)))


@pytest.fixture
def run(tmp_path: Path, kept: KeptEvaluation) -> Path:
    made = make_run(tmp_path / "run")
    write_result(made / RESULT, kept)
    write_speed(made, Speed(1.0, 20.0, 2.0, "cpu", 416, 416, 30))
    return made


@pytest.fixture
def tab(qtbot: QtBot, session: Session) -> ResultTab:
    made = ResultTab(session)
    qtbot.addWidget(made)
    made.resize(1100, 800)
    made.show()
    return made


def _show(qtbot: QtBot, tab: ResultTab, run: Path) -> ScoresView:
    tab.show_run(run)
    qtbot.waitUntil(lambda: tab.reader.result is not None and isinstance(tab.scores, ScoresView))
    assert isinstance(tab.scores, ScoresView)
    return tab.scores


def _click(view: QAbstractItemView, row: int, column: int, *, is_double: bool = False) -> None:
    index = view.model().index(row, column)
    view.scrollTo(index)
    place = QPoint(view.visualRect(index).center())
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if is_double:
        QTest.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_that_a_kept_result_is_shown_without_weights_or_measuring(
    qtbot: QtBot, tab: ResultTab, run: Path, kept: KeptEvaluation
) -> None:
    scores = _show(qtbot, tab, run)
    evaluation = kept.evaluation
    assert tab.figures[0].value.text() == f"{evaluation.ap:.3f}"
    assert (tab.figures[5].value.text(), tab.figures[5].note.text()) == ("23.0", "network 20.0")
    assert [row[0] for row in scores.table.texts] == ["all classes", "cell", "platelet"]
    small = evaluation.ap_per_size["cell"][0]
    assert scores.table.texts[1][5] == (f"{small:.3f}" if small >= 0 else "–")
    assert not tab.play.isVisible()
    assert tab.messages.text == ""


def test_that_the_slider_tells_the_figures_of_the_class_in_front_at_any_score(
    qtbot: QtBot, tab: ResultTab, run: Path
) -> None:
    scores = _show(qtbot, tab, run)
    details = kept_result(run).kept.evaluation.details
    assert details is not None
    assert f"F1 {details.best.f1:.3f}" in scores.figures.text()
    _click(scores.table, 2, 0)
    platelet = next(one for one in details.classes if one.name == "platelet")
    assert scores.plot.best == platelet.best
    assert scores.threshold.f1 == pytest.approx(platelet.best.f1, abs=1e-3)
    scores.slider.setValue(900)
    at = threshold_at(platelet.curve, 0.9)
    assert (scores.threshold.precision, scores.threshold.recall) == pytest.approx((at.precision, at.recall), abs=1e-4)
    assert f"recall {at.recall:.3f}" in scores.figures.text()
    qtbot.mouseClick(scores.best, Qt.MouseButton.LeftButton)
    assert scores.threshold.f1 == pytest.approx(platelet.best.f1, abs=1e-3)


def test_that_a_cell_lists_its_images_and_a_double_click_opens_one_in_the_editor(
    qtbot: QtBot, tab: ResultTab, session: Session, run: Path, kept: KeptEvaluation
) -> None:
    _show(qtbot, tab, run)
    tab.views.setCurrentWidget(tab.confusion)
    details = kept.evaluation.details
    assert details is not None
    cell = max((cell for cell in details.confusion.images if cell[0] != cell[1]), key=lambda at: at[0] < 3)
    matrix = tab.confusion.table.matrix
    _click(tab.confusion.table, matrix.rows.index(cell[0]), matrix.columns.index(cell[1]))
    wanted = [details.images[place].path for place in details.confusion.images[cell]]
    assert tab.confusion.images.paths == wanted
    assert tab.confusion.images.title.text().startswith(f"{details.confusion.counts[cell]} × {NAMES[cell[0]]} ")
    qtbot.waitUntil(lambda: tab.confusion.images.drawn == len(wanted))
    with qtbot.waitSignal(session.page_requested) as asked:
        _click(tab.confusion.images.list, 0, 0, is_double=True)
    assert asked.args == [PageRequest("edit", wanted[0])]


def test_that_classes_that_do_not_occur_are_hidden_until_asked_for(qtbot: QtBot, tab: ResultTab, run: Path) -> None:
    _show(qtbot, tab, run)
    tab.views.setCurrentWidget(tab.confusion)
    matrix = tab.confusion.table.matrix
    sides = [matrix.headerData(place, Qt.Orientation.Horizontal) for place in range(matrix.columnCount())]
    assert sides == ["cell", "platelet", "not found"]
    qtbot.mouseClick(tab.confusion.hides_empty, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    assert matrix.rowCount() == matrix.columnCount() == 4
    assert matrix.data(matrix.index(2, 2)) == ""


def test_that_the_most_frequent_mistake_leads_to_its_cell(
    qtbot: QtBot, tab: ResultTab, run: Path, kept: KeptEvaluation
) -> None:
    _show(qtbot, tab, run)
    tab.views.setCurrentWidget(tab.confusion)
    assert kept.evaluation.details is not None
    counts = kept.evaluation.details.confusion.counts.copy()
    np.fill_diagonal(counts, 0)
    tab.confusion.mistakes.activated.emit(0)
    assert tab.confusion.images.title.text().startswith(f"{counts.max()} × ")


def test_that_the_worst_images_come_first(qtbot: QtBot, tab: ResultTab, run: Path, kept: KeptEvaluation) -> None:
    _show(qtbot, tab, run)
    assert kept.evaluation.details is not None
    mistakes = {image.path: image.mistakes for image in kept.evaluation.details.images}
    shown = [mistakes[path] for path in tab.worst.paths]
    assert shown == sorted((count for count in mistakes.values() if count), reverse=True)
    assert mistakes_text(kept.evaluation.details.images[0]) != "all right"


def test_that_images_that_are_gone_say_so(qtbot: QtBot, tab: ResultTab, run: Path) -> None:
    paths = [Path("/nowhere") / f"{number}.jpg" for number in range(3)]
    write_result(run / RESULT, kept_evaluation(NAMES, paths=paths))
    _show(qtbot, tab, run)
    qtbot.waitUntil(lambda: all("cannot be read" in _second_line(tab, row) for row in range(tab.worst.list.count())))


def _second_line(tab: ResultTab, row: int) -> str:
    from app.training.result_images import MISTAKES_ROLE

    return str(tab.worst.list.item(row).data(MISTAKES_ROLE))


def test_that_each_state_says_what_it_waits_for(qtbot: QtBot, tab: ResultTab, run: Path, tmp_path: Path) -> None:
    assert tab.state.text().startswith("Choose a run")
    tab.show_run(run, is_busy=True)
    assert "under way" in tab.state.text()
    tab.show_run(make_run(tmp_path / "other"))
    assert "no weights" in tab.state.text()
    assert not tab.measure.isVisible()


def test_that_another_data_set_takes_the_run_away(
    qtbot: QtBot, tab: ResultTab, session: Session, run: Path, folder: DataFolder
) -> None:
    _show(qtbot, tab, run)
    session.set_folder(replace(folder, images=folder.images[:1]))
    assert tab.reader.run == run
    session.set_folder(None)
    assert tab.state.text().startswith("Choose a run")
    assert not tab.worst.isVisible()


def test_that_a_run_is_measured_on_demand_cancelled_and_exported(
    qtbot: QtBot, tab: ResultTab, session: Session, folder: DataFolder, tmp_path: Path
) -> None:
    run = tmp_path / "trained"
    list(Trainer(TINY, folder, run).run())
    tab.show_run(run)
    qtbot.waitUntil(tab.measure.isVisible)
    qtbot.mouseClick(tab.measure, Qt.MouseButton.LeftButton)
    assert tab.cancel.isVisible()
    qtbot.mouseClick(tab.cancel, Qt.MouseButton.LeftButton)
    assert tab.measure.isVisible()
    qtbot.waitUntil(lambda: not session.running_jobs, timeout=LONG)
    assert not (run / RESULT).exists()
    with qtbot.waitSignal(tab.kept, timeout=LONG):
        qtbot.mouseClick(tab.measure, Qt.MouseButton.LeftButton)
    assert tab.again.isVisible()
    assert kept_result(run).speed is not None
    qtbot.mouseClick(tab.export, Qt.MouseButton.LeftButton)
    dialog = tab.findChild(ExportDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "largest difference" in dialog.report.text() or bool(dialog.messages.text), timeout=LONG)
    assert dialog.messages.text == ""
    assert (run / "best.onnx").exists()
    dialog.path.setText("/nowhere/best.onnx")
    qtbot.waitUntil(dialog.start.isEnabled)
    qtbot.mouseClick(dialog.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "/nowhere" in dialog.messages.text, timeout=LONG)


def test_that_label_faults_are_listed_and_open_in_the_editor(
    qtbot: QtBot, tab: ResultTab, session: Session, folder: DataFolder, tmp_path: Path
) -> None:
    list(Trainer(TINY, folder, tmp_path / "trained").run())
    image = folder.images[3]
    label = folder.root / "Annotations" / f"{image.path.stem}.xml"
    speck = "<bndbox><xmin>5</xmin><ymin>5</ymin><xmax>5</xmax><ymax>5</ymax></bndbox>"
    label.write_text(re.sub(r"<bndbox>.*?</bndbox>", speck, label.read_text(), flags=re.DOTALL))
    tab.show_run(tmp_path / "trained")
    faults = tab.faults
    qtbot.waitUntil(faults.search.isEnabled)
    assert faults.list.topLevelItemCount() == 0
    faults.search.click()
    assert not faults.search.isEnabled() or faults.search.isHidden()
    qtbot.waitUntil(lambda: "likely fault" in faults.text.text(), timeout=LONG)
    rows = [faults.list.topLevelItem(row) for row in range(faults.list.topLevelItemCount())]
    first = next(row for row in rows if row.text(2) == image.name)
    assert float(first.text(0)) > 0.5
    asked: list[PageRequest] = []
    session.page_requested.connect(asked.append)
    faults.list.itemActivated.emit(first, 0)
    assert asked == [PageRequest("edit", image.path)]
    assert all(not path.name.startswith("review") for path in folder.root.iterdir())  # looking changes nothing


def test_that_a_search_for_label_faults_can_be_cancelled(
    qtbot: QtBot, tab: ResultTab, folder: DataFolder, tmp_path: Path
) -> None:
    list(Trainer(TINY, folder, tmp_path / "trained").run())
    tab.show_run(tmp_path / "trained")
    qtbot.waitUntil(tab.faults.search.isEnabled)
    tab.faults.search.click()
    tab.faults.cancel.click()
    assert not tab.faults.search.isHidden()
    assert tab.faults.list.topLevelItemCount() == 0
