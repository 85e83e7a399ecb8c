"""Rows of the editor with very many boxes, and with drafts over the boxes."""

import numpy as np

from app.editor.panel import EditorPanel
from tests.speed.editor import BOXES, canvas_rows, random_edges, shown_panel
from tests.speed.row import Row
from yolox_core.drafts.draft import Draft, Source
from yolox_core.records import Box

VERY_MANY, DRAFTS = 5000, 200


def rows() -> list[Row]:
    """Repaint, mouse move and drag: CPU time of the GUI thread."""
    with shown_panel(boxes=VERY_MANY) as panel:
        many = canvas_rows(panel, f"{VERY_MANY:,} boxes", 33)
    with shown_panel(boxes=BOXES) as panel:
        put_drafts(panel)
        return [*many, *canvas_rows(panel, f"{BOXES} boxes + {DRAFTS} drafts", 33)]


def put_drafts(panel: EditorPanel) -> None:
    """Drafts of a class of their own, so that none is hidden by a box, all over the image on the desk."""
    document = panel.document
    assert document.image is not None
    edges = random_edges(np.random.default_rng(1), DRAFTS)
    drafts = tuple(Draft(Box("draft", *each), 0.9 - n / 1000, Source.MODEL) for n, each in enumerate(edges))
    panel.drafts.desk.put(document.image, drafts, document.annotation)
    assert len(panel.drafts.desk.shown.drafts) == DRAFTS
