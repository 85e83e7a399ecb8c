"""The list of images shows what the filter lets pass, through the index, and keeps what one works on."""

from pathlib import Path

from PySide6.QtCore import Qt

from app.editor.filter_form import DRAFTS
from tests.app.editor.desk import LEFT, NO_KEY, Desk, voc_xml, write_image
from yolox_core.drafts.draft import Draft, Source
from yolox_core.records import Box


def listed(desk: Desk) -> list[str]:
    return [image.name for image in desk.panel.images.images]


def wait_for(desk: Desk, names: list[str]) -> None:
    desk.qtbot.waitUntil(lambda: listed(desk) == names)


def wait_for_index(desk: Desk) -> None:
    form = desk.panel.images.filter_form
    desk.qtbot.waitUntil(lambda: form.class_name.count() == 3 and not desk.session.index.is_busy)


def test_that_images_are_chosen_by_class_state_and_number_of_boxes(desk: Desk) -> None:
    wait_for_index(desk)
    desk.key(Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    form = desk.panel.images.filter_form
    assert form.isVisible()
    form.class_name.setCurrentText("drone")
    wait_for(desk, ["a", "b"])
    form.most.setValue(1)
    wait_for(desk, ["b"])
    desk.qtbot.mouseClick(form.clear_button, LEFT, NO_KEY)
    assert listed(desk) == ["a", "b", "c", "d"]
    form.state.setCurrentText("Not labelled")
    wait_for(desk, ["d"])


def test_that_a_list_is_sorted_and_next_follows_its_order(desk: Desk) -> None:
    wait_for_index(desk)
    desk.panel.images.filter_form.order.setCurrentText("Fewest boxes first")
    wait_for(desk, ["c", "d", "b", "a"])
    assert desk.name == "a"
    desk.key(Qt.Key.Key_A)
    assert desk.name == "b"
    assert "3 / 4" in desk.panel.status.text
    desk.panel.images.filter_form.order.setCurrentText("By name")
    wait_for(desk, ["a", "b", "c", "d"])
    assert "2 / 4" in desk.panel.status.text


def test_that_what_one_works_on_stays_listed_after_it_was_saved(desk: Desk) -> None:
    wait_for_index(desk)
    desk.panel.images.filter_form.state.setCurrentText("Not verified")
    wait_for(desk, ["a", "b", "c", "d"])
    desk.key(Qt.Key.Key_Space)
    with desk.qtbot.waitSignal(desk.session.index.changed):
        desk.key(Qt.Key.Key_D)
    assert listed(desk) == ["a", "b", "c", "d"]
    assert desk.name == "b"
    desk.qtbot.waitUntil(lambda: "1 verified" in desk.panel.images.progress.states.text())


def test_that_images_with_drafts_are_listed_until_these_are_answered(desk: Desk) -> None:
    wait_for_index(desk)
    images, desks = desk.panel.images, desk.panel.drafts.desk
    images.filter_form.mark.setCurrentText(DRAFTS)
    wait_for(desk, [])
    image = desk.panel.document.image
    assert image is not None
    desks.put(
        image, (Draft(Box("drone", 150, 100, 180, 130, key=1), 0.9, Source.MODEL),), desk.panel.document.annotation
    )
    wait_for(desk, ["a"])
    desk.key(Qt.Key.Key_X)
    wait_for(desk, [])


def test_that_images_with_findings_are_listed(desk: Desk, root: Path) -> None:
    label = root / "Annotations" / "b.xml"
    label.write_text(label.read_text().replace("<xmax>90", "<xmax>290"))
    desk.session.index.look_again()
    wait_for_index(desk)
    desk.panel.images.filter_form.mark.setCurrentText("Has data faults")
    wait_for(desk, ["b"])


def test_that_a_random_image_is_another_one(desk: Desk) -> None:
    for _ in range(5):
        before = desk.name
        desk.key(Qt.Key.Key_R)
        assert desk.name != before


def test_that_new_images_keep_the_steps_of_undo_and_the_image_on_the_desk(desk: Desk, root: Path) -> None:
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Delete)
    assert len(desk.boxes) == 1
    (root / "Annotations" / "aa.xml").write_text(voc_xml("aa.png", ()))
    write_image(root / "JPEGImages" / "aa.png")
    wait_for(desk, ["a", "aa", "b", "c", "d"])
    assert desk.name == "a"
    desk.ctrl(Qt.Key.Key_Z)
    assert len(desk.boxes) == 2


def test_that_an_image_that_goes_gives_way_to_the_one_after_it(desk: Desk, root: Path) -> None:
    desk.key(Qt.Key.Key_D)
    assert desk.name == "b"
    (root / "JPEGImages" / "b.png").unlink()
    wait_for(desk, ["a", "c", "d"])
    assert desk.name == "c"
