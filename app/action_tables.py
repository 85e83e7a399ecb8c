"""All tables of actions in one: what the keyboard sheet lists and what keys can be bound to."""

from app.actions import Group
from app.dataset import actions as dataset
from app.editor import actions as editor
from app.player import actions as player
from app.training import actions as training
from app.window_actions import ACTIONS, PAGE_ACTIONS

WINDOW = Group("Window", (*PAGE_ACTIONS, *ACTIONS), is_everywhere=True)
EDIT = Group("Edit", editor.SHORTCUTS, editor.GESTURES)
DATA = Group("Data", dataset.SHORTCUTS)
PLAY = Group("Play", player.SHORTCUTS)
TRAIN = Group("Train", training.SHORTCUTS)

GROUPS = (EDIT, WINDOW, PLAY, DATA, TRAIN)
