"""Everything that can be done on the Edit page: the menu, the buttons and the keyboard sheet come from this table."""

from app.actions import Action, in_menu

ESSENTIAL: tuple[Action, ...] = (
    Action("next_image", "Next image", "D", "next", "Show the next image of the list"),
    Action("previous_image", "Previous image", "A", "previous", "Show the previous image of the list"),
    Action("draw", "Draw boxes", "W", "draw", "Draw boxes by dragging or by two clicks", is_checkable=True),
    Action(
        "draw_by_points",
        "Draw by outermost points",
        "Shift+W",
        "",
        "Click the top, left, bottom and right end of an object, in any order",
        is_checkable=True,
    ),
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
    Action("decide_empty", "Nothing to label", "N", "", "Decide that this image has no boxes; it gets a label file"),
    Action("undo", "Undo", "Ctrl+Z", "undo", "Take back the last change; its image is shown"),
    Action("redo", "Redo", "Ctrl+Shift+Z; Ctrl+Y", "redo", "Make the change again that was taken back"),
    Action("undo_list", "Undo list", "Ctrl+H", "", "List all steps; a click goes back or forth to one"),
)

BOXES: tuple[Action, ...] = (
    Action("select_all", "Select all boxes", "Ctrl+A", "", "Select every box of this image"),
    Action("copy", "Copy boxes", "Ctrl+C", "copy", "Copy the selected boxes"),
    Action("paste", "Paste boxes", "Ctrl+V", "paste", "Add the copied boxes; the boxes that are there stay"),
    Action("duplicate", "Duplicate boxes", "Ctrl+D", "duplicate", "Add a copy of the selected boxes beside them"),
    Action("delete", "Delete boxes", "Del; Backspace", "delete", "Delete the selected boxes"),
    Action("choose_class", "Choose class", "C", "", "Type to find a class, or a new name; Enter applies it"),
    Action("difficult", "Difficult", "Shift+D", "", "Flag the selected boxes as difficult, or not", is_checkable=True),
    Action("truncated", "Truncated", "Shift+R", "", "Flag the selected boxes as cut off, or not", is_checkable=True),
    Action(
        "occluded", "Occluded", "Shift+O", "", "Flag the selected boxes as partly hidden, or not", is_checkable=True
    ),
    Action("next_box", "Next box", "Tab", "", "Select the next box; a small one is brought nearer", is_held=True),
    Action("previous_box", "Previous box", "Shift+Tab", "", "Select the box before", is_held=True),
    Action("previous_boxes", "Boxes of the image before", "B", "", "Add those that are not here yet"),
    Action(
        "crops", "Boxes of a class side by side", "Ctrl+Shift+C", help="Look through all boxes of a class, fix many"
    ),
)

DRAFTS: tuple[Action, ...] = (
    Action("detect", "Draft boxes", "G", "network", "Propose what the network in use sees in this image"),
    Action("detect_from_here", "Draft boxes from here on", "Shift+G", "", "In this image and those after it"),
    Action("detect_list", "Draft boxes for the list", "Ctrl+G", "", "In every image that the list shows"),
    Action("accept_draft", "Accept draft", "E", "check", "Make a box of the current draft; the next one follows"),
    Action("reject_draft", "Reject draft", "X", "reject", "Drop the current draft; the next one follows"),
    Action("accept_drafts", "Accept all shown", "Shift+E", "", "Make boxes of all drafts that score enough"),
    Action("reject_drafts", "Reject all shown", "Shift+X", "", "Drop all drafts that score enough"),
    Action("next_draft", "Next draft", "Q", "", "Leave the current draft for later"),
    Action("previous_draft", "Previous draft", "Shift+Q", "", "Back to the draft before"),
    Action("carry_on", "Carry on boxes", "T", "", "Follow the selected boxes, or all, to the next image, as drafts"),
    Action("carry_far", "Carry on through 10 images", "Shift+T", "", "Follow the selected boxes, or all, as drafts"),
    Action("between", "Fill in between", "I", "", "Drafts from the last image with boxes up to this one"),
)

ZOOM: tuple[Action, ...] = (
    Action("fit", "Fit", "F; Ctrl+0", "fit", "Show the whole image"),
    Action("actual_size", "100 %", "Shift+F", "actual-size", "Show one image pixel as one screen pixel"),
    Action("zoom_in", "Zoom in", "Ctrl++; Ctrl+=", "zoom-in", "Zoom in where the pointer is; so does the wheel"),
    Action("zoom_out", "Zoom out", "Ctrl+-", "zoom-out", "Zoom out where the pointer is; so does the wheel"),
    Action("zoom_to_boxes", "Zoom to boxes", "Z", "", "Show the selected boxes large, or all of them"),
    Action(
        "zoom_to_small",
        "Tab zooms to small boxes",
        help="Bring a box nearer that is hard to see when Tab selects it",
        is_checkable=True,
    ),
    Action(
        "keep_view",
        "Keep zoom and place",
        "Shift+Z",
        "",
        "Show the next image at the same zoom and place, if it is of the same size",
        is_checkable=True,
    ),
    Action("loupe", "Loupe", "L", "", "Show the pixels near the pointer at four times the zoom", is_checkable=True),
)

