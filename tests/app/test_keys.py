"""The keys in force: presets that never collide, the user's own over them, and settings files of any kind."""

import json
from collections import Counter
from pathlib import Path

import pytest

from app.action_tables import DATA, EDIT, GROUPS, PLAY, WINDOW
from app.actions import Action
from app.key_presets import PRESETS
from app.keys import Keys, listed
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from yolox_core.errors import UserError

ACTIONS = {action.name: action for group in GROUPS for action in group.actions}
NEXT, PREVIOUS, ACCEPT, SHEET = (ACTIONS[n] for n in ("next_image", "previous_image", "accept_draft", "shortcut_sheet"))
PLAY_ON, DELETE = ACTIONS["play_on"], ACTIONS["delete"]
WORDS_ARE_MOUSE = {"pan", "cycle", "add"}


def make_keys(**kept: object) -> Keys:
    """The keys of a session whose settings file holds these values."""
    path = SettingsStore().path
    if kept:
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(kept))
    return Keys(Session(SettingsStore(), Problems()), GROUPS)


def kept_bindings() -> object:
    return json.loads(SettingsStore().path.read_text()).get("key_bindings")


def names(actions: tuple[Action, ...]) -> list[str]:
    return [action.name for action in actions]


def test_that_every_action_has_a_name_of_its_own() -> None:
    every = [action.name for group in GROUPS for action in (*group.actions, *group.gestures)]
    assert [name for name, count in Counter(every).items() if count > 1] == []


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
@pytest.mark.parametrize("page", [EDIT, DATA, PLAY], ids=lambda page: page.title)
def test_that_no_two_actions_that_meet_share_a_key(preset, page) -> None:
    own = [key for a in (*page.actions, *WINDOW.actions) for key in listed(preset.keys.get(a.name, a.shortcut))]
    fixed = [key for gesture in page.gestures for key in listed(gesture.takes or gesture.shortcut)]
    assert [key for key, count in Counter(own + fixed).items() if count > 1] == []


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_that_a_preset_names_only_what_can_be_bound(preset) -> None:
    keys = make_keys(key_preset=preset.name)
    assert set(preset.keys) <= set(ACTIONS)
    for name, text in preset.keys.items():
        assert not keys.is_fixed(ACTIONS[name])
        assert "; ".join(listed(text)) == text
    for action in ACTIONS.values():
        assert keys.of(action) == keys.preset_keys(action)


def test_that_fixed_words_say_which_keys_they_take() -> None:
    for gesture in EDIT.gestures:
        assert bool(listed(gesture.takes or gesture.shortcut)) != (gesture.name in WORDS_ARE_MOUSE), gesture.name


def test_that_the_presets_differ_where_the_hands_do() -> None:
    keys = make_keys()
    assert (keys.of(NEXT), keys.of(PREVIOUS)) == (("D",), ("A",))
    keys.set_preset("cvat")
    assert (keys.of(NEXT), keys.of(PREVIOUS)) == (("F",), ("D",))
    assert make_keys().preset.name == "cvat"


def test_that_only_what_differs_from_the_preset_is_kept() -> None:
    keys = make_keys()
    keys.bind(NEXT, ("Y",))
    assert kept_bindings() == {"next_image": "Y"}
    keys.bind(NEXT, ("D",))
    assert kept_bindings() is None
    assert keys.own == ()


def test_that_a_key_is_taken_from_the_preset_and_given_back_by_reset() -> None:
    keys = make_keys()
    assert names(keys.rivals(NEXT, "E")) == ["accept_draft"]
    keys.bind(NEXT, ("E",))
    assert (keys.of(NEXT), keys.of(ACCEPT)) == (("E",), ())
    assert make_keys().of(ACCEPT) == ()
    keys.reset_all()
    assert (keys.of(NEXT), keys.of(ACCEPT)) == (("D",), ("E",))


