"""Anything that can be done in a label review, in any order: no box is doubled, no verdict lost, nothing gets stuck."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox

from app.editor.trash import PUT_BACK
from app.review_findings import Judge
from tests.app.editor.desk import Desk, MakeDesk, write_folder
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.records import Box
from yolox_core.review.decisions import Decisions
from yolox_core.review.records import Finding, FindingKind

KEYS, SHIFT, CTRL = Qt.Key, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ACTIONS, FEWEST_IMAGES = 120, 4
NAMES = [f"i{number}" for number in range(5)]
LABELS = (
    ("drone", 21, 31, 60, 80),
    ("bird", 101, 41, 150, 100),
    ("drone", 23, 32, 61, 82),
    ("drone", 121, 121, 150, 150),
)
ONE, TWIN, BIRD, OFF = (
    Box(name, x1 - 1, y1 - 1, x2, y2) for name, x1, y1, x2, y2 in (LABELS[0], LABELS[2], LABELS[1], LABELS[3])
)
DOUBLED_UP_TO, MISSING_FROM = 80, 155  # px: where the doubled drone is, and the missing bird
ONE_KEY = (
    (KEYS.Key_Y, None),
    (KEYS.Key_U, None),
    (KEYS.Key_P, None),
    (KEYS.Key_O, None),
    (KEYS.Key_P, SHIFT),
    (KEYS.Key_Y, SHIFT),
    (KEYS.Key_S, SHIFT),
    (KEYS.Key_Z, CTRL),
    (KEYS.Key_Z, CTRL | SHIFT),
    (KEYS.Key_S, CTRL),
    (KEYS.Key_D, None),
    (KEYS.Key_A, None),
    (KEYS.Key_Right, None),
)


class Reviewer:
    """Does things at random."""

    def __init__(self, desk: Desk, root: Path, seed: int) -> None:
        self.desk, self.root, self.rng = desk, root, random.Random(seed)
        self.review = desk.panel.review
        self.done: list[str] = []
        self._others: tuple[Callable[[], None], ...] = (
            self.begin,
            self._search,
            self._use_grid,
            self._delete_a_box,
            self._choose_a_kind,
            self._delete_an_image,
            self._put_it_back,
            self._change_a_file,
        )

    def act(self) -> None:
        """One thing."""
        self.desk.panel.activateWindow()
        if self.rng.random() < 0.6:
            key, modifier = self.rng.choice(ONE_KEY)
            self.done.append(str(key) if modifier is None else f"{modifier} {key}")
            self.desk.key(key, *(() if modifier is None else (modifier,)))
        else:
            other = self.rng.choice(self._others)
            self.done.append(other.__name__)
            other()

    def begin(self) -> None:
        """New findings of the same kinds."""
        self.review.begin(tuple(self._finding(one) for name in NAMES for one in _faults(name)))

    def rest(self) -> None:
        """Wait until nothing works in the background, and nothing follows."""
        for _ in range(2):
            self.desk.qtbot.waitUntil(lambda: not self.desk.session.running_jobs, timeout=20_000)
            self.desk.qtbot.wait(5)

    def _finding(self, one: Finding) -> Finding:
        return replace(one, probability=round(self.rng.uniform(0.12, 0.99), 2))

    def _search(self) -> None:
        self.review.search.start(Judge())
        if self.rng.random() < 0.6:
            self.rest()

    def _use_grid(self) -> None:
        if self.review.queue is None:
            return
        self.review.crops.open()
        grid = self.review.crops.grid
        assert grid is not None
        self.desk.qtbot.wait(1)
        grid.view.choose([row for row in range(grid.model.rowCount()) if self.rng.random() < 0.4])
        button = self.rng.choice((grid.accept, grid.reject, grid.undo))
        if button.isEnabled() and not button.isHidden():
            self.done.append(button.text())
            button.click()
        self.rest()
        grid.close()

    def _delete_a_box(self) -> None:
        if self.desk.boxes:
            self.desk.panel.document.select((self.rng.choice(self.desk.boxes).key,))
            self.desk.panel.commands.delete()

    def _choose_a_kind(self) -> None:
        self.review.bar.kind_chosen.emit(self.rng.choice(("", "missing", "poor", "duplicate")))

    def _delete_an_image(self) -> None:
        folder = self.desk.session.folder
        if folder is not None and len(folder.images) >= FEWEST_IMAGES:
            self.desk.key(KEYS.Key_D, CTRL | SHIFT)

    def _put_it_back(self) -> None:
        bar = self.desk.panel.trash.bar
        if not bar.isHidden():
            bar.buttons[PUT_BACK].click()

    def _change_a_file(self) -> None:
        """As another program does."""
        path = self.root / "Annotations" / f"{self.rng.choice(NAMES)}.xml"
        if path.exists():
            path.write_text(path.read_text().replace("<xmin>121</xmin>", "<xmin>118</xmin>"))


def _faults(image: str) -> tuple[Finding, ...]:
    return (
        Finding(FindingKind.DUPLICATE, image, 0, "", TWIN, twin=ONE),
        Finding(FindingKind.SPURIOUS, image, 0, "", ONE),
        Finding(FindingKind.WRONG_CLASS, image, 0, "", BIRD, replace(BIRD, class_name="drone")),
        Finding(FindingKind.POOR, image, 0, "", OFF, OFF.with_edges(115, 118, 148, 152)),
        Finding(FindingKind.MISSING, image, 0, "", None, Box("bird", 160, 10, 190, 30)),
        Finding(FindingKind.MISSING, image, 0, "", absent="cat"),
    )


@pytest.mark.parametrize("seed", range(6))
def test_that_nothing_is_doubled_lost_or_stuck(
    open_desk: MakeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(QMessageBox, "question", lambda *_rest: QMessageBox.StandardButton.Yes)
    root = write_folder(tmp_path / "set", dict.fromkeys(NAMES, LABELS))
    desk = open_desk(root)
    reviewer, review = Reviewer(desk, root, seed), desk.panel.review
    reviewer.begin()
    for _ in range(ACTIONS):
        reviewer.act()
    reviewer.rest()
    desk.panel.document.save_all()
    for image in open_folder(root).images:
        boxes = read_annotation(open_folder(root), image).boxes
        assert sum(box.x1 >= MISSING_FROM for box in boxes) <= 1, reviewer.done
        assert sum(box.x2 <= DOUBLED_UP_TO for box in boxes) <= 2, reviewer.done
    queue = review.queue
    assert queue is not None
    assert set(queue.decisions) == set(Decisions(root)), reviewer.done
    desk.panel.activateWindow()
    desk.qtbot.waitUntil(desk.panel.isActiveWindow)
    review.bar.kind_chosen.emit("")
    for _ in range(2 * len(queue.listed)):  # some are shown first
        desk.key(KEYS.Key_U)
    assert queue.current is None, reviewer.done
