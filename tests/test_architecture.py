"""The rules that hold the rooms apart: layers, types, style, and what a start may load."""

import ast
import importlib
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
LONGEST_FILE, LONGEST_FUNCTION = 399, 59

START = """
import sys, time
began = time.perf_counter()
from PySide6.QtWidgets import QApplication
application = QApplication([])
from app.main_window import MainWindow
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
window = MainWindow(Session(SettingsStore(), Problems()))
window.show()
application.sendPostedEvents()
print(" ".join(name for name in ("torch", "torchvision", "pyqtgraph") if name in sys.modules))
window.close()
"""


def run(*command: str) -> str:
    """The output of a command that must succeed."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_that_ruff_finds_no_fault() -> None:
    run(str(BIN / "ruff"), "check", "--output-format", "concise", ".")


def test_that_the_code_is_formatted() -> None:
    run(str(BIN / "ruff"), "format", "--check", ".")


def test_that_the_types_hold() -> None:
    run(sys.executable, "-m", "mypy")


def test_that_rooms_import_only_what_lies_below_them() -> None:
    run(str(BIN / "lint-imports"))


def test_that_the_window_opens_without_torch_and_charts() -> None:
    assert run(sys.executable, "-c", START).split() == []


@pytest.mark.parametrize(
    "package", ["yolox_core", "yolox_core.train.config", "yolox_core.train.events", "app.__main__"]
)
def test_that_an_import_costs_next_to_nothing(package: str) -> None:
    heavy = ("torch", "numpy", "cv2", "PySide6", "lxml", "av", "pyqtgraph", "rich")
    code = f"import sys, {package}\nprint(*[name for name in {heavy!r} if name in sys.modules])"
    assert run(sys.executable, "-c", code).split() == []


@pytest.mark.parametrize("package", ["yolox_core.dataset.folder", "yolox_core.records", "yolox_core.sample.dataset"])
def test_that_label_files_are_read_without_torch(package: str) -> None:
    code = f"import sys, {package}\nprint(*[name for name in ('torch', 'PySide6') if name in sys.modules])"
    assert run(sys.executable, "-c", code).split() == []


def source_files() -> list[Path]:
    return [path for package in ("app", "yolox_core") for path in sorted((ROOT / package).rglob("*.py"))]


def test_that_no_file_is_too_long() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in source_files()}
    assert not {str(path.relative_to(ROOT)): n for path, n in lengths.items() if n > LONGEST_FILE}


def test_that_no_function_is_too_long() -> None:
    long = {}
    for path in source_files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION:
                long[f"{path.relative_to(ROOT)}:{node.name}"] = (node.end_lineno or 0) - node.lineno + 1
    assert not long


def test_that_broad_handlers_stand_in_the_one_place_for_bugs() -> None:
    found = [path.relative_to(ROOT).as_posix() for path in source_files() if "except Exception" in path.read_text()]
    assert set(found) <= {"app/jobs.py", "app/problems.py"}


def test_that_every_icon_that_is_named_is_there() -> None:
    from app.actions import Action

    drawn = {path.stem for path in (ROOT / "resources" / "icons").glob("*.svg")}
    for page in ("editor", "player"):
        if importlib.util.find_spec(f"app.{page}.actions"):
            shortcuts: tuple[Action, ...] = importlib.import_module(f"app.{page}.actions").SHORTCUTS
            assert {action.icon for action in shortcuts if action.icon} <= drawn
