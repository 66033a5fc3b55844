from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import TEXTS, found_or_told
from whorl.errors import ImageError
from whorl.images import Window


def test_shows_the_range_linearly_and_clips_what_lies_outside() -> None:
    # From -160 to 240: the value -60 lies a quarter up, and 255 / 4 = 63.75.
    assert Window(40, 400).apply([-1000, -160, -60, 40, 240, 3000]).tolist() == [
        0, 0, 64, 128, 255, 255,
    ]  # fmt: skip


def test_spanning_scales_16_bits_as_division_by_257_rounded() -> None:
    values = np.arange(65536, dtype=np.uint16)
    expected = (values.astype(int) * 2 + 257) // 514
    assert np.array_equal(Window.spanning(0, 65535).apply(values), expected)


@pytest.mark.parametrize("text", ["-600,1500", " -600 , 1500.0 ", "-6e2,1500"])
def test_parses_centre_and_width(text: str) -> None:
    assert Window.parse(text) == Window(-600, 1500)


@pytest.mark.parametrize("text", ["", "40", "40;400", "40,400,1", "lung", "40,wide"])
def test_text_that_is_no_window_is_named(text: str) -> None:
    with pytest.raises(ImageError, match="is no window: give CENTRE,WIDTH"):
        Window.parse(text)


@pytest.mark.parametrize("text", ["40,0", "40,-1", "nan,400", "40,inf"])
def test_window_that_shows_nothing_is_refused(text: str) -> None:
    with pytest.raises(ImageError, match="a finite centre and a width above 0"):
        Window.parse(text)


def test_is_written_as_it_is_parsed() -> None:
    assert str(Window(-600, 1500)) == "-600,1500"


STORED = st.integers(-(2**15), 2**16)
WIDTHS = st.integers(1, 2**16)
SHOWABLE = st.floats(-1e9, 1e9)


@given(STORED, WIDTHS, st.lists(STORED, min_size=1))
def test_whole_numbers_are_shown_as_exact_arithmetic_has_it(
    centre: int, width: int, values: list[int]
) -> None:
    black = centre - Fraction(width, 2)
    exact = [min(max(round((value - black) * 255 / width), 0), 255) for value in values]
    assert Window(centre, width).apply(values).tolist() == exact


@given(SHOWABLE, st.floats(1e-3, 1e9), st.lists(SHOWABLE, min_size=1))
def test_any_numbers_are_shown_as_interpolation_has_it(
    centre: float, width: float, values: list[float]
) -> None:
    window = Window(centre, width)
    ends = (centre - width / 2, centre + width / 2)
    # A value's grey is known to what a rounding of the largest of the numbers makes of it.
    known = 0.5 + 255 * 2**-50 * max(map(abs, (*ends, centre, *values))) / width + 1e-9
    expected = np.interp(values, ends, (0, 255))
    assert np.abs(window.apply(values) - expected).max() <= known


@given(SHOWABLE, st.floats(1e-3, 1e9), st.lists(SHOWABLE, min_size=2))
def test_what_is_larger_is_never_shown_darker(
    centre: float, width: float, values: list[float]
) -> None:
    shown = Window(centre, width).apply(sorted(values)).astype(int)
    assert (np.diff(shown) >= 0).all()


@given(st.integers(-(2**15), 2**15), WIDTHS)
def test_a_window_that_spans_two_values_shows_them_black_and_white(low: int, width: int) -> None:
    window = Window.spanning(low, low + width)
    assert window.apply([low - 1, low, low + width, low + width + 1]).tolist() == [0, 0, 255, 255]


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(min_value=0, exclude_min=True, allow_infinity=False),
    st.sampled_from(["", " "]),
)
def test_any_window_is_parsed_bit_for_bit(centre: float, width: float, space: str) -> None:
    assert Window.parse(f"{space}{centre!r}{space},{space}{width!r}") == Window(centre, width)


@given(TEXTS)
def test_any_text_is_a_window_or_an_error(text: str) -> None:
    window, fault = found_or_told(lambda: Window.parse(text), ImageError)
    if window is None:
        assert "window" in fault
    else:
        assert text.count(",") == 1
        assert np.isfinite([window.centre, window.width]).all()
