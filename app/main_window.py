"""The window: welcome page, pages, menus, messages. The only module that knows every page."""

from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QSize
from PySide6.QtGui import QAction, QActionGroup, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QMainWindow, QMessageBox, QVBoxLayout, QWidget

from app.action_tables import GROUPS
from app.actions import make_action
from app.bug_dialog import BugDialog
from app.command_palette import CommandPalette
from app.keys import Keys
from app.keys_dialog import KeysDialog
from app.menus import Menus
from app.navigation import Navigation
from app.opener import BusyStrip, FolderOpener, Opened
from app.pages import Pages
from app.problems import log_path
from app.session import PageRequest, Session
from app.settings import RECENT_MAX
from app.settings_dialog import SettingsDialog
from app.shortcut_sheet import ShortcutSheet
from app.theme import apply_theme
from app.welcome import Welcome
from app.widgets.message_bar import MessageBar
from app.window_actions import ACTIONS, PAGE_ACTIONS, PAGES
from yolox_core.errors import UserError

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder

START_SIZE = QSize(1360, 860)


class MainWindow(QMainWindow):
    """Shows the pages of one session, and what goes wrong in it."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session
        self.opener = FolderOpener(session, self)
        self.messages = MessageBar()
        self.actions_by_name = self._make_actions()
        self.welcome = Welcome(self.actions_by_name["open_folder"], self.actions_by_name["make_sample"])
        self.pages = Pages(session, self.welcome)
        self.keys = Keys(session, GROUPS, self)
        self.menus = Menus(self.menuBar(), self.actions_by_name, self.pages)
        self.bugs = BugDialog(log_path(), self)
        self._lay_out()
        self._connect()
        self._show_recent()
        self.setAcceptDrops(True)
        self.restore()

    def open_folder(self, root: Path, *, stays_on_page: bool = False) -> None:
        """Open a data set, after the labels of the one before are safe; a page without data gives way to Edit."""
        if self.pages.can_close():
            self.messages.clear()
            if not (stays_on_page or self.pages.needs_folder):
                self.pages.show_page("edit")
            self.opener.open(root)

    def restore(self) -> None:
        """The size, place and page that the window had when it was closed."""
        settings = self.session.settings
        self.resize(START_SIZE)
        self.restoreGeometry(QByteArray.fromBase64(settings.get("geometry").encode()))
        self.pages.show_page(settings.get("last_page"))
        for notice in (*settings.notices, *self.keys.notices):
            self.messages.show_text(notice)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Close when every page agrees, and end all that runs."""
        if not self.pages.can_quit():
            event.ignore()
            return
        self.session.remember(
            geometry=bytes(self.saveGeometry().toBase64().data()).decode(),
            last_page=self.pages.current,
        )
        self.hide()
        self.session.stop_jobs()
        self.pages.shut_down()
        event.accept()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a folder."""
        if _dropped_folder(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open the folder that was dropped."""
        folder = _dropped_folder(event)
        if folder is not None:
            event.acceptProposedAction()
            self.open_folder(folder)

    def _make_actions(self) -> dict[str, QAction]:
        slots: dict[str, Callable[[], object]] = {
            "open_folder": self._ask_for_folder,
            "make_sample": self._make_sample,
            "close_folder": self._close_folder,
            "settings": self._edit_settings,
            "quit": self.close,
            "shortcut_sheet": self._show_sheet,
            "change_keys": self._change_keys,
            "command_palette": self._find_command,
            "about": self._show_about,
        }
        made = {action.name: make_action(self, action, slots[action.name]) for action in ACTIONS}
        group = QActionGroup(self)
        for page, action in zip(PAGES, PAGE_ACTIONS, strict=True):
            made[action.name] = make_action(self, action, partial(self._show_page, page.name))
            group.addAction(made[action.name])
        return made

    def _lay_out(self) -> None:
        named = self.actions_by_name
        rail = Navigation([named[a.name] for a in PAGE_ACTIONS], [named["shortcut_sheet"], named["settings"]])
        column = QVBoxLayout()
        column.setSpacing(0)
        for widget in (BusyStrip(self.opener), self.messages):
            column.addWidget(widget)
        column.addWidget(self.pages, 1)
        content = QWidget()
        layout = QHBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rail)
        layout.addLayout(column, 1)
        self.setCentralWidget(content)
        self.setMinimumSize(720, 480)

    def _connect(self) -> None:
        session = self.session
        session.folder_changed.connect(self._on_folder_changed)
        session.page_requested.connect(self._on_page_requested)
        session.problems.problem_shown.connect(self._on_problem)
        session.problems.bug_shown.connect(self.bugs.show_bug)
        self.opener.opened.connect(self._on_opened)
        self.opener.started.connect(lambda _text: self._enable_actions())
        self.opener.ended.connect(self._enable_actions)
        self.welcome.recent_chosen.connect(self.open_folder)
        self.pages.page_made.connect(self.keys.follow)
        self.keys.follow(self)
        self.pages.page_shown.connect(lambda name: self.actions_by_name[f"page_{name}"].setChecked(True))
        self.menus.add_themes(session.settings.get("theme"), self._choose_theme)
        self._on_folder_changed(session.folder)

    def _on_opened(self, opened: Opened) -> None:
        settings = self.session.settings
        root = str(opened.folder.root)
        recent = (root, *(folder for folder in settings.get("recent_folders") if folder != root))[:RECENT_MAX]
        changes: dict[str, object] = {"last_folder": root, "recent_folders": recent}
        if opened.video is not None:
            video = str(opened.video)
            others = (path for path in settings.get("recent_videos") if path != video)
            changes["recent_videos"] = (video, *others)[:RECENT_MAX]
        self.session.remember(**changes)
        self._show_recent()
        self.session.set_folder(opened.folder)

    def _on_folder_changed(self, folder: "DataFolder | None") -> None:
        self.setWindowTitle(f"{folder.root.name} — YOLOX Workbench" if folder else "YOLOX Workbench")
        self._enable_actions()

    def _show_page(self, name: str) -> None:
        self.pages.show_page(name)

    def _on_page_requested(self, request: PageRequest) -> None:
        self.pages.show_page(request.page, request.path)

    def _on_problem(self, problem: UserError) -> None:
        """Show a problem, unless the page on show says it already."""
        page = self.pages.currentWidget()
        bars = page.findChildren(MessageBar) if page is not None else []
        if not any(bar.isVisible() and bar.text.startswith(problem.what) for bar in bars):
            self.messages.show_problem(problem)

    def _enable_actions(self) -> None:
        self.actions_by_name["make_sample"].setEnabled(not self.opener.is_busy)
        self.actions_by_name["close_folder"].setEnabled(self.session.folder is not None)

    def _show_recent(self) -> None:
        folders = self.session.settings.get("recent_folders")
        self.welcome.set_recent([Path(folder) for folder in folders])
        self.menus.set_recent(folders, self.open_folder)

    def _ask_for_folder(self) -> None:
        start = self.session.settings.get("last_folder") or str(Path.home())
        chosen = QFileDialog.getExistingDirectory(self, "Open a folder of images", start)
        if chosen:
            self.open_folder(Path(chosen))

    def _make_sample(self) -> None:
        if self.pages.can_close():
            self.messages.clear()
            self.opener.make_sample()

    def _close_folder(self) -> None:
        if self.pages.can_close():
            self.session.remember(last_folder="")
            self.session.set_folder(None)

    def _edit_settings(self) -> None:
        dialog = SettingsDialog(self.session.settings, self)
        dialog.keys_wanted.connect(lambda: self._change_keys(dialog))
        try:
            dialog.exec()
        except UserError as problem:
            self.messages.show_problem(problem)
        self._choose_theme(self.session.settings.get("theme"))

    def _show_sheet(self) -> None:
        sheet = ShortcutSheet(self.keys, self)
        sheet.keys_wanted.connect(lambda: self._change_keys(sheet))
        sheet.exec()

    def _change_keys(self, parent: QWidget | None = None) -> None:
        KeysDialog(self.keys, parent or self).exec()

    def _find_command(self) -> None:
        own = [action for name, action in self.actions_by_name.items() if name != "command_palette"]
        palette = CommandPalette([*self.pages.actions_of(self.pages.current), *own], self)
        palette.move(self.mapToGlobal(QPoint((self.width() - palette.width()) // 2, self.height() // 6)))
        if palette.exec() and palette.chosen is not None:
            palette.chosen.trigger()

    def _choose_theme(self, mode: str) -> None:
        self.session.remember(theme=mode)
        self.menus.show_theme(mode)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, mode)

    def _show_about(self) -> None:
        QMessageBox.about(
            self,
            "About YOLOX Workbench",
            f"<h3>YOLOX Workbench {version('yolox-workbench')}</h3>"
            "<p>Label, train, watch, label again: one window around a YOLOX detector.</p>"
            "<p>Apache License 2.0. Made with PyTorch, Qt for Python, OpenCV and PyAV.</p>",
        )


def _dropped_folder(event: QDropEvent) -> Path | None:
    """The one folder that is dropped, None for anything else."""
    urls = event.mimeData().urls() if event.mimeData().hasUrls() else []
    paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
    return paths[0] if len(paths) == 1 and paths[0].is_dir() else None
