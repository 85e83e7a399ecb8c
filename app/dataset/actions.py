"""What can be done on the Data page, with its keys."""

from app.actions import Action

SCAN = Action("scan_folder", "Scan again", "F5", "refresh", "Read all labels and image headers again")
FIND = Action("find_fault", "Filter faults", "Ctrl+F", "", "Type words that a fault must hold")
OPEN_IMAGE = Action("open_fault", "Open image", "Return; Enter", "edit", "Show the image of a fault on the Edit page")
COPY = Action("copy_faults", "Copy faults", "Ctrl+C", "copy", "Copy the chosen faults, or all in the list, as a table")

SHORTCUTS: tuple[Action, ...] = (SCAN, FIND, OPEN_IMAGE, COPY)
