"""What the user has set and what the window remembers, in one JSON file that holds only what differs from the default.

Keys of a later version are kept, bad values fall back to the default with a notice, and no file stops the start: one
that cannot be read is put aside as `settings.broken.json` before the first write.
"""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from yolox_core.errors import UserError
from yolox_core.fields import FieldSpec, described, fault_of, specs, type_fault
from yolox_core.files import write_atomically
from yolox_core.user_folders import config_folder

RECENT_MAX = 8


@dataclass(frozen=True)
class Settings:
    """Settings of the application. Fields without a specification are remembered, but not shown in the dialog."""

    theme: str = described(
        "system",
        FieldSpec("Colours of the window; system follows the desktop.", choices=("system", "light", "dark")),
    )
    reopen_folder: bool = described(True, FieldSpec("Open the last folder again at the start."))
    autosave: bool = described(True, FieldSpec("Save labels when another image is shown."))
    notify_end: bool = described(
        True, FieldSpec("Tell the desktop how a run has ended while another window is in use.")
    )
    chart_interval_ms: int = described(
        250, FieldSpec("Time between two drawings of the training curves.", "ms", 250, 2000)
    )
    key_preset: str = "workbench"
    key_bindings: dict[str, str] = field(default_factory=dict)
    keeps_view: bool = False
    zooms_to_small_boxes: bool = True
    thumbnails: bool = True
    last_folder: str = ""
    recent_folders: tuple[str, ...] = ()
    recent_videos: tuple[str, ...] = ()
    recent_streams: tuple[str, ...] = ()
    dismissed_runs: tuple[str, ...] = ()
    last_page: str = "edit"
    geometry: str = ""
    class_mappings: dict[str, str] = field(default_factory=dict)
    unlabelled_images: dict[str, str] = field(default_factory=dict)
    box_names: str = "always"
    box_sizes: bool = False
    draft_scores: bool = True
    video_names: bool = True
    video_scores: bool = True
    video_lines_grow: bool = True
    video_labels: bool = True
    video_letters: float = 1.0
    train_depth: str = "preset"
    curves: dict[str, str] = field(default_factory=dict)


class SettingsStore:
    """Settings and their file. `notices` says in sentences what of the file was not usable."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or config_folder() / "settings.json"
        self.notices: tuple[str, ...] = ()
        self._is_broken = False
        self._raw = self._read()
        self._values = self._checked(self._raw)

    @property
    def values(self) -> Settings:
        """All settings of the moment."""
        return self._values

    def get(self, name: str) -> Any:
        """The value of a field of Settings."""
        return getattr(self._values, name)

    def set(self, name: str, value: Any) -> None:
        """Set a field of Settings and write the file. Raises FileError when it cannot be written, after setting."""
        self.replace(**{name: value})

    def replace(self, **changes: Any) -> None:
        """Set several fields and write the file once, if anything differs."""
        new = Settings(**{**vars(self._values), **changes})
        if new == self._values:
            return
        self._values = new
        defaults = Settings()
        for name in changes:
            value = getattr(new, name)
            if value == getattr(defaults, name):
                self._raw.pop(name, None)
            else:
                self._raw[name] = value
        self._write()

    def _write(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self._is_broken:
                self.path.replace(self.path.with_suffix(".broken.json"))
                self._is_broken = False
        except OSError as error:
            raise UserError(
                f"The settings cannot be kept ({error.strerror}).",
                where=self.path,
                action="Make its folder writable; until then they last until the window closes.",
            ) from error
        write_atomically(self.path, json.dumps(self._raw, indent=2).encode() + b"\n")

    def _read(self) -> dict[str, Any]:
        try:
            raw = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            self._note(f"The settings in {self.path} cannot be read ({error}); defaults are used.")
            self._is_broken = True
            return {}
        if not isinstance(raw, dict):
            self._note(f"The settings in {self.path} are not a JSON object; defaults are used.")
            self._is_broken = True
            return {}
        return raw

    def _checked(self, raw: dict[str, Any]) -> Settings:
        good: Any = {}
        specified = specs(Settings)
        for name, kind in _kinds().items():
            if name not in raw:
                continue
            value = tuple(raw[name]) if isinstance(raw[name], list) else raw[name]
            spec = specified[name][1] if name in specified else FieldSpec("")
            fault = type_fault(value, kind) or fault_of(value, spec)
            if fault:
                self._note(f"The setting {name} {fault}; its default is used.")
            else:
                good[name] = value
        return Settings(**good)

    def _note(self, notice: str) -> None:
        self.notices = (*self.notices, notice)


@cache
def _kinds() -> dict[str, type]:
    return {name: get_origin(hint) or hint for name, hint in get_type_hints(Settings).items()}
