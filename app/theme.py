"""The look: two palettes with one accent colour, a small style sheet, and the grid that layouts keep to."""

from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from yolox_core import palette

SPACE = 8
MODES = ("system", "light", "dark")
RESOURCES = Path(__file__).resolve().parents[1] / "resources"


@dataclass(frozen=True, slots=True)
class Colors:
    """Named colours of a theme as `#rrggbb`. `muted` still reads on `window` and `base` (contrast of at least 4.5)."""

    name: str
    window: str
    base: str
    raised: str
    line: str
    text: str
    muted: str
    disabled: str
    accent: str
    on_accent: str
    hover: str
    selection: str
    danger: str
    danger_back: str
    note_back: str
    good: str
    warning: str


LIGHT = Colors(
    name="light",
    window="#f3f4f7",
    base="#ffffff",
    raised="#ffffff",
    line="#d5d9e2",
    text="#1c2230",
    muted="#586377",
    disabled="#9aa3b2",
    accent="#2563d0",
    on_accent="#ffffff",
    hover="#e7eaf1",
    selection="#d6e4fd",
    danger="#b3261e",
    danger_back="#fceceb",
    note_back="#e8f0fe",
    good="#1b7a48",
    warning="#8a5a00",
)
DARK = Colors(
    name="dark",
    window="#1d2027",
    base="#15171c",
    raised="#292d36",
    line="#3a404c",
    text="#e5e8ee",
    muted="#9ca6b7",
    disabled="#626b7a",
    accent="#6c9dfb",
    on_accent="#0b1426",
    hover="#313642",
    selection="#2b4272",
    danger="#ff8a80",
    danger_back="#3a2325",
    note_back="#202b41",
    good="#6ccb95",
    warning="#f0b64e",
)


def apply_theme(app: QApplication, mode: str) -> None:
    """Dress the application: `light`, `dark`, or `system` for what the desktop asks for (light where it does not)."""
    hints = app.styleHints()
    if mode == "system":
        hints.unsetColorScheme()
    else:
        hints.setColorScheme(Qt.ColorScheme.Dark if mode == "dark" else Qt.ColorScheme.Light)
    is_dark = mode == "dark" or (mode == "system" and hints.colorScheme() == Qt.ColorScheme.Dark)
    colors = DARK if is_dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(make_palette(colors))
    app.setStyleSheet(style_sheet(colors))


def current_colors(widget: QWidget | None = None) -> Colors:
    """The named colours that a widget, or else the application, is drawn with now."""
    palette = widget.palette() if widget is not None else QGuiApplication.palette()
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def class_color(class_name: str) -> QColor:
    """The colour of a class: told apart by the colour-blind, the same in every window and video."""
    return QColor(*palette.class_color(class_name))


def make_palette(colors: Colors) -> QPalette:
    """The palette of a theme."""
    role = QPalette.ColorRole
    table = {
        role.Window: colors.window,
        role.WindowText: colors.text,
        role.Base: colors.base,
        role.AlternateBase: colors.window,
        role.Text: colors.text,
        role.Button: colors.raised,
        role.ButtonText: colors.text,
        role.BrightText: colors.danger,
        role.ToolTipBase: colors.raised,
        role.ToolTipText: colors.text,
        role.PlaceholderText: colors.muted,
        role.Highlight: colors.accent,
        role.HighlightedText: colors.on_accent,
        role.Accent: colors.accent,
        role.Link: colors.accent,
        role.LinkVisited: colors.accent,
        role.Mid: colors.line,
        role.Midlight: colors.hover,
        role.Light: colors.raised,
        role.Dark: colors.line,
        role.Shadow: colors.line,
    }
    made = QPalette()
    for name, color in table.items():
        made.setColor(name, QColor(color))
    for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, name, QColor(colors.disabled))
    made.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colors.hover))
    return made


def style_sheet(colors: Colors) -> str:
    """The style sheet of a theme: what the palette cannot say."""
    return _template().substitute(asdict(colors), icons=(RESOURCES / "icons").as_posix())


@cache
def _template() -> Template:
    return Template((RESOURCES / "theme.qss").read_text(encoding="utf-8"))
