"""The one place where errors reach the user: problems to mend in a message bar, bugs in a dialog."""

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal, Slot

from yolox_core.errors import UserError
from yolox_core.user_folders import log_folder

log = logging.getLogger(__name__)

LOG_BYTES = 1_000_000


class Problems(QObject):
    """Hears of problems in any thread and tells them in the thread it lives in: the GUI's."""

    problem_shown = Signal(UserError)
    bug_shown = Signal(str)  # traceback

    @Slot(UserError)
    def show_problem(self, problem: UserError) -> None:
        """Tell the user what is wrong, where, and what to do now."""
        log.info("problem: %s", problem)
        self.problem_shown.emit(problem)

    @Slot(str)
    def show_bug(self, trace: str) -> None:
        """Tell the user that the program has an error; the program goes on."""
        log.error("bug:\n%s", trace)
        self.bug_shown.emit(trace)

    def catch_everything(self) -> None:
        """From now on, exceptions that nothing handles are shown instead of written to a console that nobody sees."""
        sys.excepthook = self._on_exception

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        elif isinstance(error, UserError):
            self.show_problem(error)
        else:
            self.show_bug("".join(traceback.format_exception(kind, error, trace)))


def log_path() -> Path:
    """Where the log is written."""
    return log_folder() / "yolox-workbench.log"


def start_log() -> None:
    """Write the log from now on; a folder that cannot be written costs the log, not the start."""
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        writer = RotatingFileHandler(log_path(), maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    except OSError:
        logging.basicConfig(level=logging.WARNING)
        return
    writer.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(writer)
    root.setLevel(logging.INFO)
