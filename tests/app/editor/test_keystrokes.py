"""Fifty boxes that are missing, mended by keyboard alone with the real network; every key that goes down is counted."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np
from PySide6.QtCore import Qt

from app.editor.document import FIRST_NEW_KEY
from tests.app.editor.desk import NO_KEY, Desk, MakeDesk
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.records import Box
from yolox_core.sample.dataset import Drawn, Take, draw_take, make_voc_folders
from yolox_core.sample.planted import overlap
from yolox_core.sample.voc import voc_bytes
from yolox_core.train.start import built_in_start

SHOTS, FRAMES, MISSING = 8, 5, 50
LIKE, GOOD = 0.5, 0.6  # IoU from which a person takes a draft for the object, and leaves off mending a box
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)
FAR = 6  # pixels off from which a step of 10 is better than one of 1
LEFT, UP, RIGHT, DOWN = Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Right, Qt.Key.Key_Down

Boxes = dict[str, tuple[Box, ...]]  # by stem of the image


@dataclass
class Person:
    """Sees which boxes are missing, and has a keyboard and nothing else."""

    desk: Desk
    missing: Boxes
    pressed: Counter[str] = field(default_factory=Counter)
    rejected: int = 0
    held: Qt.KeyboardModifier = NO_KEY

    def press(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press a key; each modifier that was not held down already counts as one more."""
        self.pressed[key.name] += 1 + (modifier & ~self.held).value.bit_count()
        self.held = modifier
        assert self.pressed.total() < 10 * MISSING, self.figures()
        self.desk.key(key, modifier)

    def mend_folder(self) -> None:
        """Let the network propose for the whole list, then go through it from the first image to the last."""
        self.press(Qt.Key.Key_G, CTRL)
        self.wait_for_drafts()
        count = len(self.desk.panel.images.images)
        for number in range(count):
            self.mend_image(is_first_of_shot=number % FRAMES == 0)
            self.press(*((Qt.Key.Key_D,) if number + 1 < count else (Qt.Key.Key_S, CTRL)))

    def mend_image(self, *, is_first_of_shot: bool) -> None:
        """Answer the drafts; what the network has not seen is carried on, or copied, from a neighbour."""
        self.answer_drafts()
        if self.still_missing() and not is_first_of_shot:
            self.press(Qt.Key.Key_A)
            self.press(Qt.Key.Key_T)
            self.wait_for_drafts()
            self.answer_drafts()
        for box in self.still_missing():
            self.copy_from_neighbour(box, is_after=is_first_of_shot)

    def wait_for_drafts(self) -> None:
        """Wait until no drafts are being made."""
        self.desk.qtbot.waitUntil(lambda: not self.desk.panel.drafts.is_busy, timeout=60_000)

    def answer_drafts(self) -> None:
        """Accept the drafts that lie where a box is missing, with the right class; reject the others."""
        drafts = self.desk.panel.drafts.desk
        while (draft := drafts.shown.current) is not None:
            box = next((box for box in self.still_missing() if overlap(box, draft.box) >= LIKE), None)
            if box is None:
                self.rejected += 1
                self.press(Qt.Key.Key_X)
                continue
            self.press(Qt.Key.Key_E)
            if box.class_name != draft.box.class_name:
                self.press(Qt.Key(Qt.Key.Key_1 + self.desk.panel.classes.names.index(box.class_name)))

    def copy_from_neighbour(self, box: Box, *, is_after: bool) -> None:
        """Copy the box of the same class that is nearest in the image after or before this one, and move the copy."""
        go, back = (Qt.Key.Key_D, Qt.Key.Key_A) if is_after else (Qt.Key.Key_A, Qt.Key.Key_D)
        self.press(go)
        self.answer_drafts()
        alike = [other for other in self.desk.boxes if other.class_name == box.class_name]
        nearest = min(alike, key=lambda other: _distance(other, box))
        while self.selected != nearest:
            self.press(Qt.Key.Key_Tab)
        self.press(Qt.Key.Key_C, CTRL)
        self.press(back)
        self.press(Qt.Key.Key_V, CTRL)
        while (selected := self.selected) is not None and overlap(selected, box) < GOOD:
            self.adjust(selected, box)

    def adjust(self, box: Box, wanted: Box) -> None:
        """Move the selected box by 10 pixels where both its sides are far off, else its worst side by 1 or 10."""
        left, right = wanted.x1 - box.x1, wanted.x2 - box.x2
        top, bottom = wanted.y1 - box.y1, wanted.y2 - box.y2
        for low, high, keys in ((left, right, (LEFT, RIGHT)), (top, bottom, (UP, DOWN))):
            if low * high > 0 and min(abs(low), abs(high)) >= FAR:
                self.press(keys[low > 0], SHIFT)
                return
        side, outwards = max(((LEFT, -left), (UP, -top), (RIGHT, right), (DOWN, bottom)), key=lambda each: abs(each[1]))
        self.press(side, (CTRL if outwards > 0 else ALT) | (SHIFT if abs(outwards) >= FAR else NO_KEY))

    @property
    def selected(self) -> Box | None:
        """The selected box."""
        keys = self.desk.panel.document.selected
        return self.desk.panel.document.annotation.box(keys[-1]) if keys else None

    def still_missing(self) -> list[Box]:
        """The missing boxes of the image on the desk in whose place nothing was put yet."""
        added = [box for box in self.desk.boxes if box.key >= FIRST_NEW_KEY]
        missing = self.missing[self.desk.name]
        return [box for box in missing if not any(_is_like(box, other) for other in added)]

    def figures(self) -> str:
        """What it took, in a sentence."""
        return (
            f"{self.pressed.total()} keys: {self.per_missing_box:.2f} per missing box, "
            f"{self.per_rejected_draft:.2f} for each of {self.rejected} rejected drafts; {dict(self.pressed)}"
        )

    @property
    def per_missing_box(self) -> float:
        """Keys for each missing box: all but those that reject, the way between images and saving included."""
        return (self.pressed.total() - self.pressed[Qt.Key.Key_X.name]) / MISSING

    @property
    def per_rejected_draft(self) -> float:
        """Keys that reject for each draft that was rejected."""
        return self.pressed[Qt.Key.Key_X.name] / self.rejected


