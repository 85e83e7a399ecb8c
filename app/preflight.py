"""What this machine lacks, found before Qt and OpenCV are loaded: Qt itself would abort the process without a word."""

import ctypes
import os
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

OS_RELEASE = Path("/etc/os-release")


@dataclass(frozen=True, slots=True)
class Library:
    """A shared library by the name it is loaded under, and the packages that bring it."""

    name: str
    debian: str
    fedora: str


FOR_OPENCV = (
    Library("libGL.so.1", "libgl1", "libglvnd-glx"),
    Library("libglib-2.0.so.0", "libglib2.0-0", "glib2"),
    Library("libgthread-2.0.so.0", "libglib2.0-0", "glib2"),
)
FOR_QT = (
    Library("libEGL.so.1", "libegl1", "libglvnd-egl"),
    Library("libfontconfig.so.1", "libfontconfig1", "fontconfig"),
    Library("libdbus-1.so.3", "libdbus-1-3", "dbus-libs"),
    Library("libxkbcommon.so.0", "libxkbcommon0", "libxkbcommon"),
)
FOR_X = (
    Library("libxcb-cursor.so.0", "libxcb-cursor0", "xcb-util-cursor"),
    Library("libxcb-icccm.so.4", "libxcb-icccm4", "xcb-util-wm"),
    Library("libxcb-image.so.0", "libxcb-image0", "xcb-util-image"),
    Library("libxcb-keysyms.so.1", "libxcb-keysyms1", "xcb-util-keysyms"),
    Library("libxcb-render-util.so.0", "libxcb-render-util0", "xcb-util-renderutil"),
    Library("libxcb-shape.so.0", "libxcb-shape0", "libxcb"),
    Library("libxcb-xkb.so.1", "libxcb-xkb1", "libxcb"),
    Library("libxkbcommon-x11.so.0", "libxkbcommon-x11-0", "libxkbcommon-x11"),
)
FOR_WAYLAND = (
    Library("libwayland-client.so.0", "libwayland-client0", "libwayland-client"),
    Library("libwayland-cursor.so.0", "libwayland-cursor0", "libwayland-cursor"),
)


@dataclass(frozen=True)
class Machine:
    """What is asked of the machine: its environment, how a library is loaded, whether a display answers."""

    environment: Mapping[str, str]
    load: Callable[[str], object] = ctypes.CDLL
    answers: Callable[[str], bool] = lambda kind: display_answers(kind)
    os_release: Path = OS_RELEASE
    is_root: bool = False
    platform: str = sys.platform


def this_machine() -> Machine:
    """The machine the program runs on."""
    return Machine(os.environ, is_root=hasattr(os, "geteuid") and os.geteuid() == 0)


def find_problem(machine: Machine) -> str:
    """Why the window cannot open and what to do about it, in a few lines; empty when it can."""
    if machine.platform != "linux":
        return ""
    kind = _display_kind(machine.environment)
    missing = _missing(machine, FOR_OPENCV + FOR_QT + {"x": FOR_X, "wayland": FOR_WAYLAND}.get(kind, ()))
    if missing:
        return f"The window cannot open: {_missing_text(missing, machine)}"
    return _display_text(kind, machine)


def find_command_problem(machine: Machine) -> str:
    """Why commands without a window cannot work and what to do about it, in a few lines; empty when they can."""
    missing = _missing(machine, FOR_OPENCV) if machine.platform == "linux" else []
    return f"OpenCV cannot be loaded: {_missing_text(missing, machine)}" if missing else ""


def has_display(machine: Machine) -> bool:
    """Whether a window can open and be seen."""
    return not find_problem(machine) and _display_kind(machine.environment) != "other"


def display_answers(kind: str) -> bool:
    """Whether the X or Wayland server that the environment names takes connections."""
    if kind == "wayland":
        place = Path(os.environ.get("XDG_RUNTIME_DIR", ""), os.environ.get("WAYLAND_DISPLAY", ""))
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(place)) == 0
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = (ctypes.c_void_p,)
    connection_to_x = xcb.xcb_connect(None, None)
    failed = xcb.xcb_connection_has_error(connection_to_x)
    xcb.xcb_disconnect(connection_to_x)
    return int(failed) == 0


def _display_kind(environment: Mapping[str, str]) -> str:
    """`x`, `wayland`, `none`, or `other` for a Qt platform that needs neither, such as offscreen."""
    wanted = environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]
    if wanted and wanted not in ("xcb", "wayland"):
        return "other"
    if environment.get("WAYLAND_DISPLAY") and wanted != "xcb":
        return "wayland"
    return "x" if environment.get("DISPLAY") and wanted != "wayland" else "none"


def _missing(machine: Machine, needed: tuple[Library, ...]) -> list[Library]:
    return [library for library in needed if not _can_load(machine, library.name)]


def _can_load(machine: Machine, name: str) -> bool:
    try:
        machine.load(name)
    except OSError:
        return False
    return True


def _missing_text(missing: list[Library], machine: Machine) -> str:
    debian = " ".join(dict.fromkeys(library.debian for library in missing))
    fedora = " ".join(dict.fromkeys(library.fedora for library in missing))
    sudo = "" if machine.is_root else "sudo "
    lines = {
        "debian": f"{sudo}apt-get update && {sudo}apt-get install -y {debian}",
        "fedora": f"{sudo}dnf install -y {fedora}",
    }
    family = _family(machine.os_release)
    shown = (
        [lines[family]] if family else [f"Debian, Ubuntu:  {lines['debian']}", f"Fedora:          {lines['fedora']}"]
    )
    names = ", ".join(library.name for library in missing)
    return "\n".join(
        (f"The window cannot open: this machine lacks {names}.", "Install with:", *(f"  {s}" for s in shown))
    )


def _family(os_release: Path) -> str:
    """`debian`, `fedora`, or nothing where it is neither."""
    try:
        text = os_release.read_text(encoding="utf-8")
    except OSError:
        return ""
    words = {
        word.strip("\"'")
        for line in text.splitlines()
        if line.startswith(("ID=", "ID_LIKE="))
        for word in line.partition("=")[2].strip("\"'").split()
    }
    if words & {"debian", "ubuntu"}:
        return "debian"
    return "fedora" if words & {"fedora", "rhel"} else ""


def _display_text(kind: str, machine: Machine) -> str:
    if kind == "none":
        return (
            "The window cannot open: there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
            "Run it in a desktop session or with `ssh -X`; or use the commands that need no window:\n"
            "  yolox-workbench demo | train | eval | predict"
        )
    if kind in ("x", "wayland") and not machine.answers(kind):
        name = machine.environment["DISPLAY" if kind == "x" else "WAYLAND_DISPLAY"]
        return (
            f"The window cannot open: the display {name} does not answer.\n"
            "Check that it is running and that you may use it."
        )
    return ""
