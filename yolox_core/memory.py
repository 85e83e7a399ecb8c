"""Main memory of this machine and of this process, in bytes; 0 where the platform does not tell."""

import os
import sys
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_CGROUP = Path("/sys/fs/cgroup")


def free_memory() -> int:
    """What programs may still take: also within the limits of a container."""
    available = _field(_PROC / "meminfo", "MemAvailable")
    if not available:
        with suppress(AttributeError, OSError, ValueError):  # not a Unix, or one that does not count this
            available = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    limit, used = _number(_CGROUP / "memory.max"), _number(_CGROUP / "memory.current")
    return min(available, max(limit - used, 0)) if limit else available


def used_memory() -> int:
    """What this process holds now."""
    return _field(_PROC / "self/status", "VmRSS") or peak_memory()


def peak_memory() -> int:
    """The most that this process has held since `forget_peak`, or since its start where that cannot be forgotten."""
    peak = _field(_PROC / "self/status", "VmHWM")
    if not peak and sys.platform != "win32":
        import resource

        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return peak


def forget_peak() -> None:
    """Let `peak_memory` begin anew, where the platform can."""
    with suppress(OSError):
        (_PROC / "self/clear_refs").write_text("5")


def _field(path: Path, name: str) -> int:
    """A line `Name:  123 kB` of a file of the kernel."""
    with suppress(OSError):
        for line in path.read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) * 1024
    return 0


def _number(path: Path) -> int:
    with suppress(OSError, ValueError):
        return int(path.read_text())
    return 0
