import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.player.pixels import pixels_of, write_frames, write_stamp

HEIGHT, WIDTH = 30, 40
EDGE = st.integers(-60, 90)


@given(EDGE, EDGE, st.integers(0, 80), st.integers(0, 80), st.integers(1, 4))
def test_that_a_frame_is_what_its_box_covers_less_what_lies_inside(
    left: int, top: int, box_width: int, box_height: int, line: int
) -> None:
    right, bottom = left + box_width, top + box_height
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    is_covered = (x >= left) & (x < right) & (y >= top) & (y < bottom)
    # a box thinner than two lines is filled
    is_inside = (x >= left + line) & (x < right - line) & (y >= top + line) & (y < bottom - line)
    pixels = np.zeros((HEIGHT, WIDTH), np.uint32)
    write_frames(pixels, np.array([(left, top, right, bottom)]), colors=[7], widths=np.array([line]))
    assert np.array_equal(pixels == 7, is_covered & ~is_inside)


@given(st.integers(-12, 60), st.integers(-12, 60))
def test_that_a_stamp_lands_at_its_corner_and_is_cut_at_the_edges(left: int, top: int) -> None:
    stamp = np.arange(1, 61, dtype=np.uint32).reshape(6, 10)
    pixels = np.zeros((HEIGHT, WIDTH), np.uint32)
    write_stamp(pixels, stamp, left=left, top=top)
    wide = np.zeros((HEIGHT + 100, WIDTH + 100), np.uint32)
    wide[50 + top : 56 + top, 50 + left : 60 + left] = stamp
    assert np.array_equal(pixels, wide[50 : 50 + HEIGHT, 50 : 50 + WIDTH])


def test_that_pixels_share_the_pictures_memory() -> None:
    picture = np.zeros((4, 5, 4), np.uint8)
    pixels_of(picture)[2, 3] = 0xFF112233
    assert picture[2, 3].tolist() == [0x33, 0x22, 0x11, 0xFF]
