"""Keys for hands that come from another program: what differs from the defaults in the tables of actions."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Preset:
    """A name for the settings file, a title, what it is for, and keys of actions by name, `; ` between them."""

    name: str
    title: str
    help: str
    keys: Mapping[str, str]


CVAT_KEYS = {
    "next_image": "F",
    "previous_image": "D",
    "draw": "N; Shift+N",
    "delete": "Del; Shift+Del; Backspace",
    "occluded": "Q; /",
    "carry_on": "Ctrl+B",
    "carry_far": "Ctrl+Shift+B",
    "delete_image": "Alt+Del",
    "lock_class": "L",
    "loupe": "K",
    "adjust_picture": "Shift+B",
    "settings": "F2; Ctrl+,",
    "step_on": "F; Right",
    "step_back": "D; Left",
    "ten_on": "V; Shift+Right",
    "ten_back": "C; Shift+Left",
    "go_to_frame": "`; Ctrl+G",
    # what gives way: these keys mean something else to CVAT's hands
    "fit": "A; Ctrl+0",
    "decide_empty": "W",
    "next_draft": ".",
    "previous_draft": ",",
}
"""The defaults of cvat-ui that have an equivalent here (shortcuts-reducer.ts, later each component)."""

PRESETS = (
    Preset("workbench", "Workbench", "For hands that come from labelImg, labelme or X-AnyLabeling", {}),
    Preset("cvat", "CVAT", "For hands that come from CVAT, where it has the same action", CVAT_KEYS),
)