def _is_like(a: Box, b: Box) -> bool:
    return a.class_name == b.class_name and overlap(a, b) >= LIKE


def _distance(a: Box, b: Box) -> float:
    """Between the middles of two boxes, in pixels."""
    return float(np.hypot(a.x1 + a.x2 - b.x1 - b.x2, a.y1 + a.y2 - b.y1 - b.y2)) / 2


def write_faulty_folder(root: Path) -> Boxes:
    """Short sequences of drawn drones and birds; gives the boxes, drawn by lot, that are not in the label files.

    An image that lost all its boxes has no label file.
    """
    make_voc_folders(root)
    takes = [Take("train", FRAMES * number, FRAMES) for number in range(SHOTS)]
    images = [drawn for take in takes for drawn in draw_take(take, seed=0, is_clean=True)]
    places = [(drawn.name, number) for drawn in images for number in range(len(drawn.boxes))]
    lots = np.random.default_rng(0).choice(len(places), MISSING, replace=False)
    gone = {places[lot] for lot in lots.tolist()}
    for drawn in images:
        write_without(drawn, {number for name, number in gone if name == drawn.name}, root)
    return {drawn.name: tuple(b for n, b in enumerate(drawn.boxes) if (drawn.name, n) in gone) for drawn in images}


def write_without(drawn: Drawn, gone: set[int], root: Path) -> None:
    """Write an image, and its labels without the boxes of these numbers."""
    boxes = [box for number, box in enumerate(drawn.boxes) if number not in gone]
    (root / "JPEGImages" / f"{drawn.name}.jpg").write_bytes(drawn.jpeg)
    if boxes:
        width, height = drawn.size
        content = voc_bytes(boxes, filename=f"{drawn.name}.jpg", width=width, height=height)
        (root / "Annotations" / f"{drawn.name}.xml").write_bytes(content)


def files(root: Path) -> dict[str, bytes]:
    """Every file below a folder by its path in it."""
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def is_mended(root: Path, stem: str, missing: tuple[Box, ...], before: bytes) -> bool:
    """Whether a label file holds what it held before, byte for byte, and then the missing boxes."""
    folder = open_folder(root)
    image = next(image for image in folder.images if image.path.stem == stem)
    added = list(read_annotation(folder, image).boxes[before.count(b"<object>") :])
    is_kept = image.label_path.read_bytes().startswith(before.removesuffix(b"</annotation>\n"))
    for box in missing:
        best = max(added, key=lambda other: overlap(box, other), default=None)
        if best is None or not _is_like(box, best):
            return False
        added.remove(best)
    return is_kept and not added


def test_that_fifty_missing_boxes_are_mended_by_keyboard_with_few_keys(open_desk: MakeDesk, tmp_path: Path):
    root = tmp_path / "VOC2012"
    missing = write_faulty_folder(root)
    before = files(root)
    desk = open_desk(root)
    desk.session.set_checkpoint(built_in_start())
    person, start = Person(desk, missing), perf_counter()
    person.mend_folder()
    took = f"{perf_counter() - start:.1f} s, {person.figures()}"
    print(took)  # `pytest -rP` shows it
    assert person.per_missing_box <= 3, took
    assert person.rejected > 0, took
    assert person.per_rejected_draft <= 2, took
    after = files(root)
    label_files = {f"Annotations/{stem}.xml": stem for stem, boxes in missing.items() if boxes}
    assert {path for path in after if after[path] != before.get(path)} == label_files.keys()
    for path, stem in label_files.items():
        assert is_mended(root, stem, missing[stem], before.get(path, b"")), (stem, took)
