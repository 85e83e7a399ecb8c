"""The menu bar. The menu of the page on show comes from the page's own actions."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QMenuBar

from app.pages import Pages
from app.theme import MODES
from app.window_actions import PAGES


class Menus:
    """Fills a menu bar, and keeps the list of recent folders and the page's menu up to date."""

    def __init__(self, bar: QMenuBar, actions: Mapping[str, QAction], pages: Pages) -> None:
        self._pages = pages
        self._actions = actions
        self.file = bar.addMenu("&File")
        self.recent = QMenu("Open recent", self.file)
        self._page_menus = {page.name: bar.addMenu(f"&{page.title}") for page in PAGES}
        self.view = bar.addMenu("&View")
        self.help = bar.addMenu("&Help")
        self.themes = QMenu("Colours", self.view)
        self._fill()
        self.file.aboutToShow.connect(self._fill_file)
        pages.page_shown.connect(self._on_page_shown)

    def set_recent(self, folders: Sequence[str], open_one: Callable[[Path], object]) -> None:
        """List the folders opened lately."""
        self.recent.clear()
        for folder in folders:
            entry = self.recent.addAction(folder.replace("&", "&&"))
            entry.triggered.connect(lambda _checked=False, path=Path(folder): open_one(path))
        self.recent.setEnabled(bool(folders))

    def add_themes(self, current: str, choose: Callable[[str], object]) -> None:
        """Offer the themes, the current one ticked."""
        group = QActionGroup(self.themes)
        for mode in MODES:
            entry = self.themes.addAction(mode.capitalize())
            entry.setObjectName(f"theme_{mode}")
            entry.setCheckable(True)
            entry.setChecked(mode == current)
            entry.triggered.connect(lambda _checked=False, mode=mode: choose(mode))
            group.addAction(entry)

    def show_theme(self, mode: str) -> None:
        """Tick a theme."""
        for entry in self.themes.actions():
            entry.setChecked(entry.objectName() == f"theme_{mode}")

    def _fill(self) -> None:
        self._fill_file()
        for page in PAGES:
            self.view.addAction(self._actions[f"page_{page.name}"])
        self.view.addSeparator()
        self.view.addMenu(self.themes)
        self.help.addAction(self._actions["command_palette"])
        self.help.addAction(self._actions["shortcut_sheet"])
        self.help.addAction(self._actions["change_keys"])
        self.help.addAction(self._actions["about"])
        for menu in self._page_menus.values():
            menu.menuAction().setVisible(False)

    def _fill_file(self) -> None:
        self.file.clear()
        self.file.addAction(self._actions["open_folder"])
        self.file.addMenu(self.recent)
        self.file.addAction(self._actions["make_sample"])
        self.file.addAction(self._actions["close_folder"])
        self.file.addSeparator()
        saves = [action for action in self._pages.actions_of("edit") if action.objectName() == "save"]
        if saves:
            self.file.addAction(saves[0])
            self.file.addSeparator()
        self.file.addAction(self._actions["settings"])
        self.file.addSeparator()
        self.file.addAction(self._actions["quit"])

    def _on_page_shown(self, shown: str) -> None:
        for name, menu in self._page_menus.items():
            actions = self._pages.actions_of(name) if name == shown else []
            menu.clear()
            for submenu in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
                submenu.deleteLater()
            _fill(menu, actions)
            menu.menuAction().setVisible(bool(actions))


def _fill(menu: QMenu, actions: Sequence[QAction]) -> None:
    """Undo and redo first, then the others in their order; those of a submenu together, where its first one stands."""
    submenus: dict[str, QMenu] = {}
    for action in sorted(actions, key=lambda action: action.objectName() not in ("undo", "redo")):
        title = action.property("menu")
        if title and title not in submenus:
            submenus[title] = menu.addMenu(title)
        (submenus[title] if title else menu).addAction(action)
        if action.objectName() == "redo":
            menu.addSeparator()
