import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.editor.gestures import (
    HANDLE_REACH,
    BoxIndex,
    Part,
    Target,
    drawn_edges,
    move_step,
    moved,
    next_in_cycle,
    part_at,
    resized,
    target_at,
)
from app.editor.viewport import View
from yolox_core.records import Box

SIZE = (200, 160)
corners = st.tuples(st.integers(-50, 250), st.integers(-50, 250))


def box(x1: float, y1: float, x2: float, y2: float, key: int = 1) -> Box:
    return Box("drone", x1, y1, x2, y2, key=key)


@pytest.mark.parametrize("side", [0.5, 1, 2, 6, 10, 16, 40, 300])
def test_that_the_centre_of_a_box_of_any_size_moves_it(side: float):
    assert part_at(box(50, 50, 50 + side, 50 + side), View(), 50 + side / 2, 50 + side / 2) is Part.BODY


@pytest.mark.parametrize("side", [6, 10, 16, 40, 300])
def test_that_all_eight_handles_can_be_reached_from_outside_a_box_of_any_size(side: float):
    middle, low, high = 50 + side / 2, 50 - HANDLE_REACH / 2, 50 + side + HANDLE_REACH / 2
    at = {-1: low, 0: middle, 1: high}
    for part in Part:
        x, y = part.value
        assert part_at(box(50, 50, 50 + side, 50 + side), View(), at[x], at[y]) is part


def test_that_hit_zones_are_screen_pixels_at_every_zoom():
    far_out, far_in = View(0.1), View(20.0)
    wide = box(0, 0, 1000, 1000)
    for view in (far_out, far_in):
        right, middle = view.to_screen(1000, 500)
        assert part_at(wide, view, right + HANDLE_REACH - 0.5, middle) is Part.RIGHT
        assert part_at(wide, view, right + HANDLE_REACH + 0.5, middle) is None


def test_that_a_click_takes_the_smallest_box_and_repeated_clicks_go_through_all():
    boxes = (box(0, 0, 100, 100, 1), box(10, 10, 60, 60, 2), box(20, 20, 40, 40, 3))
    hits = BoxIndex.of(boxes).at(30, 30, reach=0)
    assert hits == (3, 2, 1)
    assert [next_in_cycle(hits, current) for current in (None, 3, 2, 1, 99)] == [3, 2, 1, 3, 3]


def test_that_a_selected_box_wins_over_smaller_ones_and_its_handles_over_all():
    boxes = (box(0, 0, 100, 100, 1), box(30, 30, 70, 70, 2))
    index = BoxIndex.of(boxes)
    assert target_at(index, boxes, selected=(), view=View(), at=(50, 50)) == Target(2, Part.BODY)
    assert target_at(index, boxes, selected=(1,), view=View(), at=(50, 50)) == Target(1, Part.BODY)
    assert target_at(index, boxes, selected=(1,), view=View(), at=(104, 50)) == Target(1, Part.RIGHT)
    assert target_at(index, boxes, selected=(), view=View(), at=(150, 150)) is None


def test_that_a_box_with_swapped_edges_can_be_hit():
    assert BoxIndex.of((box(60, 60, 20, 20),)).at(40, 40, reach=0) == (1,)


@given(corners, corners, st.floats(-400, 400), st.floats(-400, 400))
def test_that_a_move_keeps_the_size_and_never_takes_a_box_further_out(
    a: tuple[int, int], b: tuple[int, int], dx: float, dy: float
):
    before = box(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    after = moved(before, move_step((before,), dx, dy, SIZE))
    assert (after.width, after.height) == (before.width, before.height)
    assert after.x1 >= min(before.x1, 0)
    assert after.x2 <= max(before.x2, SIZE[0])
    assert after.y1 >= min(before.y1, 0)
    assert after.y2 <= max(before.y2, SIZE[1])


def test_that_a_box_beyond_the_image_can_be_moved_back_in():
    outside = box(190, 10, 230, 40)
    assert moved(outside, move_step((outside,), -35, 0, SIZE)).x2 == 195
    assert move_step((outside,), 10, 0, SIZE) == (0, 0)


@given(st.sampled_from([part for part in Part if part is not Part.BODY]), st.floats(-300, 300), st.floats(-300, 300))
def test_that_a_resize_changes_only_the_edges_of_its_handle_and_gives_a_proper_box(part: Part, dx: float, dy: float):
    before = box(40.5, 50.5, 80.5, 90.5)
    after = resized(before, part, (dx, dy), SIZE)
    assert after.is_proper
    if part.value[0] == 0:
        assert (after.x1, after.x2) == (before.x1, before.x2)
    else:
        assert (before.x2 if part.value[0] < 0 else before.x1) in (after.x1, after.x2)
        assert after.x1 >= 0
        assert after.x2 <= SIZE[0]


def test_that_dragging_across_the_opposite_edge_turns_the_box_over():
    after = resized(box(40, 40, 80, 80), Part.LEFT, (70, 0), SIZE)
    assert (after.x1, after.x2) == (80, 110)


@given(
    st.tuples(st.floats(-50, 250), st.floats(-50, 250)),
    st.tuples(st.floats(-50, 250), st.floats(-50, 250)),
)
def test_that_a_drawn_box_lies_on_whole_pixels_inside_the_image(start: tuple[float, float], end: tuple[float, float]):
    x1, y1, x2, y2 = drawn_edges(start, end, SIZE)
    assert 0 <= x1 < x2 <= SIZE[0]
    assert 0 <= y1 < y2 <= SIZE[1]
    assert all(value == int(value) for value in (x1, y1, x2, y2))
