"""The true boxes fit the drawn pixels."""

from dataclasses import replace

import numpy as np
import pytest

from yolox_core.sample.actor import Actor, random_bird, random_clutter, random_drone
from yolox_core.sample.backdrop import Backdrop
from yolox_core.sample.shot import Camera, Shot, random_shot
from yolox_core.sample.sky import random_weather

PINK = (255.0, 0.0, 255.0)
WIDTH, HEIGHT = 320, 280


def _on_pink(actor: Actor, time_s: float = 0.0) -> tuple[np.ndarray, tuple]:
    """How far each pixel is from the bare background (largest channel), and the true boxes."""
    backdrop = np.full((HEIGHT, WIDTH, 3), PINK, np.float32)
    weather = random_weather(np.random.default_rng(0))
    shot = Shot(Backdrop(backdrop, weather, 0.0), (actor,), Camera(WIDTH, HEIGHT, grain=0.0, vignette=0.0))
    frame = shot.frame(time_s, np.random.default_rng(0))
    return np.abs(frame.image.astype(int) - np.array(PINK, int)).max(axis=2), frame.boxes


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("make", [random_drone, random_bird])
def test_that_the_box_fits_the_drawn_object_within_two_pixels(make, seed: int) -> None:
    rng = np.random.default_rng([seed, 5])
    actor = replace(make(rng, float(rng.uniform(20, 160))), haze=0.0).moved(WIDTH / 2, HEIGHT / 2)
    difference, (box,) = _on_pink(actor)
    strong, any_trace = (np.nonzero(difference > level) for level in (45, 20))
    for low, high, (cells_strong, cells_any) in (
        (box.x1, box.x2, (strong[1], any_trace[1])),
        (box.y1, box.y2, (strong[0], any_trace[0])),
    ):
        assert low - 2 <= cells_strong.min()
        assert cells_strong.max() + 1 <= high + 2
        assert cells_any.min() <= low + 3
        assert cells_any.max() + 1 >= high - 3
    assert not box.truncated


def test_that_an_object_cut_by_the_edge_gets_a_truncated_box_inside_the_picture() -> None:
    actor = replace(random_drone(np.random.default_rng(1), 120.0), sway=0.0).moved(10, HEIGHT / 2)
    _, (box,) = _on_pink(actor)
    assert box.x1 == 0
    assert box.truncated


def test_that_an_object_nearly_outside_is_not_labelled() -> None:
    actor = replace(random_drone(np.random.default_rng(1), 120.0), sway=0.0).moved(-52, HEIGHT / 2)
    assert _on_pink(actor)[1] == ()


def test_that_clutter_is_drawn_but_not_labelled() -> None:
    actor = random_clutter(np.random.default_rng(2), 80.0).moved(WIDTH / 2, HEIGHT / 2)
    difference, boxes = _on_pink(actor)
    assert (difference > 60).any()
    assert boxes == ()


def test_that_a_moving_object_takes_its_box_along() -> None:
    actor = replace(random_bird(np.random.default_rng(4), 40.0), speed_x=50.0, speed_y=0.0, sway=0.0).moved(100, 100)
    (before,), (after,) = _on_pink(actor)[1], _on_pink(actor, time_s=1.0)[1]
    assert 40 <= (after.x1 + after.x2 - before.x1 - before.x2) / 2 <= 60


def test_that_objects_which_melt_into_the_background_are_left_out() -> None:
    shot = random_shot(np.random.default_rng(5), width=WIDTH, height=HEIGHT)
    actor = replace(random_drone(np.random.default_rng(6), 80.0), haze=0.0).moved(WIDTH / 2, HEIGHT / 2)
    faint = replace(actor, haze=1.0)
    plain = np.full((HEIGHT, WIDTH, 3), shot.backdrop.weather.horizon, np.float32)
    both = Shot(replace(shot.backdrop, image=plain), (actor, faint), Camera(WIDTH, HEIGHT))
    assert both.without_the_unseen(0.0).actors == (actor,)
