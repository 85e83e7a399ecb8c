"""What can be done on the Play page, with its keys."""

from app.actions import Action, in_menu

OPEN_VIDEO = Action("open_video", "Open video…", "Ctrl+Shift+O", "video", "Open a video file, or one image")
OPEN_IMAGES = Action("open_images", "Open images…", "Ctrl+Shift+I", "", "Go through a folder of images like a video")
OPEN_STREAM = Action("open_stream", "Open camera or stream…", "Ctrl+Shift+L", "", "Watch a camera or RTSP stream live")
OPEN_CHECKPOINT = Action("open_checkpoint", "Choose checkpoint…", "", "network", "Choose the network that draws boxes")
PLAY = Action("play", "Play or pause", "Space", "play", "Play, or pause")
STEP_BACK = Action("step_back", "Back one frame", "Left", "step-back", "Go one frame back")
STEP_ON = Action("step_on", "On one frame", "Right", "step-on", "Go one frame on")
TEN_BACK = Action("ten_back", "Back ten frames", "Shift+Left", "", "Go ten frames back")
TEN_ON = Action("ten_on", "On ten frames", "Shift+Right", "", "Go ten frames on")
FIRST = Action("first_frame", "First frame", "Home", "first", "Go to the first frame")
LAST = Action("last_frame", "Last frame", "End", "last", "Go to the last frame")
PLAY_BACK = Action("play_back", "Play backward", "J", "", "Play backward; again: faster")
PAUSE = Action("pause", "Pause", "K", "", "Pause")
PLAY_ON = Action("play_on", "Play forward", "L", "", "Play forward; again: faster")
SLOWER = Action("slower", "Slower", "<", "", "The next lower speed")
FASTER = Action("faster", "Faster", ">", "", "The next higher speed")
GO_TO = Action("go_to_frame", "Go to frame or time…", "Ctrl+G", "", "Type a frame number, a time or +50")
LOOP_START = Action("set_loop_start", "Loop from here (A)", "[", "", "Play over and over from this frame on")
LOOP_END = Action("set_loop_end", "Loop up to here (B)", "]", "", "Play over and over up to this frame")
CLEAR_LOOP = Action("clear_loop", "No loop", "Backspace", "", "Play the whole video again")
SAVE_FRAME = Action(
    "save_frame", "Save frame as PNG…", "Ctrl+Shift+S", "save-frame", "Save the frame, pixels untouched"
)
SAVE_FRAME_WITH_BOXES = Action(
    "save_frame_with_boxes", "Save frame with boxes…", "", "", "Save the frame with the boxes drawn in"
)
EXPORT = Action(
    "export_video", "Export annotated video…", "Ctrl+E", "export", "Write the whole video with boxes drawn in"
)

EXPORT_DETECTIONS = Action(
    "export_detections",
    "Export detections…",
    "Ctrl+Shift+E",
    "",
    "Write the boxes as JSON, CSV, COCO results or MOT text",
)
SEND_FRAME = Action(
    "send_frame", "Send this frame to the data set", "Q", "", "Make it an image to label, its boxes drafts to accept"
)
SEND_FRAMES = Action("send_frames", "Send frames to the data set…", "Shift+Q", "", "Every so many, or a list of them")

SPEED = Action("speed_report", "Speed on this machine…", "", "", "What each step costs, and how fast each network is")
COUNTS = Action("counts", "Counts over time…", "Shift+G", "", "Chart of the boxes of each class, frame by frame")

ANALYSE = Action(
    "analyse",
    "Look at all frames",
    "A",
    "watch",
    "Run the network over the whole video; the strips above the timeline fill in, and thresholds act on all of it",
    is_checkable=True,
)
SHOW_TRACKS = Action(
    "show_tracks",
    "Track numbers",
    "T",
    "",
    "Number the objects and follow them through the frames looked at",
    is_checkable=True,
)
NEXT_FOUND = Action("next_found", "Next frame with boxes", "N", "", "Of the class chosen in the list, else of any")
PREVIOUS_FOUND = Action(
    "previous_found", "Previous frame with boxes", "Shift+N", "", "Of that class, among frames looked at"
)

