"""Where this user's settings, runs, caches and logs live, by the convention of the platform.

`YOLOX_WORKBENCH_HOME` puts all of them below one folder instead.
"""

import os
from pathlib import Path

import platformdirs

APP = "yolox-workbench"


def config_folder() -> Path:
    """Settings."""
    return _folder("config", platformdirs.user_config_path(APP))


def data_folder() -> Path:
    """Runs and the sample data set."""
    return _folder("data", platformdirs.user_data_path(APP))


def cache_folder() -> Path:
    """What can be deleted at any time."""
    return _folder("cache", platformdirs.user_cache_path(APP))


def log_folder() -> Path:
    """Log files."""
    return _folder("log", platformdirs.user_log_path(APP))


def _folder(name: str, usual: Path) -> Path:
    home = os.environ.get("YOLOX_WORKBENCH_HOME", "")
    return Path(home) / name if home else usual
