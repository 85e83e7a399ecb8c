"""The menu of a right click on the canvas."""

from collections.abc import Callable, Mapping

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.editor.box_list import swatch
from app.theme import class_color

MENU = ("choose_class", "", "difficult", "truncated", "", "copy", "paste", "duplicate", "delete", "", "fit")
LISTED_CLASSES = 20


def box_menu(
    parent: QWidget, names: tuple[str, ...], actions: Mapping[str, QAction], apply_class: Callable[[str], object]
) -> QMenu:
    """The classes first, then what else can be done to the selected boxes. Long lists of classes end in a search."""
    menu = QMenu(parent)
    for number, name in enumerate(names[:LISTED_CLASSES], start=1):
        text = name.replace("&", "&&")
        entry = menu.addAction(swatch(class_color(name)), f"{text}\t{number}" if number <= 9 else text)
        entry.setEnabled(actions["draw"].isEnabled())
        entry.triggered.connect(lambda _checked=False, chosen=name: apply_class(chosen))
    for entry_name in MENU:
        if entry_name:
            menu.addAction(actions[entry_name])
        else:
            menu.addSeparator()
    return menu
