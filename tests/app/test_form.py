"""The form on the real records: Settings and TrainConfig."""

from dataclasses import fields, replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.widgets.form import Form
from app.widgets.inputs import BoolInput, ChoiceInput, FloatInput, IntInput
from yolox_core.train.config import TrainConfig
from yolox_core.train.topics import TOPICS


def make_form(qtbot: QtBot, record: object, **options: object) -> Form:
    form = Form(record, **options)
    qtbot.addWidget(form)
    with qtbot.waitExposed(form):
        form.show()
    return form


def test_that_an_untouched_form_gives_back_its_record(qtbot: QtBot) -> None:
    config = replace(TrainConfig(), epochs=7, weight_decay=1e-6, mosaic_centred=False, size="m", device="cpu")
    form = make_form(qtbot, config)
    assert form.record() == config
    assert form.faults == {}


def test_that_every_described_field_has_an_input_of_its_kind(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    assert list(form.inputs) == [field.name for field in fields(TrainConfig)]
    kinds = {name: type(form.inputs[name]) for name in ("size", "epochs", "base_lr", "mosaic_centred")}
    assert kinds == {"size": ChoiceInput, "epochs": IntInput, "base_lr": FloatInput, "mosaic_centred": BoolInput}


def test_that_typing_changes_the_record_and_says_so(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    rate = form.inputs["base_lr"]
    assert isinstance(rate, FloatInput)
    rate.selectAll()
    with qtbot.waitSignal(form.changed):
        qtbot.keyClicks(rate, "0,002")
    assert form.record().base_lr == 0.002


def test_that_a_bad_number_is_a_fault_beside_the_field_until_it_is_mended(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    rate = form.inputs["base_lr"]
    assert isinstance(rate, FloatInput)
    rate.setText("7")
    assert form.faults == {"base_lr": "must be 1e-06 to 1, not 7"}
    assert form.record().base_lr == TrainConfig().base_lr
    rate.setText("fast")
    assert "must be a number" in form.faults["base_lr"]
    rate.setText("0.5")
    assert form.faults == {}


def test_that_a_number_between_the_multiples_is_a_fault(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    side = form.inputs["image_size"]
    assert isinstance(side, IntInput)
    side.setValue(417)
    assert "multiple of 32" in form.faults["image_size"]


def _shown(form: Form) -> set[str]:
    return {name for name, made in form.inputs.items() if made.isVisible()}


def test_that_depth_and_search_choose_the_fields_on_show(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig(), depth="preset")
    assert _shown(form) == {"size", "epochs", "weights"}
    form.set_depth("everything")
    assert _shown(form) == set(form.inputs)
    form.search("zoom mixup")
    assert _shown(form) == {"mixup_scale_min", "mixup_scale_max"}
    form.search("")
    assert _shown(form) == set(form.inputs)


def test_that_a_section_without_a_field_on_show_has_no_title(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig(), sections=TOPICS)
    titles = [label for label in form.findChildren(QLabel) if label.property("look") == "heading"]
    assert [label.text() for label in titles if label.isVisible()] == [title.capitalize() for title in TOPICS]
    form.search("mixup")
    assert [label.text() for label in titles if label.isVisible()] == ["Schedule", "Augmentation"]


def test_that_a_changed_field_is_marked_and_one_click_takes_it_back(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    row = form.rows["epochs"]
    assert not row.reset.isVisible()
    qtbot.keyClick(row.input, Qt.Key.Key_Up)
    assert (form.record().epochs, row.reset.isVisible()) == (26, True)
    assert "25 epochs" in row.reset.toolTip()
    qtbot.mouseClick(row.reset, Qt.MouseButton.LeftButton)
    assert (form.record().epochs, row.reset.isVisible()) == (25, False)


def test_that_the_owner_says_what_counts_as_unchanged(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig(epochs=9))
    form.set_defaults(TrainConfig(epochs=9))
    assert not form.rows["epochs"].reset.isVisible()
    assert "Default: 9 epochs" in form.inputs["epochs"].toolTip()


def test_that_every_field_tells_help_range_and_default(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    tip = form.inputs["degrees"].toolTip().splitlines()
    assert tip == ["Largest rotation either way.", "Range: 0 to 180 degrees", "Default: 10 degrees"]
    assert all("Default: " in made.toolTip() for made in form.inputs.values())


def test_that_a_fault_of_the_owner_stays_until_the_next_edit(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig())
    form.set_fault("device", "is not there")
    assert form.faults == {"device": "is not there"}
    epochs = form.inputs["epochs"]
    qtbot.keyClick(epochs, Qt.Key.Key_Up)
    assert form.faults == {}


def test_that_remembered_settings_are_not_in_the_form(qtbot: QtBot) -> None:
    form = make_form(qtbot, Settings(last_folder="/somewhere"))
    assert "theme" in form.inputs
    assert "last_folder" not in form.inputs
    assert form.record().last_folder == "/somewhere"
