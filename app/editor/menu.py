"""The menu of a right click on the canvas."""

from collections.abc import Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.editor.box_list import swatch
from app.editor.commands import POSES, BoxCommands
from app.theme import class_color

MENU = (
    "choose_class",
    "",
    "difficult",
    "truncated",
    "occluded",
    "pose",
    "",
    "copy",
    "paste",
    "duplicate",
    "delete",
    "",
    "fit",
)
LISTED_CLASSES = 20


def box_menu(
    parent: QWidget, names: tuple[str, ...], actions: Mapping[str, QAction], commands: BoxCommands, pose: str
) -> QMenu:
    """The classes first, then what else can be done to the selected boxes, whose `pose` is ticked.

    Long lists of classes end in a search.
    """
    menu = QMenu(parent)
    for number, name in enumerate(names[:LISTED_CLASSES], start=1):
        text = name.replace("&", "&&")
        entry = menu.addAction(swatch(class_color(name)), f"{text}\t{number}" if number <= 9 else text)
        entry.setEnabled(actions["draw"].isEnabled())
        entry.triggered.connect(lambda _checked=False, chosen=name: commands.apply_class(chosen))
    for entry_name in MENU:
        if entry_name == "pose":
            menu.addMenu(_pose_menu(menu, commands, pose)).setEnabled(actions["difficult"].isEnabled())
        elif entry_name:
            menu.addAction(actions[entry_name])
        else:
            menu.addSeparator()
    return menu


def _pose_menu(parent: QMenu, commands: BoxCommands, pose: str) -> QMenu:
    """How an object is turned; a pose that only the file knows stands there too."""
    menu = QMenu("Pose", parent)
    for name in dict.fromkeys((*POSES, pose) if pose else POSES):
        entry = menu.addAction(name)
        entry.setCheckable(True)
        entry.setChecked(name == pose)
        entry.triggered.connect(lambda _checked=False, chosen=name: commands.set_pose(chosen))
    return menu
