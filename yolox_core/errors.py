"""Problems that the user can mend, each with a message ready to show."""

from pathlib import Path


class UserError(Exception):
    """What is wrong, where, and what to do now: three short sentences for a person."""

    def __init__(self, what: str, *, where: str | Path = "", action: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = str(where)
        self.action = action

    def __str__(self) -> str:
        """One line for a console: `where: what. What to do.`"""
        text = f"{self.where}: {self.what}" if self.where else self.what
        return f"{text} {self.action}".rstrip()


class FileError(UserError):
    """A file or folder is missing, unreadable, damaged or not writable; `where` is its path."""


class ValueOutOfRange(UserError):
    """A setting holds a value that cannot work; `field` is its name."""

    def __init__(self, what: str, *, field: str, action: str = "") -> None:
        super().__init__(what, where=field, action=action)
        self.field = field


class Unavailable(UserError):
    """Something this machine lacks was asked for: a device, a display, a codec."""
