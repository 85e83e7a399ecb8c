"""How the plots are shown, as the window remembers it."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.training.steps import AXES

WINDOWS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)  # steps of the running mean
PLOTS = ("losses", "figures", "classes", "rate", "pace", "wait", "size")
SHOWN = PLOTS[:-1]


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

    def as_texts(self) -> dict[str, str]:
        """Texts for the settings' file."""
        kept = (key for key in self.hidden if not key.startswith("classes/"))
        return {
            "axis": self.axis,
            "smoothing": str(self.window),
            "scale": "log" if self.is_log else "linear",
            "charts": " ".join(self.charts),
            "hidden": " ".join(kept),
        }

    @staticmethod
    def from_texts(texts: Mapping[str, str]) -> "CurveSettings":
        """The settings in a file that anybody may have written; what cannot be is as by default."""
        usual = CurveSettings()
        axis, window = texts.get("axis", ""), texts.get("smoothing", "")
        windows = [str(known) for known in WINDOWS]
        return CurveSettings(
            axis=axis if axis in AXES else usual.axis,
            smoothing=windows.index(window) if window in windows else usual.smoothing,
            is_log=texts.get("scale") == "log",
            charts=tuple(key for key in texts.get("charts", "").split() if key in PLOTS) or usual.charts,
            hidden=tuple(texts.get("hidden", "").split()),
        )
