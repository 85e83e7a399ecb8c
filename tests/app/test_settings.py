"""Settings come back after a restart, and no file can stop the start."""

import json
from pathlib import Path

import pytest

from app.settings import Settings, SettingsStore
from yolox_core.errors import UserError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def write(path: Path, text: str) -> SettingsStore:
    path.parent.mkdir()
    path.write_text(text, encoding="utf-8")
    return SettingsStore(path)


def test_that_settings_come_back(path: Path) -> None:
    store = SettingsStore(path)
    store.set("theme", "dark")
    store.replace(recent_folders=("/a", "/b"), reopen_folder=False)
    assert SettingsStore(path).values == Settings(theme="dark", recent_folders=("/a", "/b"), reopen_folder=False)


def test_that_the_file_holds_only_what_differs_from_the_default(path: Path) -> None:
    store = SettingsStore(path)
    store.set("theme", "dark")
    store.set("autosave", False)
    store.set("theme", "system")
    assert json.loads(path.read_text()) == {"autosave": False}


def test_that_nothing_is_written_while_nothing_changes(path: Path) -> None:
    SettingsStore(path).set("theme", "system")
    assert not path.exists()


def test_that_keys_of_a_later_version_are_kept(path: Path) -> None:
    store = write(path, '{"telepathy": {"range": 3}, "theme": "dark"}')
    store.set("theme", "light")
    assert json.loads(path.read_text()) == {"telepathy": {"range": 3}, "theme": "light"}
    assert store.notices == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"),
        ("theme", 3),
        ("autosave", 1),
        ("autosave", "yes"),
        ("chart_interval_ms", 1),
        ("chart_interval_ms", True),
        ("chart_interval_ms", 1.5),
        ("recent_folders", "/a"),
        ("recent_folders", [1, 2]),
        ("last_folder", None),
    ],
)
def test_that_a_bad_value_falls_back_with_a_notice(path: Path, name: str, value: object) -> None:
    store = write(path, json.dumps({name: value, "last_page": "train"}))
    assert store.values == Settings(last_page="train")
    assert len(store.notices) == 1
    assert name in store.notices[0]


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "\x00\x01", "[" * 100_000])
def test_that_a_broken_file_gives_defaults_and_is_put_aside(path: Path, text: str) -> None:
    store = write(path, text)
    assert store.values == Settings()
    assert str(path) in store.notices[0]
    store.set("theme", "dark")
    assert path.with_suffix(".broken.json").read_text(encoding="utf-8") == text
    assert SettingsStore(path).get("theme") == "dark"


def test_that_a_folder_that_cannot_be_made_is_told_and_the_setting_lasts(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way")
    store = SettingsStore(tmp_path / "config" / "settings.json")
    with pytest.raises(UserError, match="settings"):
        store.set("theme", "dark")
    assert store.get("theme") == "dark"


def test_that_settings_lie_in_the_home_of_the_test(own_home: Path) -> None:
    assert SettingsStore().path == own_home / "config" / "settings.json"