def test_that_another_own_binding_loses_only_the_keys_that_are_taken() -> None:
    keys = make_keys(key_bindings={"delete": "Y; U; Backspace"})
    keys.bind(NEXT, ("Y", "U"))
    assert keys.of(DELETE) == ("Backspace",)
    assert kept_bindings() == {"delete": "Backspace", "next_image": "Y; U"}


def test_that_pages_share_keys_and_the_window_meets_them_all() -> None:
    keys = make_keys()
    assert keys.rivals(NEXT, "End") == ()  # of the Play page
    assert names(keys.rivals(NEXT, "F1")) == ["shortcut_sheet"]
    assert names(keys.rivals(SHEET, "Ctrl+F")) == ["find_image", "find_fault"]
    keys.bind(SHEET, ("Ctrl+F",))
    assert keys.of(ACTIONS["find_image"]) == keys.of(ACTIONS["find_fault"]) == ()


@pytest.mark.parametrize(
    ("key", "holder"), [("5", "set_class"), ("Left", "nudge"), ("Esc", "cancel"), ("Tab", "next_box")]
)
def test_that_fixed_keys_are_rivals_on_their_page_and_in_the_window_only(key: str, holder: str) -> None:
    keys = make_keys()
    for action in (NEXT, SHEET):
        (rival, *_) = keys.rivals(action, key)
        assert (rival.name, keys.is_fixed(rival)) == (holder, True)
    assert holder not in names(keys.rivals(PLAY_ON, key))


def test_that_own_keys_stay_over_another_preset() -> None:
    keys = make_keys(key_bindings={"accept_draft": "F"})
    assert (keys.of(ACCEPT), keys.of(ACTIONS["fit"])) == (("F",), ("Ctrl+0",))
    keys.set_preset("cvat")
    assert (keys.of(ACCEPT), keys.of(NEXT)) == (("F",), ())
    assert names(keys.rivals(NEXT, "F")) == ["accept_draft"]


@pytest.mark.parametrize(
    ("kept", "said"),
    [
        ({"key_preset": "emacs"}, "emacs"),
        ({"key_preset": 3}, "key_preset"),
        ({"key_bindings": "E"}, "key_bindings"),
        ({"key_bindings": {"next_image": 3}}, "key_bindings"),
        ({"key_bindings": ["next_image"]}, "key_bindings"),
        ({"key_bindings": {"next_image": "Strg+Ö+ß"}}, "next_image"),
        ({"key_bindings": {"next_image": "E; nonsense"}}, "next_image"),
        ({"key_bindings": {"next_image": "E, X"}}, "next_image"),
        ({"key_bindings": {"verify": "V"}}, "verify"),
    ],
)
def test_that_bad_values_fall_back_with_a_notice(kept: dict[str, object], said: str) -> None:
    keys = make_keys(**kept)
    notices = (*SettingsStore().notices, *keys.notices)
    assert len(notices) == 1
    assert said in notices[0]
    assert all(keys.of(action) == listed(action.shortcut) for action in ACTIONS.values())


def test_that_two_own_bindings_of_one_key_leave_it_with_the_first() -> None:
    keys = make_keys(key_bindings={"accept_draft": "Y", "next_image": "Y; U"})
    assert (keys.of(ACCEPT), keys.of(NEXT)) == (("Y",), ("U",))


def test_that_names_of_another_version_are_kept_without_a_word() -> None:
    keys = make_keys(key_bindings={"teleport": "T"})
    assert keys.notices == ()
    keys.bind(NEXT, ("Y",))
    keys.reset_all()
    assert kept_bindings() == {"teleport": "T"}


def test_that_keys_hold_where_the_settings_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "config").write_text("a file in the way")
    session = Session(SettingsStore(tmp_path / "config" / "settings.json"), Problems())
    shown: list[UserError] = []
    session.problems.problem_shown.connect(shown.append)
    keys = Keys(session, GROUPS)
    keys.bind(NEXT, ("Y",))
    assert keys.of(NEXT) == ("Y",)
    assert len(shown) == 1
