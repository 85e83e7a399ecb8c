"""What can be done anywhere in the window: its menus and its rows of the keyboard sheet come from these tables."""

from dataclasses import dataclass

from app.actions import Action


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the window: its name, the module and class that make it, its icon and what it is for."""

    name: str
    title: str
    module: str
    class_name: str
    icon: str
    shortcut: str
    help: str
    needs_folder: bool = False


PAGES: tuple[Page, ...] = (
    Page("edit", "Edit", "app.editor.panel", "EditorPanel", "edit", "Ctrl+1", "Label images", needs_folder=True),
    Page("data", "Data", "app.dataset.panel", "DataPanel", "data", "Ctrl+2", "See what is in the folder", True),
    Page("train", "Train", "app.training.panel", "TrainingPanel", "train", "Ctrl+3", "Train a network", True),
    Page("play", "Play", "app.player.panel", "PlayerPanel", "video", "Ctrl+4", "Watch a network at work on a video"),
)

OPEN = Action("open_folder", "Open folder…", "Ctrl+O", "folder", "Open a folder of images")
MAKE_SAMPLE = Action(
    "make_sample", "Make the sample data set", "", "sample", "Draw pictures of drones and birds to try"
)
CLOSE_FOLDER = Action("close_folder", "Close folder", "Ctrl+W", "", "Show the welcome page")
SETTINGS = Action("settings", "Settings…", "Ctrl+,", "settings", "Choose colours and habits")
QUIT = Action("quit", "Quit", "Ctrl+Q", "", "Close the window")
SHEET = Action("shortcut_sheet", "Keyboard", "F1; ?", "keyboard", "Show all keys")
KEYS = Action("change_keys", "Change keys…", "Shift+F1", "", "Bind other keys, or take those of CVAT")
PALETTE = Action("command_palette", "Find a command…", "Ctrl+K", "", "Type a part of what you want to do")
ABOUT = Action("about", "About", "", "", "Tell the version")

ACTIONS: tuple[Action, ...] = (OPEN, MAKE_SAMPLE, CLOSE_FOLDER, SETTINGS, QUIT, PALETTE, SHEET, KEYS, ABOUT)
PAGE_ACTIONS: tuple[Action, ...] = tuple(
    Action(f"page_{page.name}", page.title, page.shortcut, page.icon, page.help, is_checkable=True) for page in PAGES
)
