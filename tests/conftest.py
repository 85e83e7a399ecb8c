"""Fixtures for every test: the shared data where it is there, and user folders that belong to the test."""

import os
from pathlib import Path

import pytest

from tests.squares import make_squares

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data and reference figures, or a skip that says so."""
    if not SHARED.is_dir():
        pytest.skip(f"needs the project's shared data at {SHARED}")
    return SHARED


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh home for settings, caches and runs, so that a test never meets the user's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("YOLOX_WORKBENCH_HOME", str(home))
    return home


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    """A VOC folder of 10 images with one white square each; 8 to learn from, 2 to measure on."""
    return make_squares(tmp_path / "VOC2012")
