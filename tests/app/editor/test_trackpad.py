"""Two fingers on a trackpad: they pan, with Ctrl they zoom, and picture, boxes and drafts move as one."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QInputDevice, QPointingDevice, QWheelEvent
from PySide6.QtWidgets import QApplication

from tests.app.editor.desk import NO_KEY, Desk
from yolox_core.drafts.draft import Draft, Source
from yolox_core.records import Box

CTRL = Qt.KeyboardModifier.ControlModifier


def scroll(desk: Desk, pixels: QPoint, *, angle: int = 0, modifier: Qt.KeyboardModifier = NO_KEY) -> None:
    """Scroll by two fingers over the middle of the canvas."""
    canvas = desk.panel.canvas
    capabilities = QInputDevice.Capability.Position | QInputDevice.Capability.PixelScroll
    finger, kind = QPointingDevice.PointerType.Finger, QInputDevice.DeviceType.TouchPad
    pad = QPointingDevice("pad", 1, kind, finger, capabilities, 2, 0)
    where = QPointF(canvas.rect().center())
    event = QWheelEvent(
        where,
        canvas.mapToGlobal(where),
        pixels,
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        modifier,
        Qt.ScrollPhase.ScrollUpdate,
        False,
        Qt.MouseEventSource.MouseEventNotSynthesized,
        pad,
    )
    QApplication.sendEvent(canvas, event)


def colors_at(desk: Desk, points: list[QPoint]) -> list[QColor]:
    shot = desk.panel.canvas.grab().toImage()
    return [shot.pixelColor(point) for point in points]


def test_that_two_fingers_pan_and_with_ctrl_zoom(desk: Desk):
    canvas = desk.panel.canvas
    before = canvas.view
    scroll(desk, QPoint(-30, 20))
    assert (canvas.view.left - before.left, canvas.view.top - before.top) == (-30, 20)
    assert canvas.view.scale == before.scale
    scroll(desk, QPoint(), angle=120, modifier=CTRL)
    assert canvas.view.scale == pytest.approx(1.2 * before.scale)


def test_that_drafts_move_with_the_picture_and_go_when_answered(desk: Desk):
    document, canvas = desk.panel.document, desk.panel.canvas
    assert document.image is not None
    edges = ((20, 90, 40, 110), (70, 90, 90, 110))
    drafts = tuple(Draft(Box("kite", *each), 0.9 - n / 10, Source.MODEL) for n, each in enumerate(edges))
    desk.panel.drafts.desk.put(document.image, drafts, document.annotation)
    around = [desk.at(70, y) for y in range(91, 110)] + [desk.at(80, 109), desk.at(75, 92)]
    drawn = colors_at(desk, around)
    scroll(desk, QPoint(-30, 20))
    assert colors_at(desk, [point + QPoint(-30, 20) for point in around]) == drawn
    for _ in drafts:
        desk.key(Qt.Key.Key_X)
    assert not desk.panel.drafts.overlay.isVisible()
    assert canvas.view.scale == 4
    assert colors_at(desk, [point + QPoint(-30, 20) for point in around]) != drawn
