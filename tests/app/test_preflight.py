"""What is said of a machine that lacks libraries or a display; the lookups are given, nothing is mocked."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.preflight import Machine, find_command_problem, find_problem, has_display

X_DISPLAY = {"DISPLAY": ":0"}
HIDDEN = "No such library."


def machine(
    environment: Mapping[str, str], *missing: str, answers: bool = True, release: Path | None = None
) -> Machine:
    """A Linux machine that lacks the libraries whose names hold one of the words `missing`."""

    def load(name: str) -> None:
        if any(word in name for word in missing):
            raise OSError(HIDDEN)

    return Machine(environment, load, lambda _kind: answers, release or Path("/nowhere"), platform="linux")


def test_that_a_complete_machine_has_no_problem() -> None:
    assert find_problem(machine(X_DISPLAY)) == ""
    assert find_problem(machine({"WAYLAND_DISPLAY": "wayland-0"})) == ""
    assert find_problem(machine({"QT_QPA_PLATFORM": "offscreen"})) == ""
    assert find_command_problem(machine({})) == ""


def test_that_missing_libraries_come_with_the_lines_that_install_them() -> None:
    problem = find_problem(machine(X_DISPLAY, "libGL.", "xcb-cursor"))
    assert "libGL.so.1, libxcb-cursor.so.0" in problem
    assert "sudo apt-get update && sudo apt-get install -y libgl1 libxcb-cursor0\n" in problem
    assert problem.endswith("sudo dnf install -y libglvnd-glx xcb-util-cursor")


@pytest.mark.parametrize(
    ("release", "there", "not_there"),
    [
        ('ID=ubuntu\nID_LIKE="debian"', "apt-get", "dnf"),
        ("ID=debian", "apt-get", "dnf"),
        ('NAME=Rocky\nID="rocky"\nID_LIKE="rhel centos fedora"', "dnf", "apt-get"),
    ],
)
def test_that_a_known_system_gets_its_own_line_alone(tmp_path: Path, release: str, there: str, not_there: str) -> None:
    path = tmp_path / "os-release"
    path.write_text(release)
    problem = find_problem(machine(X_DISPLAY, "libEGL", release=path))
    assert there in problem
    assert not_there not in problem


def test_that_each_package_is_named_once() -> None:
    assert find_command_problem(machine({}, "lib")).count("libglib2.0-0") == 1


def test_that_commands_ask_only_for_what_opencv_needs() -> None:
    assert find_command_problem(machine({}, "xcb", "EGL", "fontconfig")) == ""
    assert "libgl1" in find_command_problem(machine({}, "libGL."))


def test_that_offscreen_and_wayland_need_no_x_libraries() -> None:
    for environment in ({"QT_QPA_PLATFORM": "offscreen"}, {"WAYLAND_DISPLAY": "wayland-0"}):
        assert find_problem(machine(environment, "xcb", "x11")) == ""
    assert "libxcb-xkb1" in find_problem(machine(X_DISPLAY, "xcb"))


def test_that_a_missing_display_is_said_with_what_works_without() -> None:
    problem = find_problem(machine({}))
    assert "no display" in problem
    assert "demo" in problem
    assert "no display" in find_problem(machine({"QT_QPA_PLATFORM": "xcb"}))


def test_that_a_display_that_does_not_answer_is_said() -> None:
    assert "display :0 does not answer" in find_problem(machine(X_DISPLAY, answers=False))


def test_that_only_a_display_that_can_be_seen_counts_as_one() -> None:
    assert has_display(machine(X_DISPLAY))
    assert not has_display(machine({}))
    assert not has_display(machine({"QT_QPA_PLATFORM": "offscreen"}))


def test_that_other_systems_are_not_asked_for_linux_libraries() -> None:
    lacking = machine({}, "lib")
    for platform in ("darwin", "win32"):
        other = Machine({}, lacking.load, lacking.answers, platform=platform)
        assert find_problem(other) == find_command_problem(other) == ""


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