SHOW: tuple[Action, ...] = (
    Action("hide_class", "Hide class", "H", "", "Hide or show the class of the selected boxes, else of new boxes"),
    Action("show_only_class", "Show only this class", "Shift+H", "", "Hide all other classes, on every image"),
    Action("show_all_classes", "Show all classes", "Ctrl+Shift+H", "", "Show the boxes of hidden classes again"),
    Action(
        "lock_class", "Lock class", "K", "", "Show its boxes, but let no click and no key change them; or free them"
    ),
    Action("cycle_names", "Names on boxes", "V", "", "On all boxes, only on the active one, on none"),
    Action("show_sizes", "Sizes on boxes", "Shift+V", "", "Write width and height beside the name", is_checkable=True),
    Action("show_scores", "Scores on drafts", help="Write the score beside a draft's class", is_checkable=True),
    Action(
        "adjust_picture",
        "Brightness and contrast",
        "Ctrl+B",
        "",
        "Sliders for dark pictures; only the picture on screen changes, never its file",
        is_checkable=True,
    ),
)

LIST: tuple[Action, ...] = (
    Action("find_image", "Find image", "Ctrl+F", "", "Type a part of an image's name"),
    Action("filter_images", "Filter images", "Ctrl+Shift+F", "filter", "Choose by state, class, split, marks; sort"),
    Action("random_image", "Random image", "R", "", "Show any other image of the list"),
    Action("thumbnails", "Thumbnails in the list", help="Show a small picture beside each name", is_checkable=True),
)

SET: tuple[Action, ...] = (
    Action("note", "Note…", "M", "", "Write down something about this image; it is kept in its label file"),
    Action("delete_image", "Delete image…", "Ctrl+Shift+D", "", "Ask, then move image and labels to the set's .trash"),
    Action("pixel_convention", "How labels count pixels…", help="Whether label files count pixels from 0 or from 1"),
    Action("relabel", "Classes of the data set…", help="Rename, merge or delete classes in all label files"),
)

REVIEW: tuple[Action, ...] = (
    Action("review_labels", "Review labels…", "S", "", "Go through labels that are probably wrong or missing"),
    Action("accept_finding", "Accept finding", "Y", "", "Change the label as proposed, and go on"),
    Action("reject_finding", "Reject finding", "U", "", "The label is right: it never comes back"),
    Action("skip_finding", "Skip finding", "P", "", "Leave it for another time"),
    Action("edit_finding", "Edit finding", "O", "", "Change the label as proposed, then adjust it by hand"),
    Action("undo_finding", "Back to the last finding", "Shift+P", "", "Take the last verdict and its change back"),
    Action("accept_findings", "Accept sure findings here", "Shift+Y", "", "All of this image above 50 %, as one step"),
    Action("label_next", "What to label next", "Shift+I", "", "Go to the image without labels that teaches most"),
    Action("findings_grid", "Findings side by side", "Shift+U", "", "Settle many at once, from crops of them"),
    Action("review_again", "Look again for faults…", help="Choose who judges the labels, and search anew"),
    Action("review_classes", "Names of the network's classes…", help="Which of its classes each of yours is"),
    Action("review_unlabelled", "Images without labels…", help="Is there nothing in them, or has nobody looked"),
    Action("review_train", "Continue training…", help="Train on from the network that judged, on the mended labels"),
    Action("review_rounds", "Rounds so far…", help="Faults settled, and the network's AP, from round to round"),
    Action("review_export", "Export decisions…", help="All verdicts on this data set as CSV or JSON"),
    Action("unlikely_findings", "Unlikely findings too", "Shift+S", "", "List those down to 10 %", is_checkable=True),
)

SHORTCUTS: tuple[Action, ...] = (
    *ESSENTIAL,
    *in_menu("Boxes", BOXES),
    *in_menu("Drafts", DRAFTS),
    *in_menu("Label review", REVIEW),
    *in_menu("Zoom", ZOOM),
    *in_menu("Show", SHOW),
    *in_menu("List of images", LIST),
    *SET,
)


def _arrows(name: str, text: str, words: str, modifier: str) -> Action:
    keys = (f"{modifier}{shift}{arrow}" for shift in ("", "Shift+") for arrow in ("Left", "Right", "Up", "Down"))
    return Action(name, text, words, help="With Shift by 10 px", takes="; ".join(keys))


GESTURES: tuple[Action, ...] = (
    Action(
        "set_class",
        "Class of the selected boxes",
        "1 … 9",
        help="Without a selection: class of new boxes",
        takes="; ".join("123456789"),
    ),
    _arrows("nudge", "Move boxes by 1 px", "Arrow keys", ""),
    _arrows("stretch", "Move the box's side outwards by 1 px", "Ctrl + arrow keys", "Ctrl+"),
    _arrows("shrink", "Move the box's side inwards by 1 px", "Alt + arrow keys", "Alt+"),
    Action("cancel", "Cancel, leave draw mode, select nothing", "Esc", help="Takes clicked points back one by one"),
    Action("pan", "Move the picture", "Space + drag", help="Or the middle button, or drag beside the boxes"),
    Action("cycle", "Next of several boxes under the pointer", "Click again"),
    Action("add", "Add to the selection", "Ctrl + click"),
)
