"""Everything that can be done on the Edit page: the menu, the buttons and the keyboard sheet come from this table."""

from app.actions import Action

SHORTCUTS: tuple[Action, ...] = (
    Action("next_image", "Next image", "D", "next", "Show the next image of the list"),
    Action("previous_image", "Previous image", "A", "previous", "Show the previous image of the list"),
    Action("draw", "Draw boxes", "W", "draw", "Draw boxes by dragging or by two clicks", is_checkable=True),
    Action("save", "Save", "Ctrl+S", "save", "Write the labels of this image"),
    Action(
        "verify",
        "Verified",
        "Space",
        "verified",
        "Mark this image as verified, or not",
        is_checkable=True,
        is_held=True,
    ),
    Action("undo", "Undo", "Ctrl+Z", "undo", "Take back the last change; its image is shown"),
    Action("redo", "Redo", "Ctrl+Shift+Z; Ctrl+Y", "redo", "Make the change again that was taken back"),
    Action("delete", "Delete boxes", "Del; Backspace", "delete", "Delete the selected boxes"),
    Action("duplicate", "Duplicate boxes", "Ctrl+D", "duplicate", "Add a copy of the selected boxes beside them"),
    Action("copy", "Copy boxes", "Ctrl+C", "copy", "Copy the selected boxes"),
    Action("paste", "Paste boxes", "Ctrl+V", "paste", "Add the copied boxes; the boxes that are there stay"),
    Action("select_all", "Select all boxes", "Ctrl+A", "", "Select every box of this image"),
    Action("choose_class", "Choose class", "C", "", "Type to find a class, or a new name; Enter applies it"),
    Action("difficult", "Difficult", "", "", "Flag the selected boxes as difficult, or not", is_checkable=True),
    Action("truncated", "Truncated", "", "", "Flag the selected boxes as truncated, or not", is_checkable=True),
    Action("fit", "Fit", "F; Ctrl+0", "fit", "Show the whole image"),
    Action("actual_size", "100 %", "Shift+F", "actual-size", "Show one image pixel as one screen pixel"),
    Action("zoom_in", "Zoom in", "Ctrl++; Ctrl+=", "zoom-in", "Zoom in where the pointer is; so does the wheel"),
    Action("zoom_out", "Zoom out", "Ctrl+-", "zoom-out", "Zoom out where the pointer is; so does the wheel"),
    Action("pixel_convention", "How labels count pixels…", help="Whether label files count pixels from 0 or from 1"),
    Action("find_image", "Find image", "Ctrl+F", "", "Type a part of an image's name"),
)

GESTURES: tuple[Action, ...] = (
    Action("set_class", "Class of the selected boxes", "1 … 9", help="Without a selection: class of new boxes"),
    Action("nudge", "Move boxes by 1 px", "Arrow keys", help="With Shift by 10 px"),
    Action("cancel", "Cancel, leave draw mode, select nothing", "Esc"),
    Action("pan", "Move the picture", "Space + drag", help="Or the middle button, or drag beside the boxes"),
    Action("cycle", "Next of several boxes under the pointer", "Click again"),
    Action("add", "Add to the selection", "Ctrl + click"),
)
