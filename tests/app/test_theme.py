"""Both themes can be read, and icons follow them."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.icons import icon
from app.theme import DARK, LIGHT, Colors, apply_theme, class_color, current_colors


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    palette, style = qapp.palette(), qapp.style().name()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)


def luminance(color: str) -> float:
    def linear(value: float) -> float:
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue, _ = QColor(color).getRgbF()
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("text", "window"),
        ("text", "base"),
        ("text", "raised"),
        ("text", "selection"),
        ("text", "hover"),
        ("text", "danger_back"),
        ("text", "note_back"),
        ("muted", "window"),
        ("muted", "base"),
        ("danger", "base"),
        ("danger", "window"),
        ("good", "base"),
        ("warning", "base"),
        ("accent", "window"),
        ("on_accent", "accent"),
    ],
)
def test_that_every_text_reads_on_its_ground(colors: Colors, text: str, back: str) -> None:
    assert contrast(getattr(colors, text), getattr(colors, back)) >= 4.5


def test_that_a_theme_changes_the_palette_and_icons_follow(application: QApplication, qtbot: QtBot) -> None:
    made = icon("close")
    strokes = {}
    for mode in ("light", "dark", "light"):
        apply_theme(application, mode)
        assert current_colors().name == mode
        assert application.palette().color(QPalette.ColorRole.Window).name() == current_colors().window
        image = made.pixmap(QSize(24, 24)).toImage()
        strokes[mode] = image.pixelColor(12, 12).lightness()
    assert strokes["light"] < 90 < 170 < strokes["dark"]


def test_that_an_unknown_desktop_gives_the_light_theme(application: QApplication) -> None:
    apply_theme(application, "system")
    assert current_colors() in (LIGHT, DARK)


def test_that_icons_of_disabled_buttons_are_paler(application: QApplication) -> None:
    apply_theme(application, "light")
    normal, disabled = (
        icon("close").pixmap(QSize(24, 24), mode).toImage().pixelColor(12, 12).lightness()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Disabled)
    )
    assert disabled > normal + 50


def test_that_icons_survive_many_copies(application: QApplication) -> None:
    for _ in range(500):
        copy = QIcon(icon("close"))
        assert not copy.pixmap(QSize(16, 16)).isNull()


def test_that_an_icon_that_is_not_drawn_is_a_bug_seen_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        icon("unheard-of")


def test_that_a_class_keeps_its_colour() -> None:
    assert class_color("drone") == class_color("drone")
    assert class_color("drone") != class_color("bird")
