"""Addresses of cameras and network streams."""

import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


def shown_address(address: str) -> str:
    """An address without user name, password and query, fit to be shown and kept."""
    try:
        parts = urlsplit(address)
        host = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        return address.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, "", "")) if parts.scheme and parts.netloc else address


def cameras() -> tuple[str, ...]:
    """The addresses of cameras that can be told without opening them: on Linux, `/dev/video0` and so on."""
    return tuple(str(path) for path in sorted(Path("/dev").glob("video*"))) if sys.platform == "linux" else ()
