"""What can be done on the Train page, with its keys."""

from app.actions import Action

PAUSE = Action("pause_run", "Pause", "Ctrl+P", "pause", "Rest after this step and free the device's memory; again: on")
FINISH_EPOCH = Action(
    "finish_epoch",
    "Stop after this epoch",
    "Ctrl+Shift+E",
    "",
    "End the run once this epoch is measured and kept",
    is_checkable=True,
)
STOP = Action("stop_run", "Stop now", "Ctrl+Shift+X", "stop", "End the run after this step; a checkpoint is kept")
RESUME = Action("resume_run", "Go on with this run", "", "play", "Train on from the last checkpoint of the run on show")
ATTACH = Action("attach_run", "Attach to a run…", "", "folder", "Watch a run that another program or machine writes")
SEVERAL_GPUS = Action(
    "several_gpus", "Train on several GPUs…", "", "", "Start one process for each GPU with torchrun, and watch them"
)

SHORTCUTS: tuple[Action, ...] = (PAUSE, FINISH_EPOCH, STOP, RESUME, ATTACH, SEVERAL_GPUS)
