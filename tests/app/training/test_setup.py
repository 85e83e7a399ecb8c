"""The settings before a run: presets, depths, marks of changes, start weights, devices; with real clicks."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.runs import runs_of
from app.session import Session
from app.settings import SettingsStore
from app.training.setup import Setup
from yolox_core.dataset.folder import open_folder
from yolox_core.infer.devices import DeviceChoice, Devices
from yolox_core.published import PUBLISHED, published_path
from yolox_core.train.config import TrainConfig
from yolox_core.train.presets import BALANCED, BEST_START, QUICK
from yolox_core.train.run_folder import RunFolder

LEFT = Qt.MouseButton.LeftButton
CPU = DeviceChoice("cpu", "CPU, 2 cores", 8_000_000_000)
GPU = DeviceChoice("cuda:0", "NVIDIA H100", 76_200_000_000)


@pytest.fixture
def session() -> Iterator[Session]:
    made = Session(SettingsStore(), Problems())
    yield made
    made.stop_jobs()


@pytest.fixture
def setup(qtbot: QtBot, session: Session, squares: Path) -> Setup:
    made = Setup(session)
    qtbot.addWidget(made)
    made.settings.machine.ask = lambda: None  # type: ignore[method-assign]  # tests say what the machine has
    made.set_folder(open_folder(squares))
    made.resize(380, 900)
    made.show()
    return made


def _preset(qtbot: QtBot, setup: Setup, name: str) -> None:
    qtbot.mouseClick(setup.settings.presets.buttons.buttons[name], LEFT)


def _shown(setup: Setup) -> set[str]:
    return {name for name, made in setup.form.inputs.items() if made.isVisible()}


def test_that_quick_look_is_ready_and_says_what_it_sets(setup: Setup) -> None:
    assert setup.config() == QUICK.config()
    assert setup.start.isEnabled()
    assert QUICK.summary in setup.settings.presets.sentence.text()


def test_that_a_click_on_a_preset_sets_its_values_and_keeps_the_device(qtbot: QtBot, setup: Setup) -> None:
    setup.settings.device.write("cpu")
    _preset(qtbot, setup, "balanced")
    assert setup.config() == replace(BALANCED.config(), device="cpu")
    assert setup.settings.presets.buttons.current == "balanced"


def test_that_an_edit_turns_the_preset_into_changed_and_can_be_taken_back(qtbot: QtBot, setup: Setup) -> None:
    qtbot.keyClick(setup.form.inputs["epochs"], Qt.Key.Key_Up)
    text = setup.settings.presets.sentence.text()
    assert "Quick look, changed" in text
    assert "epochs 11 (was 10)" in text
    setup.settings.presets.sentence.linkActivated.emit("take-back")
    assert setup.config() == QUICK.config()
    assert "changed" not in setup.settings.presets.sentence.text()


def test_that_the_three_depths_show_more_and_more_and_are_remembered(
    qtbot: QtBot, setup: Setup, session: Session
) -> None:
    assert _shown(setup) == {"size", "epochs", "weights"}
    qtbot.mouseClick(setup.settings.depths.buttons["usual"], LEFT)
    assert _shown(setup) > {"batch_size", "image_size", "device", "train_split"}
    assert not setup.settings.search.isVisible()
    qtbot.mouseClick(setup.settings.depths.buttons["everything"], LEFT)
    assert _shown(setup) == set(setup.form.inputs)
    qtbot.keyClicks(setup.settings.search, "momentum")
    assert _shown(setup) == {"momentum"}
    assert session.settings.get("train_depth") == "everything"


def test_that_another_size_brings_its_recipe_and_keeps_what_was_changed(setup: Setup) -> None:
    setup.form.inputs["epochs"].write(7)
    setup.form.inputs["size"].write("s")
    config = setup.config()
    assert (config.size, config.epochs, config.image_size, config.mixup_prob) == ("s", 7, 320, 1.0)
    assert "size s (was nano)" in setup.settings.presets.sentence.text()


def test_that_settings_of_a_run_are_shown_as_they_are(setup: Setup) -> None:
    config = TrainConfig(size="s", epochs=3, image_size=96, device="cuda:3", weights="/somewhere/best.pth")
    setup.set_config(config)
    assert setup.config() == config
    assert setup.settings.presets.buttons.current == ""


def test_that_a_value_out_of_range_disables_start_until_it_is_mended(qtbot: QtBot, setup: Setup) -> None:
    qtbot.mouseClick(setup.settings.depths.buttons["usual"], LEFT)
    setup.form.inputs["image_size"].write(333)
    assert not setup.start.isEnabled()
    qtbot.mouseClick(setup.form.rows["image_size"].reset, LEFT)
    assert setup.start.isEnabled()


@pytest.mark.parametrize(("devices", "preset"), [((GPU, CPU), BALANCED), ((CPU,), QUICK)])
def test_that_the_first_preset_follows_the_machine(
    setup: Setup, devices: tuple[DeviceChoice, ...], preset: object
) -> None:
    setup.settings.machine.told.emit(Devices(devices))
    assert setup.config() == preset.config()  # type: ignore[attr-defined]
    assert setup.settings.device.note == f"Automatic: {devices[0].text}"


def test_that_what_the_user_has_touched_does_not_follow_the_machine(qtbot: QtBot, setup: Setup) -> None:
    qtbot.keyClick(setup.form.inputs["epochs"], Qt.Key.Key_Up)
    setup.settings.machine.told.emit(Devices((GPU, CPU)))
    assert (setup.config().size, setup.config().epochs) == ("nano", 11)


def test_that_devices_are_named_with_their_free_memory(setup: Setup) -> None:
    setup.settings.machine.told.emit(Devices((GPU, CPU)))
    box = setup.settings.device.box
    assert [box.itemText(place) for place in range(box.count())] == [
        "Automatic: NVIDIA H100, 76.2 GB free",
        "NVIDIA H100, 76.2 GB free",
        "CPU, 2 cores, 8.0 GB free",
    ]


def test_that_this_machine_tells_its_devices_in_a_job(qtbot: QtBot, session: Session) -> None:
    setup = Setup(session)
    qtbot.addWidget(setup)
    with qtbot.waitSignal(setup.settings.machine.told, timeout=120_000) as told:
        setup.show()
    devices = told.args[0]
    assert devices.choices[-1].word == "cpu"
    assert devices.choices[-1].free_bytes > 0


def _menu(setup: Setup) -> dict[str, QAction]:
    setup.settings.weights.fill_menu()
    menu = setup.settings.weights.box.menu
    below = [action for child in menu.actions() if child.menu() for action in child.menu().actions()]  # type: ignore[union-attr]
    return {action.text(): action for action in (*menu.actions(), *below)}


def test_that_the_start_says_size_and_place_of_a_download(setup: Setup) -> None:
    note = setup.settings.weights.note
    assert "8 MB" in note
    assert str(published_path(PUBLISHED["nano"]).parent) in note
    assert "Without a network: the built-in ones" in note


def test_that_weights_that_are_here_need_no_download(setup: Setup) -> None:
    path = published_path(PUBLISHED["nano"])
    path.parent.mkdir(parents=True)
    path.touch()
    _menu(setup)["Published COCO weights"].trigger()
    assert setup.config().weights == "coco"
    assert setup.settings.weights.note == "Published weights of YOLOX-nano, here already."


def test_that_a_run_of_this_data_set_can_be_the_start(setup: Setup, squares: Path) -> None:
    run = RunFolder(runs_of(squares) / "2026-11-23 10-00-00 nano")
    run.path.mkdir(parents=True)
    run.events.touch()
    run.best.touch()
    action = next(action for text, action in _menu(setup).items() if text.endswith("· best"))
    action.trigger()
    assert setup.config().weights == str(run.best)
    assert not [text for text in _menu(setup) if text.endswith("· last")]


def test_that_the_built_in_start_is_offered_for_its_size_alone(setup: Setup) -> None:
    assert "Built-in small weights" in _menu(setup)
    setup.form.inputs["size"].write("m")
    assert "Built-in small weights" not in _menu(setup)
    assert setup.config().weights == BEST_START
    assert "204 MB" in setup.settings.weights.note
