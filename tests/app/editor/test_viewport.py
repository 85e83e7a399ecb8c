import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.editor.viewport import MAX_SCALE, MIN_SCALE, View, fitted, kept_in_sight, zoomed_at

views = st.builds(View, st.floats(0.05, 40), st.floats(-5000, 5000), st.floats(-5000, 5000))
points = st.tuples(st.floats(-2000, 4000), st.floats(-2000, 4000))


@given(views, points)
def test_that_a_point_goes_to_the_screen_and_back(view: View, point: tuple[float, float]):
    assert view.to_image(*view.to_screen(*point)) == pytest.approx(point, abs=1e-6)


@given(views, points, st.floats(0.1, 10))
def test_that_zooming_keeps_the_image_point_under_the_pointer(view: View, at: tuple[float, float], factor: float):
    zoomed = zoomed_at(view, factor, *at)
    assert MIN_SCALE <= zoomed.scale <= MAX_SCALE
    assert zoomed.to_screen(*view.to_image(*at)) == pytest.approx(at, abs=1e-3)


def test_that_fit_shows_the_whole_image_in_the_middle():
    view = fitted((4000, 3000), (1000, 800))
    assert view.to_screen(0, 0)[0] >= 0
    assert view.to_screen(4000, 3000)[0] <= 1000
    assert view.to_screen(2000, 1500) == pytest.approx((500, 400), abs=1)


def test_that_fit_magnifies_a_tiny_image_no_further_than_300_percent():
    assert fitted((16, 16), (1000, 800)).scale == 3.0


@given(views)
def test_that_some_of_the_picture_stays_in_sight(view: View):
    kept = kept_in_sight(view, (640, 480), (800, 600))
    right, bottom = kept.to_screen(640, 480)
    assert kept.left < 800
    assert kept.top < 600
    assert right > 0
    assert bottom > 0


def test_that_pixels_are_not_blended_from_300_percent_on():
    assert View(2.9).is_smooth
    assert not View(3.0).is_smooth