COMPARE = in_menu(
    "Compare checkpoints",
    (
        Action("compare", "Compare with…", "Ctrl+Shift+C", "compare", "Choose a second checkpoint for the same frames"),
        Action("compare_view", "Side by side, wipe, off", "B", "", "Show the second checkpoint in the next way"),
        Action(
            "analyse_second",
            "Look at all frames with the second",
            "Shift+A",
            "",
            "Run the second checkpoint over the whole video",
            is_checkable=True,
        ),
    ),
)
REVIEW = in_menu(
    "Frames worth a look",
    (
        Action("rank_disagreement", "Where the checkpoints disagree", "U", "", "Among frames that both have looked at"),
        Action("rank_doubt", "Where confidence is low", "Shift+U", "", "Among frames looked at"),
        Action("next_ranked", "Next in the list", "R", "", "Go to the next frame of the list below the timeline"),
        Action("previous_ranked", "Previous in the list", "Shift+R", "", "Go to the frame before it in that list"),
    ),
)

LOOKS = in_menu(
    "Boxes on the frame",
    (
        Action("box_names", "Names", "", "", "Write the class beside a box", is_checkable=True),
        Action("box_scores", "Scores", "", "", "Write the score beside a box", is_checkable=True),
        Action("box_lines", "Lines grow with the box", "", "", "Thin around small boxes", is_checkable=True),
        Action("larger_letters", "Larger letters", "Ctrl++", "", "Beside boxes, on screen and in files"),
        Action("smaller_letters", "Smaller letters", "Ctrl+-", "", "Beside boxes, on screen and in files"),
    ),
)
SHOW_LABELS = Action(
    "show_labels",
    "Labels of the data set",
    "Y",
    "",
    "On frames that are images of the open folder",
    is_checkable=True,
)
DRAW_REGION = Action("draw_region", "Region of interest…", "I", "", "Draw a rectangle in which boxes count")
CLEAR_REGION = Action("clear_region", "Whole frame", "Shift+I", "", "Let boxes count everywhere again")
PREPARE = Action(
    "prepare_dragging",
    "Prepare for dragging",
    "P",
    "",
    "Make a small copy of the video in which any frame is there at once",
)
MARKERS = in_menu(
    "Markers",
    (
        Action("mark_frame", "Mark this frame", "M", "", "Set a marker on the timeline, or take it away"),
        Action("note_on_frame", "Markers and notes…", "Shift+M", "", "List them, with a note to write on this frame"),
        Action("next_marker", "Next marker", "Ctrl+Right", "", "Go to the next marker"),
        Action("previous_marker", "Previous marker", "Ctrl+Left", "", "Go to the marker before"),
    ),
)

SHORTCUTS: tuple[Action, ...] = (
    OPEN_VIDEO,
    OPEN_IMAGES,
    OPEN_STREAM,
    OPEN_CHECKPOINT,
    PLAY,
    STEP_BACK,
    STEP_ON,
    TEN_BACK,
    TEN_ON,
    FIRST,
    LAST,
    PLAY_BACK,
    PAUSE,
    PLAY_ON,
    SLOWER,
    FASTER,
    GO_TO,
    LOOP_START,
    LOOP_END,
    CLEAR_LOOP,
    ANALYSE,
    SHOW_TRACKS,
    NEXT_FOUND,
    PREVIOUS_FOUND,
    DRAW_REGION,
    CLEAR_REGION,
    SHOW_LABELS,
    *LOOKS,
    *COMPARE,
    *REVIEW,
    *MARKERS,
    PREPARE,
    SAVE_FRAME,
    SAVE_FRAME_WITH_BOXES,
    EXPORT,
    EXPORT_DETECTIONS,
    SEND_FRAME,
    SEND_FRAMES,
    COUNTS,
    SPEED,
)

BUTTONS = ("first_frame", "step_back", "play", "step_on", "last_frame")
NEEDS_MORE = (
    OPEN_VIDEO,
    OPEN_IMAGES,
    OPEN_STREAM,
    OPEN_CHECKPOINT,
    EXPORT,
    EXPORT_DETECTIONS,
    ANALYSE,
    NEXT_FOUND,
    PREVIOUS_FOUND,
    SPEED,
    *COMPARE,
    *REVIEW,
)
NEEDS_VIDEO = tuple(action.name for action in SHORTCUTS if action not in NEEDS_MORE)
