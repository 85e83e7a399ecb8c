"""The keys in force: a preset's, with the user's own over them. No two actions that meet ever share a key."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from app.actions import Action, Group, tool_tip
from app.key_presets import PRESETS, Preset
from app.session import Session

NATIVE = QKeySequence.SequenceFormat.NativeText


@dataclass
class Holders:
    """Who has which key. Actions meet on one page, and those of the window meet all others."""

    _held: dict[str, list[tuple[Group, Action]]] = field(default_factory=dict)

    def of(self, key: str, group: Group) -> tuple[Action, ...]:
        """The actions that would meet one of `group` at this key."""
        return tuple(
            action
            for other, action in self._held.get(key, ())
            if other is group or other.is_everywhere or group.is_everywhere
        )

    def give(self, action: Action, group: Group, keys: Iterable[str]) -> tuple[str, ...]:
        """Give an action those of the keys that are free; they are returned."""
        free = tuple(key for key in keys if not self.of(key, group))
        for key in free:
            self._held.setdefault(key, []).append((group, action))
        return free


class Keys(QObject):
    """Knows the keys of every action, changes and remembers them, and keeps QActions up to date."""

    changed = Signal()

    def __init__(self, session: Session, groups: Sequence[Group], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._followers: list[tuple[QAction, Action]] = []
        self._group_of = {action.name: group for group in groups for action in group.actions}
        self._actions = {action.name: action for group in groups for action in group.actions}
        self._fixed = {
            action.name: (group, action)
            for group in groups
            for action in (*group.gestures, *(action for action in group.actions if action.is_held))
        }
        self._keys: dict[str, tuple[str, ...]] = {}
        self._holders = Holders()
        self.groups = tuple(groups)
        self.notices = self._faults()
        self._resolve()

    @property
    def preset(self) -> Preset:
        """The preset in use; the first one where the settings name another."""
        name = self._session.settings.get("key_preset")
        return next((preset for preset in PRESETS if preset.name == name), PRESETS[0])

    def set_preset(self, name: str) -> None:
        """Use another preset; the user's own keys stay."""
        self._remember(key_preset=name)

    @property
    def own(self) -> tuple[str, ...]:
        """The names of the actions whose keys are the user's own."""
        return tuple(self._own)

    def is_fixed(self, action: Action) -> bool:
        """Whether the keys of an action cannot be changed: its widget follows them itself."""
        return action.name in self._fixed

    def of(self, action: Action) -> tuple[str, ...]:
        """The keys of an action as the settings write them; words for keys that are fixed."""
        return action.default_keys if self.is_fixed(action) else self._keys[action.name]

    def texts(self, action: Action) -> tuple[str, ...]:
        """The keys of an action as the desktop writes them."""
        return tuple(native(key) for key in self.of(action))

    def preset_keys(self, action: Action) -> tuple[str, ...]:
        """The keys that the preset has for an action."""
        return listed(self.preset.keys.get(action.name, action.shortcut))

    def rivals(self, action: Action, key: str) -> tuple[Action, ...]:
        """The other actions that have a key which `action` would use."""
        return tuple(other for other in self._holders.of(key, self._group_of[action.name]) if other is not action)

    def bind(self, action: Action, keys: Sequence[str]) -> None:
        """Give an action these keys and no others; its rivals lose them. Fixed keys stay where they are."""
        own = dict(self._session.settings.get("key_bindings"))
        for key in keys:
            for rival in self.rivals(action, key):
                if rival.name in own:
                    self._write(own, rival, [kept for kept in self.of(rival) if kept not in keys])
        self._write(own, action, keys)
        self._remember(key_bindings=own)

    def reset_all(self) -> None:
        """Forget the user's own keys; those of actions that this version does not know are kept."""
        own = self._session.settings.get("key_bindings")
        self._remember(key_bindings={name: text for name, text in own.items() if name not in self._own})

    def follow(self, widget: QWidget) -> None:
        """Keep the QActions in a widget up to date."""
        known = ((made, self._actions.get(made.objectName())) for made in widget.findChildren(QAction))
        new = [(made, action) for made, action in known if action is not None and not self.is_fixed(action)]
        self._followers += new
        for made, action in new:
            self._dress(made, action)

    def _dress(self, made: QAction, action: Action) -> None:
        made.setShortcuts([QKeySequence(key) for key in self.of(action)])
        made.setToolTip(tool_tip(action, self.texts(action)))

    def _write(self, own: dict[str, str], action: Action, keys: Sequence[str]) -> None:
        if tuple(keys) == self.preset_keys(action):
            own.pop(action.name, None)
        else:
            own[action.name] = "; ".join(keys)

    def _remember(self, **changes: object) -> None:
        self._session.remember(**changes)
        self._resolve()
        for made, action in self._followers:
            self._dress(made, action)
        self.changed.emit()

    @property
    def _own(self) -> Mapping[str, str]:
        bindings = self._session.settings.get("key_bindings")
        return {name: text for name, text in bindings.items() if not self._fault(name, text)}

    def _fault(self, name: str, text: str) -> str:
        """Why a binding of the settings is not used; empty when it is."""
        if name in self._fixed:
            return f"The keys of {name} cannot be changed."
        if name not in self._actions:
            return f"There is no action {name}."
        return "" if not text or all(listed(way) for way in text.split("; ")) else f"{name} has no key {text!r}."

    def _faults(self) -> tuple[str, ...]:
        """What the user should know of the bindings in the settings; unknown names are of another version."""
        settings = self._session.settings
        unknown = settings.get("key_preset")
        wrong = [] if self.preset.name == unknown else [f"There are no keys called {unknown!r}."]
        bindings = settings.get("key_bindings").items()
        wrong += [self._fault(*each) for each in bindings if each[0] in self._actions and self._fault(*each)]
        return tuple(f"{fault} Those of {self.preset.title} are used." for fault in wrong)

    def _resolve(self) -> None:
        """Fixed keys first, then the user's own, then the preset's where they are free."""
        holders, own = Holders(), self._own
        for group, action in self._fixed.values():
            holders.give(action, group, listed(action.takes or action.shortcut))
        for name in dict.fromkeys((*own, *(name for name in self._actions if name not in self._fixed))):
            action = self._actions[name]
            wanted = listed(own[name]) if name in own else self.preset_keys(action)
            self._keys[name] = holders.give(action, self._group_of[name], wanted)
        self._holders = holders


def listed(text: str) -> tuple[str, ...]:
    """The keys that a text lists, as Qt writes them; what is no key is left out."""
    keys = (key.toString() for key in QKeySequence.listFromString(text) if key.count() == 1)
    return tuple(dict.fromkeys(key for key in keys if key))


def native(key: str) -> str:
    """A key as the desktop writes it; words stay words."""
    return QKeySequence(key).toString(NATIVE) or key
