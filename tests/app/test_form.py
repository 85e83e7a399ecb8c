"""The form on the real records: Settings and TrainConfig."""

from dataclasses import fields, replace

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.settings import Settings
from app.widgets.form import Form
from app.widgets.inputs import BoolInput, ChoiceInput, FloatInput, IntInput
from yolox_core.train.config import TrainConfig


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


def test_that_depth_and_names_choose_the_fields_on_show(qtbot: QtBot) -> None:
    form = make_form(qtbot, TrainConfig(), depth="preset")
    shown = {name for name, made in form.inputs.items() if made.isVisible()}
    assert shown == {"size", "epochs"}
    form.set_depth("everything")
    assert all(made.isVisible() for made in form.inputs.values())
    few = make_form(qtbot, TrainConfig(epochs=9, seed=4), names=("epochs", "device"))
    assert list(few.inputs) == ["epochs", "device"]
    assert few.record() == TrainConfig(epochs=9, seed=4)


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
