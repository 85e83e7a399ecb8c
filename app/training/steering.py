"""What the user can ask of a run: the page's actions and the buttons of the head, both in step with the run."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMessageBox, QWidget

from app.actions import make_action, show_tip
from app.training.actions import FINISH_EPOCH, PAUSE, RESUME, STOP
from app.training.elsewhere import Elsewhere
from app.training.live_run import LiveRun
from app.training.run_view import RunView
from app.training.status import RunStatus, State
from yolox_core.errors import UserError

QUESTION = "A run is under way. Closing stops it after the step in work; its weights are kept, and it can go on later."


class Steering(QObject):
    """Wires actions and buttons to the live run. `failed` carries what keeps a run from going on."""

    failed = Signal(UserError)

    def __init__(self, live: LiveRun, elsewhere: Elsewhere, view: RunView, page: QWidget) -> None:
        super().__init__(page)
        self._live, self._elsewhere, self._view, self._page = live, elsewhere, view, page
        slots = {
            PAUSE: live.pause_or_resume,
            FINISH_EPOCH: self._on_finish_epoch,
            STOP: self._on_stop,
            RESUME: self._on_resume,
        }
        self.actions: dict[str, QAction] = {each.name: make_action(page, each, slots[each]) for each in slots}
        buttons = {PAUSE: view.pause, FINISH_EPOCH: view.finish, STOP: view.stop, RESUME: view.resume}
        for each, button in buttons.items():
            button.clicked.connect(self.actions[each.name].trigger)
            show_tip(button, self.actions[each.name])
        for signal in (live.begun, live.changed, live.ended, view.shown):
            signal.connect(self.follow)
        self.follow()

    def can_quit(self) -> bool:
        """Whether the window may close: a run under way is stopped only if the user says so."""
        if not self._live.is_busy:
            return self._elsewhere.can_quit()
        buttons = QMessageBox.StandardButton
        box = QMessageBox(QMessageBox.Icon.Question, "Stop the run?", QUESTION, buttons.Cancel, self._page)
        stop = box.addButton("Stop and keep the weights", QMessageBox.ButtonRole.AcceptRole)
        box.exec()
        return box.clickedButton() is stop

    def follow(self) -> None:
        """Offer what can be done now."""
        live, shown = self._live, self._view.status
        can_steer = live.is_busy and live.status.state is not State.STOPPING
        for each in (PAUSE, FINISH_EPOCH):
            self.actions[each.name].setEnabled(can_steer)
        can_stop = self._elsewhere.is_busy and shown.state is not State.STOPPING
        self.actions[STOP.name].setEnabled(can_steer or can_stop)
        self.actions[PAUSE.name].setText("Resume" if live.is_pausing else "Pause")
        self.actions[FINISH_EPOCH.name].setChecked(live.is_busy and live.ends_after_epoch)
        self.actions[RESUME.name].setEnabled(not live.is_busy and not shown.is_watched and can_go_on(shown))
        self._view.finish.setChecked(self.actions[FINISH_EPOCH.name].isChecked())
        self._view.resume.setVisible(self.actions[RESUME.name].isEnabled())

    def _on_finish_epoch(self) -> None:
        self._live.end_after_epoch(is_wanted=not self._live.ends_after_epoch)

    def resume(self, path: Path) -> None:
        """Go on with the run in this folder."""
        if not self._live.is_busy:
            try:
                self._live.resume(path)
            except UserError as problem:
                self.failed.emit(problem)

    def _on_stop(self) -> None:
        (self._live if self._live.is_busy else self._elsewhere).stop()

    def _on_resume(self) -> None:
        if self._view.status.path is not None:
            self.resume(self._view.status.path)


def can_go_on(status: RunStatus) -> bool:
    """Whether a run of the past has more to do and kept what it takes."""
    is_over = status.state in (State.STOPPED, State.FAILED)
    return is_over and status.path is not None and bool(status.last_path or status.best_path)
