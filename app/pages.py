"""The pages of the window: each is imported and made when it is first shown."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.session import Session
from app.window_actions import PAGES, Page

OPENERS = {"edit": "show_image", "play": "open_video", "train": "train_from"}
"""What a page is asked to do with the path of a PageRequest."""


class Pages(QStackedWidget):
    """Shows one page, or the welcome page where a page needs a folder and none is open."""

    page_shown = Signal(str)
    page_made = Signal(QWidget)

    def __init__(self, session: Session, welcome: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._welcome = welcome
        self._made: dict[str, QWidget] = {}
        self._by_name = {page.name: page for page in PAGES}
        self._current = PAGES[0].name
        self.addWidget(welcome)
        session.folder_changed.connect(self._on_folder_changed)

    @property
    def current(self) -> str:
        """The name of the page that was asked for last."""
        return self._current

    @property
    def needs_folder(self) -> bool:
        """Whether the page that was asked for last shows the open folder."""
        return self._by_name[self._current].needs_folder

    @property
    def made(self) -> Iterator[QWidget]:
        """The pages that exist."""
        return iter(tuple(self._made.values()))

    def made_page(self, name: str) -> QWidget | None:
        """A page by name, if it exists."""
        return self._made.get(name)

    def show_page(self, name: str, path: Path | None = None) -> None:
        """Show a page, and open `path` there; names that no page has show the first one."""
        page = self._by_name.get(name.lower(), PAGES[0])
        self._current = page.name
        if self._is_waiting(page):
            self.setCurrentWidget(self._welcome)
        else:
            shown = self._page(page)
            self.setCurrentWidget(shown)
            shown.setFocus()
            if path is not None and page.name in OPENERS:
                getattr(shown, OPENERS[page.name])(path)
        self.page_shown.emit(page.name)

    def actions_of(self, name: str) -> list[QAction]:
        """The actions of a page, none while it is not made."""
        page = self._made.get(name)
        return list(page.actions()) if page is not None else []

    def can_close(self) -> bool:
        """Whether every page agrees to leave the open folder; the first that does not is shown."""
        return self._all_agree("can_close")

    def can_quit(self) -> bool:
        """Whether every page agrees to the end of the window; the first that does not is shown."""
        return self._all_agree("can_close") and self._all_agree("can_quit")

    def shut_down(self) -> None:
        """End what the pages have running."""
        for page in self._made.values():
            shut_down = getattr(page, "shut_down", None)
            if shut_down is not None:
                shut_down()

    def _all_agree(self, question: str) -> bool:
        for name, page in self._made.items():
            agrees = getattr(page, question, None)
            if agrees is not None and not agrees():
                self.show_page(name)
                return False
        return True

    def _is_waiting(self, page: Page) -> bool:
        return page.needs_folder and self._session.folder is None

    def _page(self, page: Page) -> QWidget:
        if page.name not in self._made:
            make = getattr(importlib.import_module(page.module), page.class_name)
            made = cast(QWidget, make(self._session))
            self._made[page.name] = made
            self.addWidget(made)
            self.page_made.emit(made)
        return self._made[page.name]

    def _on_folder_changed(self, _folder: object) -> None:
        self.show_page(self._current)
