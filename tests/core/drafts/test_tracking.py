import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from yolox_core.drafts.draft import edges_of
from yolox_core.drafts.tracking import carried, carried_on
from yolox_core.ops.edges import pairwise_iou
from yolox_core.records import Box


def scene(x: float, y: float, *, scale: float = 1.0, seed: int = 1) -> NDArray[np.uint8]:
    """A textured patch of 60 x 40 (times `scale`) with its corner at (x, y), over another texture of 320 x 240."""
    textures = np.random.default_rng(seed)
    ground = cv2.GaussianBlur(textures.integers(0, 120, (240, 320, 3), np.uint8), (0, 0), 4)
    patch = cv2.GaussianBlur(textures.integers(80, 255, (40, 60, 3), np.uint8), (0, 0), 1.5)
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    mask = cv2.warpAffine(np.full((40, 60), 255, np.uint8), matrix, (320, 240))
    return np.where(mask[..., None] > 127, cv2.warpAffine(patch, matrix, (320, 240)), ground).astype(np.uint8)


def test_that_a_box_follows_its_object():
    (draft,) = carried(scene(100, 80), scene(111, 73), (Box("drone", 100, 80, 160, 120, key=4, truncated=True),))
    assert draft is not None
    assert (draft.box.x1, draft.box.y1, draft.box.x2, draft.box.y2) == pytest.approx((111, 73, 171, 113), abs=1.5)
    assert draft.box.truncated
    assert draft.box.key == 0


def test_that_a_box_grows_with_its_object():
    (draft,) = carried(scene(100, 80), scene(97, 78, scale=1.1), (Box("drone", 100, 80, 160, 120),))
    assert draft is not None
    assert pairwise_iou(edges_of((draft.box,)), np.array([[97.0, 78.0, 163.0, 122.0]]))[0, 0] > 0.85


def test_that_a_box_whose_object_is_gone_is_lost():
    gone = scene(100, 80, seed=2)
    assert carried(scene(100, 80), gone, (Box("drone", 100, 80, 160, 120),)) == (None,)


def test_that_a_box_is_followed_from_frame_to_frame_until_it_is_lost():
    frames = [scene(60 + 9 * step, 80) for step in range(4)] + [scene(0, 0, seed=5)]
    found = list(carried_on(iter(frames), [Box("drone", 60, 80, 120, 120)]))
    assert [round(drafts[0].box.x1) for drafts in found] == pytest.approx([69, 78, 87], abs=2)
