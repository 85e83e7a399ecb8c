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

RUNS: tuple[Action, ...] = (
    Action("show_run", "Show", "Return; Enter", "eye", "Show the chosen run in the other tabs (or double-click)"),
    Action("repeat_run", "Repeat with changes", "Ctrl+R", "duplicate", "Put its settings into the form on the left"),
    Action("star_run", "Favourite", "Ctrl+D", "done", "Give the chosen runs the star, or take it"),
    Action("measure_run", "Measure speed", "Ctrl+M", "watch", "Time this network on this device"),
    Action("board_runs", "Open in TensorBoard", "Ctrl+B", "network", "Makes the files where they are missing"),
    Action("open_run_folder", "Open folder", "Ctrl+Shift+F", "folder", "Show the files of this run"),
    Action("export_runs", "Export as CSV…", "Ctrl+E", "export", "Those chosen, or all on show"),
    Action("delete_runs", "Delete…", "Delete", "delete", "Move into the trash; it can be undone"),
)
"""On the runs chosen in the table of all runs, where that has the keyboard."""

SHORTCUTS: tuple[Action, ...] = (PAUSE, FINISH_EPOCH, STOP, RESUME, ATTACH, SEVERAL_GPUS, *RUNS)
