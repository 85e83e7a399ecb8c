"""What is said of a machine that lacks libraries or a display; the lookups are given, nothing is mocked."""

import os
import subprocess
import sys

import pytest

from app import preflight

X_DISPLAY = {"DISPLAY": ":0"}


def everything(_file: str) -> bool:
    return True


def nothing(_file: str) -> bool:
    return False


def test_that_a_complete_machine_has_no_fault() -> None:
    fault = preflight.fault_of_window(X_DISPLAY, platform="linux", has_library=everything, can_connect=lambda: True)
    assert fault == ""
    assert preflight.fault_of_commands(platform="linux", has_library=everything) == ""


def test_that_missing_libraries_come_with_the_lines_that_install_them() -> None:
    missing = {"libGL.so.1", "libxcb-cursor.so.0"}
    fault = preflight.fault_of_window(X_DISPLAY, platform="linux", has_library=lambda file: file not in missing)
    assert "libGL.so.1, libxcb-cursor.so.0" in fault
    assert "sudo apt-get install -y libgl1 libxcb-cursor0\n" in fault
    assert fault.endswith("sudo dnf install -y libglvnd-glx xcb-util-cursor")


def test_that_each_package_is_named_once() -> None:
    fault = preflight.fault_of_commands(platform="linux", has_library=nothing)
    assert fault.count("libglib2.0-0") == 1


def test_that_offscreen_and_wayland_need_no_xcb_libraries() -> None:
    def lacks_xcb(file: str) -> bool:
        return "xcb" not in file and "x11" not in file

    for environment in ({"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}):
        assert preflight.fault_of_window(environment, platform="linux", has_library=lacks_xcb) == ""
    assert "libxcb-xkb1" in preflight.fault_of_window(X_DISPLAY, platform="linux", has_library=lacks_xcb)


def test_that_a_missing_display_is_said_with_what_works_without() -> None:
    fault = preflight.fault_of_window({}, platform="linux", has_library=everything)
    assert "no display" in fault
    assert "demo" in fault


def test_that_a_display_out_of_reach_is_said() -> None:
    fault = preflight.fault_of_window(X_DISPLAY, platform="linux", has_library=everything, can_connect=lambda: False)
    assert "DISPLAY=:0 cannot be reached" in fault


def test_that_other_systems_are_not_asked_for_linux_libraries() -> None:
    assert preflight.fault_of_window({}, platform="darwin", has_library=nothing) == ""
    assert preflight.fault_of_commands(platform="win32", has_library=nothing) == ""


def run_command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    bare = {name: os.environ[name] for name in ("PATH", "HOME", "YOLOX_WORKBENCH_HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**bare, **environment},
    )


@pytest.mark.skipif(sys.platform != "linux", reason="displays of Linux")
def test_that_no_display_ends_with_2_and_not_in_an_abort() -> None:
    for environment in ({}, {"DISPLAY": ":4711"}):
        done = run_command(**environment)
        assert done.returncode == 2, done.stderr
        assert "display" in done.stderr.lower()
        assert "qt.qpa" not in done.stderr


def test_that_help_tells_of_the_window_and_of_every_command() -> None:
    done = run_command("--help")
    assert done.returncode == 0
    assert all(word in done.stdout for word in ("FOLDER", "train", "eval", "predict", "demo", "--version"))


def test_that_the_version_is_told_without_qt() -> None:
    code = (
        "import sys\nfrom app.__main__ import main\n"
        "try:\n    main(['--version'])\nexcept SystemExit:\n    pass\n"
        "assert not any(name.startswith(('PySide6', 'torch', 'cv2')) for name in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("yolox-workbench ")


def test_that_a_command_is_handed_to_the_engine() -> None:
    done = run_command("train", "--help")
    assert done.returncode == 0
    assert "--epochs" in done.stdout
    assert run_command("train").returncode == 2
