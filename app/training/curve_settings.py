"""How the plots are shown, as the window remembers it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from app.training.steps import AXES

WINDOWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # steps of the running mean
SHOWN = ("losses", "figures", "classes", "rate", "pace", "wait")


@dataclass(frozen=True, slots=True)
class CurveSettings:
    """`smoothing` is a place in WINDOWS, `charts` the plots on show, `hidden` the curves that are not, as `plot/curve`.

    The window forgets classes that were hidden or chosen: they belong to one data set.
    """

    axis: str = "step"
    smoothing: int = 3
    is_log: bool = False
    charts: tuple[str, ...] = SHOWN
    hidden: tuple[str, ...] = ()

    @property
    def window(self) -> int:
        """Steps of the running mean."""
        return WINDOWS[self.smoothing]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for the settings' file."""
        kept = tuple(key for key in self.hidden if not key.startswith("classes/"))
        return {**asdict(self), "charts": list(self.charts), "hidden": list(kept)}

    @staticmethod
    def from_dict(values: Mapping[str, Any]) -> "CurveSettings":
        """The settings in a file that anybody may have written; what cannot be is as by default."""
        usual = CurveSettings()
        axis, smoothing, is_log = (values.get(name) for name in ("axis", "smoothing", "is_log"))
        return CurveSettings(
            axis=axis if axis in AXES else usual.axis,
            smoothing=smoothing if type(smoothing) is int and 0 <= smoothing < len(WINDOWS) else usual.smoothing,
            is_log=is_log is True,
            charts=_words(values.get("charts")) or usual.charts,
            hidden=_words(values.get("hidden")),
        )


def _words(value: object) -> tuple[str, ...]:
    return tuple(word for word in value if isinstance(word, str)) if isinstance(value, list | tuple) else ()
