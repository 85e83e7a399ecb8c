"""A plot as a picture or as a table of its values."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PySide6.QtCore import QBuffer, QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu

from app.icons import icon
from app.training.chart import Chart
from app.training.curve_table import Curve
from yolox_core.errors import UserError
from yolox_core.files import write_atomically


def show_chart_menu(chart: Chart, place: QPoint, on_problem: Callable[[UserError], None]) -> QMenu:
    """Open the menu of a plot at a place on the screen."""
    menu = QMenu(chart)
    menu.addAction(icon("fit"), "Show all", chart.all_wished.emit)
    menu.addSeparator()
    menu.addAction(icon("save-frame"), "Save as picture …", lambda: _save_picture(chart, on_problem))
    menu.addAction(icon("copy"), "Copy values", lambda: QGuiApplication.clipboard().setText(values_csv(chart)))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
    return menu


def save_picture(chart: Chart, path: Path) -> None:
    """Write what the plot looks like, with title and legend. Raises FileError where it cannot be written."""
    picture = QBuffer()
    picture.open(QBuffer.OpenModeFlag.WriteOnly)
    chart.grab().save(picture, "PNG")
    write_atomically(path, bytes(picture.data().data()))


def values_csv(chart: Chart) -> str:
    """The points of all curves on show, as drawn: a row for each place on the axis, a column for each curve."""
    text = io.StringIO()
    writer = csv.writer(text)
    curves = chart.curves
    places = np.unique(np.concatenate([np.empty(0), *(curve.trace.x for curve in curves)]))
    writer.writerow([chart.axis.kind, *(_heading(curve) for curve in curves)])
    columns = [_column(curve, places.tolist()) for curve in curves]
    for row, x in enumerate(places):
        writer.writerow([f"{x:.9g}", *(column[row] for column in columns)])
    return text.getvalue()


def _heading(curve: Curve) -> str:
    return f"{curve.label} ({curve.run})" if curve.run else curve.label


def _column(curve: Curve, places: Sequence[float]) -> list[str]:
    values = dict(zip(curve.trace.x.tolist(), curve.trace.y.tolist(), strict=True))
    return [f"{values[x]:.9g}" if np.isfinite(values.get(x, np.nan)) else "" for x in places]


def _save_picture(chart: Chart, on_problem: Callable[[UserError], None]) -> None:
    name = re.sub(r"\W+", "-", chart.title.lower())
    chosen, _ = QFileDialog.getSaveFileName(chart.window(), "Save as picture", f"{name}.png", "PNG (*.png)")
    if not chosen:
        return
    try:
        save_picture(chart, Path(chosen))
    except UserError as problem:
        on_problem(problem)
