"""The list of steps: it names images, and a click goes to a step on its image."""

from PySide6.QtCore import Qt

from tests.app.editor.desk import LEFT, NO_KEY, Desk

CTRL = Qt.KeyboardModifier.ControlModifier


def test_that_a_click_goes_back_across_images(desk: Desk):
    first = desk.name
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Right)
    desk.key(Qt.Key.Key_D)
    desk.wait_for_picture()
    second = desk.name
    desk.ctrl(Qt.Key.Key_A)
    desk.key(Qt.Key.Key_Delete)
    desk.key(Qt.Key.Key_H, CTRL)
    steps = desk.panel.undo_list
    assert steps.isVisible()
    model = steps.view.model()
    shown = [str(model.data(model.index(row, 0))) for row in range(model.rowCount())]
    assert shown[0] == "As opened"
    assert shown[1].startswith(f"{first}: Move")
    assert shown[2].startswith(f"{second}: Delete")
    desk.qtbot.mouseClick(steps.view.viewport(), LEFT, NO_KEY, steps.view.visualRect(model.index(0, 0)).center())
    assert desk.name == first
    assert desk.edges[0] == (20, 30, 60, 80)
    assert not desk.panel.document.undo_stack.canUndo()
    desk.key(Qt.Key.Key_H, CTRL)
    assert not steps.isVisible()


def test_that_the_menu_names_the_step_alone(desk: Desk):
    desk.click(40, 55)
    desk.key(Qt.Key.Key_Right)
    assert desk.panel.document.undo_stack.undoText() == "Move drone"
